"""Places that a signal names, and whole blocks that the reader of the markup set aside, by how they begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import Block, BlockKind, Section
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._guard import ALL_SECTIONS, read_signals, touches
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Signals; kinds of blocks with the words they begin with; and the sections that count."""

    signals: tuple[str, ...]
    blocks: frozenset[BlockKind]
    starting: tuple[str, ...]
    sections: frozenset[Section]


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`signals`; `blocks` with `starting`: the words; `not_sections`: where a whole block is passed over."""
    parts = node.mapping(required=("signals",), optional=("blocks", "starting", "not_sections"))
    passed_over = parts["not_sections"].choices(Section) if "not_sections" in parts else frozenset()
    return Spec(
        signals=read_signals(parts["signals"], signals),
        blocks=parts["blocks"].choices(BlockKind) if "blocks" in parts else frozenset(),
        starting=tuple(text.casefold() for text in parts["starting"].texts()) if "starting" in parts else (),
        sections=ALL_SECTIONS - passed_over,
    )


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds them in the order of the text, blocks last."""

    def find(whole: Whole) -> Iterable[Place]:
        yield from _said(whole, spec.signals)
        for i, placed in enumerate(whole.document.blocks):
            block = placed.block
            if block.kind in spec.blocks and placed.section in spec.sections and _begins(block, spec.starting):
                yield Place(i, 0, len(block.text))

    return find


def _begins(block: Block, starting: tuple[str, ...]) -> bool:
    words = block.text.casefold().lstrip(" -*([")
    at = len(block.text) - len(words)
    return words.startswith(starting) and not any(low <= at < high for low, high in block.masked)


def _said(whole: Whole, signals: tuple[str, ...]) -> Iterator[Place]:
    for unit, hits in zip(whole.document.units, whole.hits, strict=True):
        for start, end in (hit for name in signals for hit in hits.get(name, ())):
            if not any(touches((start, end), masked) for masked in unit.masked):
                yield Place(unit.block, *unit.in_block(start, end))
