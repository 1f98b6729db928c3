"""Plain text → paragraphs, with the fences and headings that people type into it by habit."""

from __future__ import annotations

import re

from service.document.model import Block, BlockKind
from service.document.words import Words

_FENCE = re.compile(r"[ \t]{0,20}(`{3,}|~{3,}|\{(?:code|noformat)(?:[:|][^{}\n]{0,200})?\})", re.IGNORECASE)
_HEADING = re.compile(r"[ \t]{0,3}(?:(#{1,6})[ \t]+|h([1-6])\.[ \t]+)(?=\S)")


def blocks(source: str, field: str) -> list[Block]:
    """The blocks of `source`; lists, labels and logs within paragraphs are found later, for every markup alike."""
    reader = _Reader(source, field)
    at = 0
    while at < len(source):
        end = source.find("\n", at)
        end = len(source) if end < 0 else end
        reader.line(at, end)
        at = end + 1
    reader.flush()
    return reader.found


class _Reader:
    def __init__(self, source: str, field: str) -> None:
        self.source = source
        self.field = field
        self.found: list[Block] = []
        self.start = self.end = 0
        self.fence = ""

    def line(self, start: int, end: int) -> None:
        """Take one line."""
        fence = _FENCE.match(self.source, start, end)
        if self.fence:
            if not (fence and self._closes(fence, end)):
                self.end = end
                return
            self.flush(BlockKind.CODE)
            self.fence = ""
            self.start = self.end = end
        elif fence and self._opens(fence, end):
            self.flush()
            self._open(fence, end)
        elif start == end or self.source[start:end].isspace():
            self.flush()
        else:
            self._prose(start, end)

    def _open(self, found: re.Match[str], end: int) -> None:
        self.fence = found[1][:3].lower()
        self.start = self.end = found.end() if self.fence[0] == "{" else end
        close = self.source.find("{", self.start, end) if self.fence[0] == "{" else -1
        if close >= 0 and self.source[close : close + 4].lower() == self.fence + found[1][3].lower():
            self.end = close
            self.flush(BlockKind.CODE)
            self.fence = ""
            self.start = self.end = end

    def _opens(self, found: re.Match[str], end: int) -> bool:
        return found[1][0] == "{" or "`" not in self.source[found.end() : end]

    def _closes(self, found: re.Match[str], end: int) -> bool:
        rest = self.source[found.end() : end].strip()
        return found[1][:3].lower() == self.fence and (self.fence[0] == "{" or not rest)

    def _prose(self, start: int, end: int) -> None:
        heading = _HEADING.match(self.source, start, end)
        if not heading:
            self.start = self.start if self.end > self.start else start
            self.end = end
            return
        self.flush()
        level = len(heading[1]) if heading[1] else int(heading[2])
        self._keep(heading.end(), end, BlockKind.HEADING, level)

    def flush(self, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        """The block that ends here; a fence nobody closed still holds code."""
        if self.end > self.start:
            self._keep(self.start, self.end, BlockKind.CODE if self.fence else kind)
        self.start = self.end

    def _keep(self, start: int, end: int, kind: BlockKind, level: int = 0) -> None:
        words = Words()
        words.add(self.source[start:end], start)
        block = words.block(kind, self.field, level=level)
        if block:
            self.found.append(block)
