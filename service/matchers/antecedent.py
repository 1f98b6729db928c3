"""A reference that nothing before it in the ticket answers. The references are what signals found.

What comes before it may answer it in three ways: any sentence will do, since "this limit" may be what a whole
sentence said; only the noun itself will, as for "other towns"; or nothing will, where each sentence has to stand
alone. A pronoun is answered by any sentence, unless its own has to stand alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from service.document.model import BlockKind, Document, Role
from service.matchers import Hit, Place, TicketMatcher, Whole
from service.matchers._guard import ALL_ROLES, read_signals, touches
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
SHOWN = frozenset({BlockKind.IMAGE, BlockKind.QUOTE, BlockKind.CODE, BlockKind.LOG, BlockKind.LINK})
SAID = frozenset({Role.NARRATIVE, Role.CRITERION, Role.STEP})
SHORTEST_STEM = 3


class AnsweredBy(StrEnum):
    """What before a reference answers it."""

    SENTENCE = "sentence"
    NOUN = "noun"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class References:
    """Signals, what answers them, and where they count: in these roles, and beside one of `if_said` if any."""

    signals: tuple[str, ...]
    answered_by: AnsweredBy
    roles: frozenset[Role]
    if_said: tuple[str, ...]


Spec = tuple[References, ...]


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`any_of`: references, each with `signals`, and with `answered_by`, `roles` and `if_said` if need be."""
    return tuple(_references(item, signals) for item in node.mapping(required=("any_of",))["any_of"].items())


def _references(node: Node, signals: frozenset[str]) -> References:
    parts = node.mapping(required=("signals",), optional=("answered_by", "roles", "if_said"))
    return References(
        signals=read_signals(parts["signals"], signals),
        answered_by=parts["answered_by"].choice(AnsweredBy) if "answered_by" in parts else AnsweredBy.SENTENCE,
        roles=parts["roles"].choices(Role) if "roles" in parts else ALL_ROLES,
        if_said=read_signals(parts["if_said"], signals) if "if_said" in parts else (),
    )


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds what points at nothing, each once, in the order of the text."""
    named = frozenset(name for references in spec for name in references.signals)

    def unanswered(whole: Whole, number: int) -> list[Hit]:
        hits = {
            hit
            for references in spec
            for hit in _counting(whole, number, references)
            if not _answered(whole.document, number, hit, references.answered_by)
        }
        return sorted(hits)

    def find(whole: Whole) -> Sequence[Place]:
        units = whole.document.units
        return [
            Place(units[number].block, *units[number].in_block(*hit))
            for number in whole.said(named)
            for hit in unanswered(whole, number)
        ]

    return find


def _counting(whole: Whole, number: int, references: References) -> Iterator[Hit]:
    """The references of this sort in the unit of that number."""
    unit, hits = whole.document.units[number], whole.hits[number]
    found = [hit for name in references.signals for hit in hits.get(name, ())]
    counts = unit.role in references.roles and (not references.if_said or any(map(hits.get, references.if_said)))
    if found and counts:
        yield from (hit for hit in found if not any(touches(hit, masked) for masked in unit.masked))


def _answered(document: Document, number: int, hit: Hit, by: AnsweredBy) -> bool:
    if by is AnsweredBy.NOTHING:
        return False
    unit = document.units[number]
    words = unit.text[hit[0] : hit[1]].casefold().split()
    earlier = [other for other in document.units[:number] if other.role is not Role.HEADING]
    if len(words) == 1:
        return bool(earlier)
    if by is AnsweredBy.SENTENCE and any(other.role in SAID for other in earlier):
        return True
    if any(placed.block.kind in SHOWN for placed in document.blocks[: unit.block]):
        return True
    stem = _stem(words[-1])
    return any(stem in text.casefold() for text in (unit.text[: hit[0]], *(other.text for other in earlier)))


def _stem(noun: str) -> str:
    """A noun without the ending of its plural, but never too little of it to tell one from another."""
    for ending in ("ies", "es", "s"):
        if noun.endswith(ending) and len(noun) - len(ending) >= SHORTEST_STEM:
            return noun[: -len(ending)]
    return noun
