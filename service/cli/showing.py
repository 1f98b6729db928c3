"""Reviews → standard output, as text for people or in a form for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from service.cli.annotations import Annotations
from service.cli.reading import Item
from service.cli.sarif import Sarif
from service.contract import review_to_json
from service.rulebook import Rule
from service.ticket import Ticket
from service.verdict import Finding, Level, Review

STYLES = {Level.READY: "bold green", Level.NEARLY: "bold yellow", Level.UNCLEAR: "bold red", None: "bold"}
INDENT = 7
CONTEXT = 60  # characters shown on either side of the words found


class Showing(Protocol):
    """One way to show reviews."""

    def show(self, item: Item, review: Review | None) -> None:
        """Show one review, or, where there is none, why."""

    def end(self) -> None:
        """Nothing more comes."""


class Jsonl:
    """One object a line."""

    def show(self, item: Item, review: Review | None) -> None:
        """Write one line."""
        sys.stdout.write(_object(item, review) + "\n")
        sys.stdout.flush()

    def end(self) -> None:
        """Nothing is left open."""


class Json:
    """One object where one ticket was given, else a list, written as it grows."""

    def __init__(self) -> None:
        self._before, self._after = "[\n", "[]\n"

    def show(self, item: Item, review: Review | None) -> None:
        """Write one element."""
        if item.alone:
            self._before, self._after = "", "\n"
        sys.stdout.write(self._before + _object(item, review, indent=2))
        if not item.alone:
            self._before, self._after = ",\n", "\n]\n"

    def end(self) -> None:
        """Close the list."""
        sys.stdout.write(self._after)


class Readable:
    """For people; in a terminal with colours and the words marked."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=not sys.stdout.isatty(), emoji=False)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)

    def show(self, item: Item, review: Review | None) -> None:
        """Write a score and what it is made of."""
        if review is None or item.ticket is None:
            self._errors.print(Text(item.error))
            return
        score = "no score" if review.score is None else f"{review.score} {review.level}"
        name = str(item.id) if item.id not in (None, "-") else item.ticket.title or "(no title)"
        self._console.print(Text.assemble((name, "bold"), "  ", (score, STYLES[review.level])))
        if review.reason:
            self._console.print(Text(f"  {review.reason}"))
        for finding in sorted(review.findings, key=lambda f: -f.points):
            self._finding(item.ticket, finding)
        if review.unread:
            self._console.print(Text(f"  {review.unread} characters were too much and are left unread."))

    def end(self) -> None:
        """Nothing is left open."""

    def _finding(self, ticket: Ticket, finding: Finding) -> None:
        head = (f"  −{finding.points:<3}", "red"), (f" {finding.rule}", "cyan")
        gain = (f"  +{finding.gain} if mended", "green") if finding.gain else ""
        self._console.print(Text.assemble(*head, gain))
        excerpt = _excerpt(ticket, finding)
        if excerpt:
            self._below(Text.assemble((f"{finding.field}: ", "dim"), *excerpt))
        self._below(Text(finding.message))
        if finding.coach:
            self._below(Text(finding.coach, style="dim"))

    def _below(self, text: Text) -> None:
        if self._console.is_terminal:
            self._console.print(Padding(text, (0, 0, 0, INDENT), expand=False))
        else:
            self._console.print(Text(" " * INDENT) + text)


SHOWINGS: dict[str, Callable[[Mapping[str, Rule]], Showing]] = {
    "text": lambda _: Readable(),
    "json": lambda _: Json(),
    "jsonl": lambda _: Jsonl(),
    "sarif": Sarif,
    "github": lambda _: Annotations(),
}


def _object(item: Item, review: Review | None, indent: int | None = None) -> str:
    answer = {"id": item.id, "error": item.error} if review is None else review_to_json(item.id, review)
    return json.dumps(answer, ensure_ascii=False, indent=indent)


def _excerpt(ticket: Ticket, finding: Finding) -> tuple[str | tuple[str, str], ...]:
    """The words found within their line."""
    text = ticket.title if finding.field == "title" else _field(ticket, finding.field)
    if finding.start is None or finding.end is None or text[finding.start : finding.end] != finding.quote:
        return ((_flat(finding.quote), "bold underline"),) if finding.quote else ()
    line_start = text.rfind("\n", 0, finding.start) + 1
    line_end = text.find("\n", finding.end)
    start = max(line_start, finding.start - CONTEXT)
    end = min(len(text) if line_end < 0 else line_end, finding.end + CONTEXT)
    before = ("…" if start > line_start else "") + text[start : finding.start].lstrip()
    after = text[finding.end : end].rstrip()
    return _flat(before), (_flat(finding.quote), "bold underline"), _flat(after)


def _field(ticket: Ticket, name: str) -> str:
    text = ticket.description if name == "description" else ticket.fields.get(name)
    return text.content if text and isinstance(text.content, str) else ""


def _flat(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
