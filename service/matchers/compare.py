"""The title beside the text: criteria that only say it again, or a text that never comes back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from service.document.model import PROSE, Document, Section
from service.document.stopwords import ENGLISH
from service.matchers import ABSENT, Place, TicketMatcher, Whole
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
FINDS = ("copies", "strangers")
LEAST = 3
"""Stems of a title that is compared with a text."""
MANY = 50
"""Stems of a title without end, each of which to look for would take too long."""
STEM = 5
"""Letters by which two forms of a word are told to be the same."""
_WORD = re.compile(r"[^\W\d_]{3,40}|\d{2,12}")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|ly|er|ions?|ation)$")
_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_EMPTY = ENGLISH | frozenset(
    """add allow able build change create enable ensure fix implement implementation improve introduce make remove
    support update work working works issue bug story task feature ticket please able can new""".split()
)


@dataclass(frozen=True, slots=True)
class Spec:
    """`copies`: blocks of these sections that share at least `share` percent of their words with the title, where
    they are half of the section or more; `strangers`: a text of so many words without one of the title's.
    """

    copies: frozenset[Section]
    share: int
    strangers: int


def read(node: Node, signals: frozenset[str]) -> Spec:  # noqa: ARG001 - every matcher reads alike
    """Exactly one of `copies`, with `share` (75), and `strangers`."""
    parts = node.mapping(optional=(*FINDS, "share"))
    told = [key for key in parts if key in FINDS]
    if len(told) != 1:
        raise node.error(f"compare holds exactly one of: {', '.join(FINDS)}.")
    return Spec(
        copies=parts["copies"].choices(Section) if "copies" in parts else frozenset(),
        share=parts["share"].integer(1, 100) if "share" in parts else 75,
        strangers=parts["strangers"].integer(1, 1000) if "strangers" in parts else 0,
    )


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the blocks that copy the title, or an absence."""

    def copies(whole: Whole) -> Sequence[Place]:
        inside = [placed for placed in whole.real(spec.copies) if placed.block.kind in PROSE]
        if not inside:
            return ()
        title, blocks = _title(whole.document), whole.document.blocks
        same = [placed for placed in inside if _alike(title, placed.block.text, spec.share)]
        if 2 * len(same) < len(inside):
            return ()
        return [Place(blocks.index(placed), 0, len(placed.block.text)) for placed in same]

    def strangers(whole: Whole) -> Sequence[Place]:
        title = _title(whole.document)
        if len(title) < LEAST:
            return ()
        texts = [placed.block.text for placed in whole.body]
        if any(_may_share(title, text, 1) and not title.isdisjoint(_forms(text)) for text in texts):
            return ()
        return (ABSENT,) if len(frozenset().union(*map(_stems, texts))) >= spec.strangers else ()

    return copies if spec.copies else strangers


def _title(document: Document) -> frozenset[str]:
    return _stems_of_title(document.sources.get("title", ""))


def _stems(text: str) -> frozenset[str]:
    return frozenset(_forms(text)) - {""}


def _forms(text: str) -> Iterator[str]:
    """The stem of each word; "" of one that says nothing."""
    return map(_stem, _WORD.findall(_SPLIT.sub(" ", text)))


_stems_of_title = lru_cache(maxsize=16)(_stems)


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """What two forms of a word have in common; "" of one that says nothing."""
    lower = word.casefold()
    return "" if lower in _EMPTY else _ENDING.sub("", lower)[:STEM]


def _may_share(title: frozenset[str], text: str, least: int) -> bool:
    """Whether so many of the title's stems are in the text, were it within a word: sooner told than its own."""
    lower = text.casefold()
    return len(title) > MANY or sum(stem in lower for stem in title) >= least


def _alike(title: frozenset[str], text: str, share: int) -> bool:
    if not _may_share(title, text, 2):
        return False
    words = _stems(text)
    return len(title & words) >= 2 and 100 * len(title & words) >= share * len(title | words)
