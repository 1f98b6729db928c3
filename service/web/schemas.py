"""JSON Schemas of what the API takes and gives. Values that are closed lists come from the types themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from service.contract import MARKUPS, MAX_NAMES
from service.ticket import Kind, Markup
from service.trackers.registry import NAMES
from service.verdict import Dimension, Level, Severity

Schema = dict[str, Any]


def one_of(members: type[StrEnum]) -> Schema:
    """A text out of a closed list."""
    return {"type": "string", "enum": [str(member) for member in members]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties: dict[str, Schema], *, required: tuple[str, ...] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        "additionalProperties": False,
    }


_TEXT = {"type": ["string", "null"]}
_TEXTS = {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": MAX_NAMES}
_MARKED = {
    "type": ["string", "object", "null"],
    "description": "A text in the ticket's markup, or an ADF document.",
}
_ID = {"type": ["string", "integer", "null"]}

TICKET: Schema = {
    "type": "object",
    "description": "A ticket. Keys that are not read are ignored, but for misspelled ones of these.",
    "properties": {
        "id": _ID,
        "type": {
            **_TEXT,
            "description": "The issue type; story, task, bug, epic and their usual names are known.",
        },
        "title": _TEXT,
        "description": _MARKED,
        "markup": _or_null({"type": "string", "enum": list(MARKUPS), "default": str(Markup.MARKDOWN)}),
        "fields": {
            "type": ["object", "null"],
            "additionalProperties": _MARKED,
            "maxProperties": MAX_NAMES,
            "description": "Further named texts, such as acceptance criteria kept in a field of their own.",
        },
        "labels": _TEXTS,
        "status": _TEXT,
        "project": _TEXT,
        "links": _TEXTS,
        "attachments": _TEXTS,
    },
    "required": ["title"],
}

FINDING: Schema = _object(
    {
        "rule": {"type": "string"},
        "severity": one_of(Severity),
        "dimension": one_of(Dimension),
        "points": {"type": "integer", "minimum": 0, "maximum": 100, "description": "What it costs."},
        "message": {"type": "string"},
        "coach": {"type": "string"},
        "field": {"type": "string"},
        "start": {
            "type": ["integer", "null"],
            "minimum": 0,
            "description": "In code points; null for an absence.",
        },
        "end": {"type": ["integer", "null"], "minimum": 0},
        "quote": {"type": "string"},
    }
)

REVIEW: Schema = _object(
    {
        "id": _ID,
        "score": {"type": ["integer", "null"], "minimum": 0, "maximum": 100, "description": "Null: no judgement."},
        "level": _or_null(one_of(Level)),
        "reason": {"type": "string", "description": "Why there is no score."},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        "rulebook": {"type": "string"},
    },
    required=("id", "score", "level", "findings", "rulebook"),
)

ERROR: Schema = _object({"error": {"type": "string", "description": "A sentence for a person."}})
ACCEPTED: Schema = _object({"accepted": {"type": "boolean"}, "note": {"type": "string"}})
ALIVE: Schema = _object({"status": {"const": "ok"}})
READY: Schema = _object(
    {"ready": {"type": "boolean"}, "checks": {"type": "object", "additionalProperties": {"type": "string"}}}
)
FILED: Schema = _object({"id": {"type": "string"}, "key": {"type": "string"}})
STATE: Schema = {
    "type": "object",
    "properties": {
        "state": {"enum": ["pending", "failing", "done"]},
        "ready": {"type": "boolean"},
        "decision": _object({"action": {"type": "string"}, "reason": {"type": "string"}}),
        "key": {"type": "string"},
        "kind": _or_null(one_of(Kind)),
        "review": {"type": "object"},
        "comment": {"type": ["object", "null"]},
        "said": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["state"],
    "additionalProperties": False,
}
PANEL: Schema = {
    "type": "object",
    "description": "An issue's score and findings, and what people think of them.",
    "properties": {
        "key": {"type": "string"},
        "review": {"type": "object"},
        "before": {"type": ["object", "null"], "description": "How the text before its last edit did."},
        "said": {"type": ["object", "null"], "description": "What was last decided about our comment, and why."},
        "ignored": {"type": "array", "items": {"type": "object"}},
        "may_ignore": {"type": "boolean"},
        "token": {"type": "string"},
    },
    "required": ["key", "review", "before", "said", "ignored", "may_ignore"],
    "additionalProperties": False,
}
TRACKER: Schema = {"type": "string", "enum": list(NAMES)}

NAMED: dict[str, Schema] = {
    "Ticket": TICKET,
    "Review": REVIEW,
    "Finding": FINDING,
    "Error": ERROR,
    "Accepted": ACCEPTED,
    "Alive": ALIVE,
    "Ready": READY,
    "Filed": FILED,
    "State": STATE,
    "Panel": PANEL,
}
