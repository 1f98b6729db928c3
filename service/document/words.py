"""Gathers a block's text while remembering where each part of it stands in the source."""

from __future__ import annotations

import re

from service.document.model import Block, BlockKind, Piece

_UNSAFE = re.compile("[\r\x00-\x08\x0b\x0c\x0e-\x1f\x85\xa0\u2028\u2029\ud800-\udfff]")
_HEADING = BlockKind.HEADING
_CONTROLS = bytes([*range(9), *range(0x0B, 0x20)])
_SURROGATE = re.compile("[\ud800-\udfff]")
_SAFE = dict.fromkeys([*range(9), *range(0x0E, 0x20)], "\ufffd")
_SAFE |= {0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0xA0: " "}
_SAFE |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean(source: str) -> str:
    """The same number of characters with one kind of line break and nothing that UTF-8 cannot hold."""
    source = source.replace("\r\n", " \n")
    if source.isascii() and len(source.encode().translate(None, _CONTROLS)) == len(source):
        return source  # most texts, and of bytes this is known ten times sooner
    return source.translate(_SAFE) if _UNSAFE.search(source) else source


def encodable(source: str) -> str:
    """The same number of characters with none that UTF-8 cannot hold."""
    return source if source.isascii() else _SURROGATE.sub("\ufffd", source)


class Words:
    """A block in the making: `add` what stands in the source, `put` what markup implies."""

    __slots__ = ("_next", "_parts", "_pieces", "length", "links", "masked", "strong")

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._pieces: list[Piece] = []
        self._next = -1
        """Where in the source the last piece would go on."""
        self.length = 0
        self.masked: list[tuple[int, int]] = []
        self.strong: list[tuple[int, int]] = []
        self.links: list[tuple[int, int]] = []

    @property
    def begun(self) -> bool:
        """Whether a block can come of it, or an empty link must not be taken for one of the next block."""
        return self.length > 0 or bool(self.links)

    def add(self, text: str, source: int) -> None:
        """Text that stands at `source`."""
        if not text:
            return
        size, length = len(text), self.length
        if source == self._next:
            last = self._pieces[-1]
            self._pieces[-1] = Piece(last.text, last.source, last.length + size)
        else:
            self._pieces.append(Piece(length, source, size))
        self._parts.append(text)
        self._next = source + size
        self.length = length + size

    def put(self, text: str) -> None:
        """Text that no character of the source stands for."""
        if not text:
            return
        self._parts.append(text)
        self._next = -1
        self.length += len(text)

    def block(
        self,
        kind: BlockKind,
        field: str,
        *,
        level: int = 0,
        depth: int = 0,
        ordered: bool = False,
        checked: bool | None = None,
        row: int = -1,
        column: int = -1,
    ) -> Block | None:
        """The finished block without white space at its ends; None where nothing can be read."""
        text = "".join(self._parts)
        bare = text.strip()
        if not bare:
            return None
        if self.links and kind is not _HEADING and self._only_links(text):
            kind = BlockKind.LINK
        pieces = tuple(self._pieces)
        masked = merged(self.masked) if self.masked else ()
        strong = merged(self.strong) if self.strong else ()
        whole = Block(kind, text, field, pieces, masked, level, depth, ordered, checked, row, column, strong)
        return whole if text == bare else whole.cut(0, len(text), level=level)

    def _only_links(self, text: str) -> bool:
        """A line of prose that happens to be a link is prose; a name or an address is not."""
        linked = sum(len(text[low:high].strip()) for low, high in merged(self.links))
        bare = sum(map(len, text.split()))
        words = len(text.split())
        return linked + 2 >= bare and words <= 6 * len(self.links)


def merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sorted, without overlap and without empty ranges."""
    if not ranges:
        return ()
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if low >= high:
            continue
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)
