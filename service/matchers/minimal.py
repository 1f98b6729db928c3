"""What is no part of a story sentence: remarks within it, and sentences after it where it should stand alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import Section, Unit
from service.matchers import Hit, Place, TicketMatcher, Whole
from service.matchers._guard import read_signals, touches
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """`story`: signals that are all in a story sentence; `aside`: remarks; `alone_in`: where it stands alone."""

    story: frozenset[str]
    aside: tuple[str, ...]
    alone_in: frozenset[Section]


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`story`, `aside`: signals; `alone_in`: the sections in which nothing follows a story."""
    parts = node.mapping(required=("story", "aside", "alone_in"))
    return Spec(
        frozenset(read_signals(parts["story"], signals)),
        read_signals(parts["aside"], signals),
        parts["alone_in"].choices(Section),
    )


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the first remark of each story, and else what follows it."""

    def find(whole: Whole) -> Sequence[Place]:
        return [place for n in _stories(whole, spec) for place in _beside(whole, n, spec)]

    return find


def _stories(whole: Whole, spec: Spec) -> list[int]:
    """The numbers of the units that tell a story."""
    if not whole.heard >= spec.story:
        return []
    return [n for n in whole.said(spec.story) if whole.hits[n].keys() >= spec.story]


def _beside(whole: Whole, n: int, spec: Spec) -> Iterator[Place]:
    units = whole.document.units
    aside = next(_asides(units[n], whole.hits[n], spec), None)
    if aside is not None:
        yield aside
    elif units[n].section in spec.alone_in:
        yield from _rest(units, n)


def _asides(unit: Unit, hits: Mapping[str, tuple[Hit, ...]], spec: Spec) -> Iterator[Place]:
    for hit in (hit for name in spec.aside for hit in hits.get(name, ())):
        if not any(touches(hit, masked) for masked in unit.masked):
            yield Place(unit.block, *unit.in_block(*hit))


def _rest(units: tuple[Unit, ...], n: int) -> Iterator[Place]:
    """From the first sentence after the story to the last of its block."""
    block = units[n].block
    after = [unit for unit in units[n + 1 :] if unit.block == block]
    if after:
        start, end = after[0].in_block(0, 1)[0], after[-1].in_block(0, len(after[-1].text))[1]
        yield Place(block, start, end)
