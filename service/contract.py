"""The JSON contract of `clarity check` and POST /api/v1/check: an object in, an object out.

What is read: `title`, and where known `id`, `type`, `description`, `markup`, `fields`, `labels`, `status`,
`project`, `links`, `attachments`. Other keys are ignored, as exports carry more than we read, but a misspelled
one of ours is an error: it would cost a ticket its description.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from service.document import adf
from service.kind import kind_of
from service.nesting import deeper_than
from service.ticket import NO_TEXT, Markup, Text, Ticket, frozen
from service.verdict import Finding, Review

KEYS = (
    "id",
    "type",
    "title",
    "description",
    "markup",
    "fields",
    "labels",
    "status",
    "project",
    "links",
    "attachments",
)
MARKUPS = tuple(str(markup) for markup in Markup)
MAX_DEPTH = 100  # far above any real document; deeper ones would not survive the way to a worker process
MAX_NAMES = 1_000


class ContractError(Exception):
    """What was given is no ticket. The sentence names the place and what is valid there."""


def ticket_from_json(obj: object) -> Ticket:
    """Read a ticket. Markup is Markdown unless `markup` says otherwise. Raises ContractError."""
    if not isinstance(obj, dict):
        raise ContractError(f"a ticket is a JSON object, and this is {_name(obj)}")
    _refuse_misspelled(obj)
    markup = _markup(obj)
    title = _string(obj, "title")
    description = _text(obj.get("description"), "description", markup)
    labels = _strings(obj, "labels")
    return Ticket(
        id=str(id_of(obj) if obj.get("id") is not None else ""),
        title=title,
        description=description,
        kind=kind_of(_string(obj, "type"), frozen({}), labels, title, _plain(description)),
        fields=frozen(_fields(obj.get("fields"), markup)),
        labels=labels,
        status=_string(obj, "status"),
        project=_string(obj, "project"),
        links=_strings(obj, "links"),
        attachments=_strings(obj, "attachments"),
    )


def id_of(obj: object) -> str | int | None:
    """The id to answer under, just as it was given. Raises ContractError."""
    given = obj.get("id") if isinstance(obj, dict) else None
    if given is None or (isinstance(given, str | int) and not isinstance(given, bool)):
        return given
    raise ContractError(f"id is {_name(given)}; valid is a string, a whole number or null")


def review_to_json(id: str | int | None, review: Review) -> dict[str, object]:  # noqa: A002 (the contract's own word)
    """The answer: keys in the contract's order; `reason` only where there is one."""
    return {
        "id": id,
        "score": review.score,
        "level": None if review.level is None else str(review.level),
        **({"reason": review.reason} if review.reason else {}),
        "findings": [_finding(finding) for finding in review.findings],
        "rulebook": review.rulebook,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "dimension": str(finding.dimension),
        "points": finding.points,
        "message": finding.message,
        "coach": finding.coach,
        "field": finding.field,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
    }


def _refuse_misspelled(obj: Mapping[str, Any]) -> None:
    if "title" not in obj:
        near = get_close_matches("title", list(obj), n=1, cutoff=0.7)
        raise ContractError("title is missing" + (f'; did "{near[0]}" mean title?' if near else ""))
    for key in obj:
        near = [] if key in KEYS else get_close_matches(key[:40], KEYS, n=1, cutoff=0.85)
        if near:
            raise ContractError(f"{key[:40]} is not read; did it mean {near[0]}?")


def _markup(obj: Mapping[str, Any]) -> Markup:
    given = obj.get("markup")
    if given is None:
        return Markup.ADF if isinstance(obj.get("description"), dict) else Markup.MARKDOWN
    if given not in MARKUPS:
        shown = f'"{given[:40]}"' if isinstance(given, str) else _name(given)
        raise ContractError(f"markup is {shown}; choose one of: {', '.join(MARKUPS)}")
    return Markup(given)


def _text(value: object, path: str, markup: Markup) -> Text:
    if value is None:
        return NO_TEXT
    if isinstance(value, dict):
        if markup is not Markup.ADF and path == "description":
            raise ContractError(f"{path} is an object, which is ADF, but markup is {markup}")
        _check_depth(value, path)
        return Text(value, Markup.ADF)
    if not isinstance(value, str):
        raise ContractError(f"{path} is {_name(value)}; valid is a string, an ADF object or null")
    if markup is not Markup.ADF:
        return Text(value, markup)
    if path == "description" and value.strip():
        raise ContractError(f"{path} is a string, but markup is adf; valid is an ADF object or null")
    return Text(value, Markup.PLAIN)


def _plain(text: Text) -> str:
    """The text as its offsets count it: an ADF document by its blocks, a line each."""
    if isinstance(text.content, str):
        return text.content
    return adf.blocks(text.content, "description")[1] if text.content else ""


def _check_depth(value: object, path: str) -> None:
    if deeper_than(value, MAX_DEPTH):
        raise ContractError(f"{path} is nested more than {MAX_DEPTH} levels deep")


def _fields(value: object, markup: Markup) -> dict[str, Text]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ContractError(f"fields is {_name(value)}; valid is an object of named texts")
    if len(value) > MAX_NAMES:
        raise ContractError(f"fields holds more than {MAX_NAMES} texts")
    return {name: _text(text, f"fields.{name[:40]}", markup) for name, text in value.items()}


def _string(obj: Mapping[str, Any], key: str) -> str:
    value = obj.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ContractError(f"{key} is {_name(value)}; valid is a string or null")
    return value


def _strings(obj: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = obj.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ContractError(f"{key} is {_name(value)}; valid is a list of strings")
    if len(value) > MAX_NAMES:
        raise ContractError(f"{key} holds more than {MAX_NAMES} entries")
    for position, one in enumerate(value):
        if not isinstance(one, str):
            raise ContractError(f"{key}[{position}] is {_name(one)}; valid is a string")
    return tuple(value)


def _name(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    names = {dict: "an object", list: "a list", str: "a string", int: "a number", float: "a number"}
    return names.get(type(value), "no JSON value")
