"""Puts together a story that was typed as several paragraphs or items: "As a …", "I want …", "So that …"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from service.document.model import Block, BlockKind, Piece

_OPENS = re.compile(r"\W{0,6}as\s(?:an?|the|our)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\W{0,6}(?:(?:i|we)\s(?:want|need|would|wish|can|could|should|must|like)"
    r"|so\s(?:that|i|we|they)|in\sorder\sto|because)\b",
    re.IGNORECASE,
)
_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_ENDS = (".", "!", "?")
LONGEST = 600
"""Characters of the longest story that is put together."""


def opens(text: str) -> bool:
    """Whether a text begins as a story does."""
    return _OPENS.match(text) is not None


def goes_on(told: str, following: str) -> bool:
    """Whether what follows belongs to the sentence that tells a story so far."""
    return bool(told) and not told.endswith(_ENDS) and _GOES_ON.match(following) is not None


def joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, those of one story as one."""
    held: Block | None = None
    for block in blocks:
        if held is not None and _belongs(held, block):
            held = _together(held, block)
            continue
        if held is not None:
            yield held
        held = block if block.kind in _KINDS and opens(block.text) else None
        if held is None:
            yield block
    if held is not None:
        yield held


def _belongs(story: Block, block: Block) -> bool:
    alike = (block.kind, block.field, block.depth) == (story.kind, story.field, story.depth)
    short = len(story.text) + len(block.text) < LONGEST
    return alike and short and goes_on(story.text.rstrip(), block.text)


def _together(first: Block, second: Block) -> Block:
    by = len(first.text) + 1
    moved = (Piece(piece.text + by, piece.source, piece.length) for piece in second.pieces)
    return replace(
        first,
        text=f"{first.text}\n{second.text}",
        pieces=(*first.pieces, *moved),
        masked=(*first.masked, *((low + by, high + by) for low, high in second.masked)),
        strong=(*first.strong, *((low + by, high + by) for low, high in second.strong)),
    )
