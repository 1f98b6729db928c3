"""Places each block in its section, by the headings, labels, table headers and field names above it."""

from __future__ import annotations

from collections.abc import Iterable

from service.document.labels import LABEL
from service.document.meanings import NO_NAMES, Own, meaning_to, name_of
from service.document.model import Block, BlockKind, Placed, Section

_Open = tuple[int, Section, str]
_HEADING = BlockKind.HEADING
_ITEMS = {BlockKind.LIST_ITEM, BlockKind.TASK_ITEM}
_UNNAMED = {Section.NONE, Section.TITLE}
_LISTING = {
    Section.CRITERIA,
    Section.STEPS,
    Section.EXPECTED,
    Section.OBSERVED,
    Section.SCOPE,
    Section.OUT_OF_SCOPE,
    Section.METRIC,
    Section.TEST,
}
_CONTAINED = {
    BlockKind.CODE,
    BlockKind.LOG,
    BlockKind.IMAGE,
    BlockKind.QUOTE,
    BlockKind.LINK,
    BlockKind.PLACEHOLDER,
}


def of_field(name: str, own: Own = NO_NAMES) -> tuple[Section, str]:
    """The section a field's name opens, and the name as a label."""
    if name in {"title", "description"}:
        return (Section.TITLE if name == "title" else Section.NONE), ""
    return meaning_to(own, name) or Section.OTHER, name_of(name)


def placed(groups: Iterable[list[Block]], section: Section, label: str, own: Own = NO_NAMES) -> list[Placed]:
    """The blocks of one field with their sections. A group holds the parts of what was one block in its markup."""
    place = _Place(section, label, own)
    return [place.of(block, n) for group in groups for n, block in enumerate(group)]


class _Place:
    def __init__(self, section: Section, label: str, own: Own) -> None:
        self.own = own
        self.open: list[_Open] = [(0, section, label)]
        self.label_depth: int | None = None
        self.columns: dict[int, tuple[Section, str]] = {}
        self.row: tuple[int, Section, str] | None = None

    def of(self, block: Block, part: int) -> Placed:
        """The next block, which is this part of what was one block in its markup."""
        if block.row >= 0:
            return self._cell(block)
        if self.columns or self.row:
            self.columns, self.row = {}, None
        if block.kind is _HEADING:
            self._open(block)
        elif part == 0 and self.label_depth is not None:
            self._leave_label(block, self.label_depth)
        _, section, label = self.open[-1]
        return Placed(block, section, label)

    def _open(self, block: Block) -> None:
        while len(self.open) > 1 and self.open[-1][0] >= block.level:
            self.open.pop()
        self.label_depth = block.depth if block.level == LABEL else None
        found = meaning_to(self.own, block.text)
        _, above, label = self.open[-1]
        if found is not None or above in _UNNAMED:
            self.open.append((block.level, found or Section.OTHER, name_of(block.text)))
        else:
            self.open.append((block.level, above, label))

    def _leave_label(self, block: Block, depth: int) -> None:
        """A label on its line, at this depth, holds for that paragraph or item, and for what belongs to it."""
        if block.kind in _CONTAINED:
            return
        if block.kind in _ITEMS and block.depth > depth and self.open[-1][1] in _LISTING:
            return
        self.label_depth = None
        if self.open[-1][0] == LABEL:
            self.open.pop()

    def _cell(self, block: Block) -> Placed:
        """A cell belongs to its column's header, else to the first cell of its row, where these mean something."""
        found = meaning_to(self.own, block.text) if block.row == 0 or block.column == 0 else None
        if block.row == 0 and found is None and self._is_step(block.text):
            found = Section.CRITERIA
        if found is not None and block.row == 0:
            self.columns[block.column] = (found, name_of(block.text))
        if block.column == 0:
            self.row = (block.row, found, name_of(block.text)) if found is not None else None
        if found is not None and block.row == 0:
            return Placed(block, *self.columns[block.column])
        if self.row and self.row[0] == block.row and (block.row or block.column):
            return Placed(block, self.row[1], self.row[2])
        if block.column in self.columns:
            return Placed(block, *self.columns[block.column])
        _, section, label = self.open[-1]
        return Placed(block, section, label)

    def _is_step(self, text: str) -> bool:
        """Whether a column is headed Given or Then, or When beside them: "When" alone may tell a time."""
        name = name_of(text)
        scenario = any(section is Section.CRITERIA for section, _ in self.columns.values())
        return name in {"given", "then"} or (name == "when" and scenario)
