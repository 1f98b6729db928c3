"""Jira's wiki markup → blocks: macros first, then lines, then each block's inline marks. Linear in its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from service.document.model import Block, BlockKind
from service.document.wiki_inline import inline
from service.document.words import Words

_MACRO = re.compile(
    r"\{(code|noformat|quote|panel|expand|info|note|tip|warning)(?::([^{}\n]{0,300}))?\}|^[ \t]*(```)[^`\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_CLOSING = {
    "code": re.compile(r"\{code\}", re.IGNORECASE),
    "noformat": re.compile(r"\{noformat\}", re.IGNORECASE),
    "```": re.compile(r"^[ \t]*```[ \t]*$", re.MULTILINE),
}
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_HEADING = re.compile(r"[ \t]*(?:h([1-6])\.[ \t]*|(#{2,6})[ \t]+(?=\w))")
_LIST = re.compile(r"[ \t]*([*#]{1,100}-?|-)[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*-{4,}[ \t]*$")
_QUOTE = re.compile(r"[ \t]*bq\.[ \t]+")
_TASK = re.compile(r"[*#-]?[ \t]*(\[[ xX]?\]|[☐☑☒✅])[ \t]+(?=\S)")
_CELL = re.compile(r"\\.|\[[^\[\]\n]{0,500}\]|\{\{[^{}\n]{0,300}\}\}|![^!\n|]{1,200}\|[^!\n|]{0,100}!|\|{1,2}")
_TITLE = re.compile(r"(?:^|\|)(?:title=)?([^|=\n]+)(?=$|\|)")


def blocks(source: str, field: str) -> Iterator[Block]:
    """The blocks of `source`, in reading order."""
    reader = _Reader(source, field)
    at = 0
    while found := _MACRO.search(source, at):
        yield from reader.text(at, found.start())
        name = (found[1] or found[3]).lower()
        if name in _CLOSING:
            end, at = reader.literal_end(name, found.end())
            yield from reader.literal(found.end(), end)
        else:
            yield from reader.macro(name, found)
            at = found.end()
    yield from reader.text(at, len(source))
    yield from reader.flush()


@dataclass(slots=True)
class _Gathered:
    """A block so far: its ranges of the source, one a line, and what it is."""

    kind: BlockKind = BlockKind.PARAGRAPH
    ranges: list[tuple[int, int]] = field(default_factory=list)
    depth: int = 0
    ordered: bool = False
    checked: bool | None = None
    level: int = 0
    row: int = -1
    column: int = -1


class _Reader:
    def __init__(self, source: str, field: str) -> None:
        self.source = source
        self.field = field
        self.gathered = _Gathered()
        self.quoted = False
        self.panels: list[str] = []
        self.unclosed: set[str] = set()
        self.listed = False
        self.row = -1

    def literal_end(self, name: str, start: int) -> tuple[int, int]:
        """Where code that begins at `start` ends, and where to read on. Unclosed, it ends with its paragraph."""
        closing = None if name in self.unclosed else _CLOSING[name].search(self.source, start)
        if closing:
            return closing.start(), closing.end()
        self.unclosed.add(name)
        blank = _PARAGRAPH_END.search(self.source, start)
        end = blank.start() if blank else len(self.source)
        return end, end

    def literal(self, start: int, end: int) -> Iterator[Block]:
        """Code, as it stands."""
        yield from self.flush()
        words = Words()
        words.add(self.source[start:end], start)
        block = words.block(BlockKind.QUOTE if self.quoted else BlockKind.CODE, self.field)
        if block:
            yield block

    def macro(self, name: str, found: re.Match[str]) -> Iterator[Block]:
        """The opening or closing of a quotation, a panel or an expandable part."""
        yield from self.flush()
        if name == "quote":
            self.quoted = not self.quoted
            return
        if found[2] is None and name in self.panels:
            self.panels.remove(name)
            return
        self.panels.append(name)
        title = _TITLE.search(found[2] or "")
        if title:
            start = found.start(2)
            self.gathered = _Gathered(BlockKind.HEADING, [(start + title.start(1), start + title.end(1))], level=6)
            yield from self.flush()

    def text(self, start: int, end: int) -> Iterator[Block]:
        """Whatever stands between macros."""
        while start < end:
            stop = self.source.find("\n", start, end)
            stop = end if stop < 0 else stop
            yield from self._line(start, stop)
            start = stop + 1

    def _line(self, start: int, end: int) -> Iterator[Block]:
        line = self.source[start:end]
        if not line or line.isspace() or _RULE.match(line):
            yield from self.flush()
            self.listed, self.row = False, -1
            return
        first = line.lstrip()[0]
        if first == "|":
            yield from self._row(start, end)
        elif (begun := self._begins(first, start, end)) is not None:
            yield from self.flush()
            self.gathered = begun
            self.listed, self.row = begun.depth > 0, -1
            if begun.kind is not BlockKind.LIST_ITEM and begun.kind is not BlockKind.TASK_ITEM:
                yield from self.flush()
        else:
            self.gathered.ranges.append((start, end))

    def _begins(self, first: str, start: int, end: int) -> _Gathered | None:
        """The block that this line begins by its mark, if any."""
        if first in "*#-" and (item := _LIST.match(self.source, start, end)):
            if item[1].startswith("##") and not self.listed:
                return _Gathered(BlockKind.HEADING, [(item.end(), end)], level=min(6, len(item[1])))
            return self._item(item, end)
        if first == "h" and (heading := _HEADING.match(self.source, start, end)):
            return _Gathered(BlockKind.HEADING, [(heading.end(), end)], level=int(heading[1]))
        if first == "b" and (quote := _QUOTE.match(self.source, start, end)):
            return _Gathered(BlockKind.QUOTE, [(quote.end(), end)])
        if first in "[☐☑☒✅" and (task := _TASK.match(self.source, start, end)):
            return _Gathered(BlockKind.TASK_ITEM, [(task.end(), end)], depth=1, checked=task[1] not in "☐[ ][]")
        return None

    def _item(self, item: re.Match[str], end: int) -> _Gathered:
        depth, ordered = len(item[1]), item[1].endswith("#")
        task = _TASK.match(self.source, item.end(), end)
        if task:
            checked = task[1] not in "☐[ ][]"
            return _Gathered(BlockKind.TASK_ITEM, [(task.end(), end)], depth, ordered, checked)
        return _Gathered(BlockKind.LIST_ITEM, [(item.end(), end)], depth, ordered)

    def _row(self, start: int, end: int) -> Iterator[Block]:
        """A table's row; its last cell stays open where no bar closes it."""
        yield from self.flush()
        first = self.source.index("|", start, end)
        header = self.source.startswith("||", first)
        self.row = self.row + 1 if self.row >= 0 else 0 if header else 1
        bars = [bar for bar in _CELL.finditer(self.source, first, end) if bar[0][0] == "|"]
        edges = [*((bar.start(), bar.end()) for bar in bars), (end, end)]
        for column, ((_, begin), (stop, _)) in enumerate(pairwise(edges)):
            yield from self.flush()
            if self.source[begin:stop].strip():
                self.gathered = _Gathered(BlockKind.TABLE_CELL, [(begin, stop)], row=self.row, column=column)
        if self.source[first:end].rstrip().endswith("|"):
            yield from self.flush()

    def flush(self) -> Iterator[Block]:
        """The block that ends here, and the pictures in it."""
        gathered, self.gathered = self.gathered, _Gathered()
        if not gathered.ranges:
            return
        words, aside = Words(), []
        for start, end in gathered.ranges:
            if words.length:
                words.add("\n", start - 1) if self.source[start - 1] == "\n" else words.put(" ")
            aside.extend(inline(self.source, start, end, words))
        block = words.block(
            self._kind(gathered.kind),
            self.field,
            level=gathered.level,
            depth=gathered.depth,
            ordered=gathered.ordered,
            checked=gathered.checked,
            row=gathered.row,
            column=gathered.column,
        )
        if block:
            yield block
        yield from self._asides(aside)

    def _asides(self, ranges: list[tuple[int, int]]) -> Iterator[Block]:
        for start, end in ranges:
            words = Words()
            words.add(self.source[start:end], start)
            block = words.block(BlockKind.IMAGE, self.field)
            if block:
                yield block

    def _kind(self, kind: BlockKind) -> BlockKind:
        if self.quoted:
            return BlockKind.QUOTE
        return BlockKind.PANEL if self.panels and kind is BlockKind.PARAGRAPH else kind
