"""The title beside the text: criteria that only say it again, or a text that never comes back to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
STEM = 5
"""Letters by which two forms of a word are told to be the same."""
_WORD = re.compile(r"[^\W\d_]{3,40}|\d{2,12}")
_ENDING = re.compile(r"(?<=\w{3})(?:ing|ed|es|s|ly|er|ions?|ation)$")
_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_EMPTY = ENGLISH | frozenset(
    """add allow able build change create enable ensure fix implement implementation improve introduce make remove
    support update work working works issue bug story task feature ticket please able can new""".split()
)


_BODY = frozenset(Section) - {Section.TITLE}


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

    def copies(whole: Whole) -> Iterable[Place]:
        inside = [placed for placed in whole.real(spec.copies) if placed.block.kind in PROSE]
        title = _stems(_title(whole.document)) if inside else frozenset()
        same = [placed for placed in inside if _alike(title, _stems(placed.block.text), spec.share)]
        if 2 * len(same) >= len(inside):
            blocks = whole.document.blocks
            yield from (Place(blocks.index(placed), 0, len(placed.block.text)) for placed in same)

    def strangers(whole: Whole) -> Iterable[Place]:
        title = _stems(_title(whole.document))
        text: set[str] = set()
        for placed in whole.real(_BODY) if len(title) >= 3 else ():
            text |= _stems(placed.block.text)
            if title & text:
                return
        if len(title) >= 3 and len(text) >= spec.strangers:
            yield ABSENT

    return copies if spec.copies else strangers


def _title(document: Document) -> str:
    return document.sources.get("title", "")


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _WORD.findall(_SPLIT.sub(" ", text)))) - {""}


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    """What two forms of a word have in common; "" of one that says nothing."""
    lower = word.casefold()
    return "" if lower in _EMPTY else _ENDING.sub("", lower)[:STEM]


def _alike(one: frozenset[str], other: frozenset[str], share: int) -> bool:
    return len(one & other) >= 2 and 100 * len(one & other) >= share * len(one | other)
