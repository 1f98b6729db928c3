"""Faults in how a ticket is built: a heading with nothing under it, too long a list, a template left as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from service.document.meanings import meaning
from service.document.model import BlockKind, Document, Section
from service.matchers import ABSENT, Place, TicketMatcher, Whole
from service.matchers._blocks import bare, characters, has_words, items
from service.matchers._guard import read_signals
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
FAULTS = ("hollow", "crowded", "bare", "unfilled")
DETAILS = {
    "hollow": ("characters", "unless_said"),
    "crowded": ("more_than",),
    "bare": ("words",),
    "unfilled": ("words",),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """`hollow`: sections that are opened and then hold less than `limit` characters, and none of the signals;
    `crowded`: sections with more than `limit` items; `bare`: nothing but these blocks and less than `limit` words;
    `unfilled`: at least `parts` headings and slots of a template, and less than `limit` words under one of them.
    """

    fault: str
    limit: int
    sections: frozenset[Section] = frozenset()
    blocks: frozenset[BlockKind] = frozenset()
    parts: int = 0
    signals: tuple[str, ...] = ()


def read(node: Node, signals: frozenset[str]) -> Spec:
    """Exactly one of `hollow`, `crowded`, `bare` and `unfilled`, and what each leaves open."""
    parts = node.mapping(optional=(*FAULTS, *{name for names in DETAILS.values() for name in names}))
    told = [key for key in parts if key in FAULTS]
    if len(told) != 1:
        raise node.error(f"structure holds exactly one of: {', '.join(FAULTS)}.")
    fault = told[0]
    node.mapping(required=(fault,), optional=DETAILS[fault])
    limit = next((parts[name].integer(1, 1000) for name in DETAILS[fault][:1] if name in parts), 1)
    return Spec(
        fault,
        limit,
        sections=parts[fault].choices(Section) if fault in ("hollow", "crowded") else frozenset(),
        blocks=parts[fault].choices(BlockKind) if fault == "bare" else frozenset(),
        parts=parts[fault].integer(1, 100) if fault == "unfilled" else 0,
        signals=read_signals(parts["unless_said"], signals) if "unless_said" in parts else (),
    )


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the heading of a section, the one thing that is there, or an absence."""
    return {"hollow": _hollow, "crowded": _crowded, "bare": _bare, "unfilled": _unfilled}[spec.fault](spec)


def _hollow(spec: Spec) -> TicketMatcher:
    def is_hollow(whole: Whole, section: Section) -> bool:
        return characters(whole.real([section])) < spec.limit and not _says(whole, section, spec.signals)

    def find(whole: Whole) -> Sequence[Place]:
        opened = sorted(spec.sections & whole.opened)
        hollow = [section for section in opened if is_hollow(whole, section)]
        return [place for section in hollow for place in _opening(whole.document, section)]

    return find


def _says(whole: Whole, section: Section, signals: tuple[str, ...]) -> bool:
    return any(whole.document.units[number].section is section for number in whole.said(signals))


def _crowded(spec: Spec) -> TicketMatcher:
    def find(whole: Whole) -> Sequence[Place]:
        filled = ((section, whole.real([section])) for section in sorted(spec.sections))
        crowded = [section for section, blocks in filled if items(blocks) > spec.limit]
        return [place for section in crowded for place in _opening(whole.document, section)]

    return find


def _bare(spec: Spec) -> TicketMatcher:
    def find(whole: Whole) -> Sequence[Place]:
        found = bare(whole.telling, spec.blocks, spec.limit)[:1]
        return [Place(i, 0, len(whole.document.blocks[i].block.text)) for i in found]

    return find


def _unfilled(spec: Spec) -> TicketMatcher:
    slots = (BlockKind.HEADING, BlockKind.PLACEHOLDER)

    def find(whole: Whole) -> Sequence[Place]:
        placed = map(whole.document.blocks.__getitem__, whole.of_kinds(slots))
        if sum(one.section is not Section.TITLE for one in placed) < spec.parts:
            return ()
        filled = (one for one in whole.body if meaning(one.block.text) is None)
        first = [*islice(filled, 2)]
        return (ABSENT,) if len(first) <= 1 and not has_words(first, spec.limit) else ()

    return find


def _opening(document: Document, section: Section) -> list[Place]:
    inside = [(i, placed.block) for i, placed in enumerate(document.blocks) if placed.section is section]
    headings = [(i, block) for i, block in inside if block.kind is BlockKind.HEADING]
    return [Place(i, 0, len(block.text)) for i, block in (headings or inside)[:1]]
