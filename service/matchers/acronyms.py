"""Acronyms that the ticket never spells out: "POS" is fine beside "point of sale", in whatever order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import PROSE, Block, Document, Section
from service.document.stopwords import ENGLISH
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._guard import ALL_SECTIONS
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
_ACRONYM = re.compile(r"([A-Z](?<![\w@#$.:/\\&'’-][A-Z])[A-Z]{1,3})(?=s?(?![\w@/\\&'’-])(?!\.\w))")
_WORD = re.compile(r"[^\W\d_]+")
_WRITTEN = re.compile(r"\w+")
_TOLD = re.compile(
    r"(?<!\w)([A-Z]{2,4})(?=s?\)?"
    r"(?:\s*[:=–—]\s*|\s+-\s+|\s*\(|,?\s+(?:is|are|means|meaning|stands for|is short for|refers to|i\.e\.)\s+)"
    r"[^\W\d_])"
)
SHOUTED = 0.5


@dataclass(frozen=True, slots=True)
class Spec:
    """Acronyms that need no telling, and the sections that count."""

    known: frozenset[str]
    sections: frozenset[Section]


def read(node: Node, signals: frozenset[str]) -> Spec:  # noqa: ARG001 - every matcher reads alike
    """`known`: acronyms in capitals; `not_sections`: where none is looked for."""
    parts = node.mapping(required=("known",), optional=("not_sections",))
    passed_over = parts["not_sections"].choices(Section) if "not_sections" in parts else frozenset()
    return Spec(frozenset(parts["known"].texts()), ALL_SECTIONS - passed_over)


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds each of them once, where it first stands."""

    known = spec.known | {word.upper() for word in ENGLISH}  # a common word in capitals

    def find(whole: Whole) -> Sequence[Place]:
        text = "\n".join([placed.block.text for placed in whole.document.blocks if placed.block.kind in PROSE])
        if known.issuperset(_ACRONYM.findall(text)):
            return ()  # most tickets: one look at all blocks is cheaper than one at each
        return [*_unexplained(whole.document, _Explained(text), known, spec.sections)]

    return find


def _unexplained(
    document: Document, explained: _Explained, known: frozenset[str], sections: frozenset[Section]
) -> Iterator[Place]:
    met = set(known)
    for i, placed in enumerate(document.blocks):
        if placed.block.kind not in PROSE or placed.section not in sections:
            continue
        new = [found for found in _acronyms(placed.block) if found[0] not in met]
        if not new or _shouts(placed.block.text):
            continue
        for acronym, start, end in new:
            if acronym not in met and acronym not in explained:
                yield Place(i, start, end)
            met.add(acronym)


def _acronyms(block: Block) -> Iterator[tuple[str, int, int]]:
    for found in _ACRONYM.finditer(block.text):
        start, end = found.span(1)
        before = bisect_left(block.masked, (end,))
        if not before or block.masked[before - 1][1] <= start:
            yield found[1], start, end


def _shouts(text: str) -> bool:
    """Whether capitals are its way of speaking, and so tell nothing."""
    words: list[str] = _WORD.findall(text)
    return sum(word.isupper() and len(word) > 1 for word in words) > SHOUTED * len(words)


class _Explained:
    """The acronyms that are words in small letters, or told, or spelled out somewhere in a text."""

    def __init__(self, text: str) -> None:
        words = [word.lower() for word in _WORD.findall(text)]
        self._written, self._told = frozenset(_WRITTEN.findall(text)), frozenset(_TOLD.findall(text))
        self._every = "".join(word[0] for word in words)
        self._strong = "".join(word[0] for word in words if word not in ENGLISH)

    def __contains__(self, acronym: str) -> bool:
        lower = acronym.lower()
        return lower in self._written or acronym in self._told or self._is_spelled(lower)

    def _is_spelled(self, letters: str) -> bool:
        """Whether words in a row begin with them; small words between them may be passed over."""
        return letters in self._every or letters in self._strong
