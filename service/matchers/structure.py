"""Faults in how a ticket is built: a heading with nothing real under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import BlockKind, Section
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._blocks import real
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Sections that are opened and then left hollow."""

    hollow: frozenset[Section]


def read(node: Node, signals: frozenset[str]) -> Spec:  # noqa: ARG001 - every matcher reads alike
    """`hollow`: the sections."""
    return Spec(node.mapping(required=("hollow",))["hollow"].choices(Section))


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the first heading of each hollow section."""

    def find(whole: Whole) -> Iterable[Place]:
        for section in sorted(spec.hollow):
            if real(whole.document, [section]):
                continue
            for i, placed in enumerate(whole.document.blocks):
                if placed.section is section and placed.block.kind is BlockKind.HEADING:
                    yield Place(i, 0, len(placed.block.text))
                    break

    return find
