"""Places that a signal names, and whole blocks that the reader of the markup set aside, by how they begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from service.document.model import Block, BlockKind, Role, Section
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._guard import ALL_ROLES, ALL_SECTIONS, read_signals, touches
from service.matchers.missing import Condition, conditions
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
MOST = 100


@dataclass(frozen=True, slots=True)
class Spec:
    """Signals with the roles and sections in which they count; kinds of blocks with the words they begin with; how
    many places are enough; and what silences them: signals in the sentence, conditions on the ticket, its links.
    """

    signals: tuple[str, ...]
    roles: frozenset[Role]
    sections: frozenset[Section]
    blocks: frozenset[BlockKind]
    starting: tuple[str, ...]
    blocks_in: frozenset[Section]
    most: int
    unless_said: tuple[str, ...]
    unless: tuple[Condition, ...]
    unless_linked: bool


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`signals`, `in_roles`, `in_sections`; `blocks` with `starting`: the words; `not_sections`: where a block is
    passed over; `most`: how many are shown; `unless_said`; `unless`: conditions as of `missing`; `unless_linked`.
    """
    options = ("in_roles", "in_sections", "blocks", "starting", "not_sections", "most", "unless_said", "unless")
    parts = node.mapping(required=("signals",), optional=(*options, "unless_linked"))
    passed_over = parts["not_sections"].choices(Section) if "not_sections" in parts else frozenset()
    return Spec(
        signals=read_signals(parts["signals"], signals),
        roles=parts["in_roles"].choices(Role) if "in_roles" in parts else ALL_ROLES,
        sections=parts["in_sections"].choices(Section) if "in_sections" in parts else ALL_SECTIONS,
        blocks=parts["blocks"].choices(BlockKind) if "blocks" in parts else frozenset(),
        starting=tuple(text.casefold() for text in parts["starting"].texts()) if "starting" in parts else (),
        blocks_in=ALL_SECTIONS - passed_over,
        most=parts["most"].integer(1, MOST) if "most" in parts else MOST,
        unless_said=read_signals(parts["unless_said"], signals) if "unless_said" in parts else (),
        unless=conditions(parts["unless"], signals) if "unless" in parts else (),
        unless_linked="unless_linked" in parts and parts["unless_linked"].flag(),
    )


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds them in the order of the text, blocks last."""

    def find(whole: Whole) -> Sequence[Place]:
        if whole.heard.isdisjoint(spec.signals) and not whole.of_kinds(spec.blocks):
            return ()
        found = list(islice(_places(whole, spec), spec.most))
        return found if found and not _silenced(whole, spec) else ()

    return find


def _silenced(whole: Whole, spec: Spec) -> bool:
    linked = spec.unless_linked and whole.document.links > 0
    return linked or any(condition.weigh(whole) for condition in spec.unless)


def _places(whole: Whole, spec: Spec) -> Iterator[Place]:
    yield from _said(whole, spec)
    for i in whole.of_kinds(spec.blocks):
        placed = whole.document.blocks[i]
        if placed.section in spec.blocks_in and _begins(placed.block, spec.starting):
            yield Place(i, 0, len(placed.block.text))


def _begins(block: Block, starting: tuple[str, ...]) -> bool:
    words = block.text.casefold().lstrip(" -*([")
    at = len(block.text) - len(words)
    return words.startswith(starting) and not any(low <= at < high for low, high in block.masked)


def _said(whole: Whole, spec: Spec) -> Iterator[Place]:
    for number in whole.said(spec.signals):
        unit, hits = whole.document.units[number], whole.hits[number]
        if unit.role not in spec.roles or unit.section not in spec.sections:
            continue
        if any(hits.get(name) for name in spec.unless_said):
            continue
        for start, end in (hit for name in spec.signals for hit in hits.get(name, ())):
            if not any(touches((start, end), masked) for masked in unit.masked):
                yield Place(unit.block, *unit.in_block(start, end))
