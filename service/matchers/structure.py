"""Faults in how a ticket is built: a heading with nothing real under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import BlockKind, Document, Section
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._blocks import real, words
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Sections that are opened and then hold fewer real words than this."""

    hollow: frozenset[Section]
    words: int


def read(node: Node, signals: frozenset[str]) -> Spec:  # noqa: ARG001 - every matcher reads alike
    """`hollow`: the sections; `words`: how many real words they need (1)."""
    parts = node.mapping(required=("hollow",), optional=("words",))
    words = parts["words"].integer(1, 100) if "words" in parts else 1
    return Spec(parts["hollow"].choices(Section), words)


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the first heading, or else the first block, of each hollow section."""

    def find(whole: Whole) -> Iterable[Place]:
        for section in sorted(spec.hollow):
            if words(real(whole.document, [section])) < spec.words:
                yield from _opening(whole.document, section)

    return find


def _opening(document: Document, section: Section) -> Iterable[Place]:
    inside = [(i, placed.block) for i, placed in enumerate(document.blocks) if placed.section is section]
    headings = [(i, block) for i, block in inside if block.kind is BlockKind.HEADING]
    for i, block in (headings or inside)[:1]:
        yield Place(i, 0, len(block.text))
