"""What every markup becomes: blocks of text whose characters lead back to the source.

Offsets are Unicode code points. A block's `text` is what a reader sees; `pieces` map it to the field as
given (for ADF: to its block texts joined by newlines).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True)
def record(cls: type[_Class]) -> type[_Class]:
    """A dataclass that nobody changes. The type checker sees to that: a check at run time would be four fifths of
    what it costs to make one, and each ticket is read through a hundred of them.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


class BlockKind(StrEnum):
    """What a block is. Only PROSE is ever judged for wording.

    To look a member up in its enum costs as much as a call: what is asked often keeps it under a name of its own.
    """

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TASK_ITEM = "task_item"
    TABLE_CELL = "table_cell"
    PANEL = "panel"
    QUOTE = "quote"
    CODE = "code"
    LOG = "log"
    LINK = "link"
    IMAGE = "image"
    PLACEHOLDER = "placeholder"


PROSE = frozenset(
    {
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.TASK_ITEM,
        BlockKind.TABLE_CELL,
        BlockKind.PANEL,
    }
)


class Section(StrEnum):
    """Which part of a ticket a heading opens, by meaning and not by its words.

    NONE stands before any heading, OTHER under one that opens nothing of the rest; DESCRIPTION is the part
    that a ticket itself calls so, SCOPE lists requirements, TEST says how to verify.
    """

    TITLE = "title"
    NONE = "none"
    CRITERIA = "criteria"
    STEPS = "steps"
    EXPECTED = "expected"
    OBSERVED = "observed"
    ENVIRONMENT = "environment"
    EVIDENCE = "evidence"
    PROBLEM = "problem"
    STORY = "story"
    OUT_OF_SCOPE = "out_of_scope"
    METRIC = "metric"
    RISK = "risk"
    SOLUTION = "solution"
    TEST = "test"
    SCOPE = "scope"
    DESCRIPTION = "description"
    OTHER = "other"


class Role(StrEnum):
    """What a unit does in its ticket; a criterion is held to more than a story's narrative."""

    TITLE = "title"
    HEADING = "heading"
    NARRATIVE = "narrative"
    CRITERION = "criterion"
    STEP = "step"


def clip(ranges: tuple[tuple[int, int], ...], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The sorted `ranges` that fall between `start` and `end`, counted from `start`."""
    if not ranges:
        return ()
    first = bisect_right(ranges, (start, start))
    if first and ranges[first - 1][1] > start:
        first -= 1
    found = []
    for low, high in ranges[first:]:
        if low >= end:
            break
        if high > start:
            found.append((max(low, start) - start, min(high, end) - start))
    return tuple(found)


@record
class Piece:
    """`length` characters at `text` in the block stand at `source` in the field."""

    text: int
    source: int
    length: int


_begin = attrgetter("text")


@record
class Block:
    """One block. `masked` are ranges of `text` never judged: inline code, quotations, bare links.

    Characters that no piece covers were not in the source (a line break that markup implies). `strong` are bold
    ranges. `level` is a heading's 1–6, 7 for a line that serves as one, 8 for a label before text on its line;
    `depth` counts enclosing lists or quotes; `ordered` says a list is numbered;
    `row` and `column` place a table cell (row 0 is the header row).
    """

    kind: BlockKind
    text: str
    field: str
    pieces: tuple[Piece, ...]
    masked: tuple[tuple[int, int], ...] = ()
    level: int = 0
    depth: int = 0
    ordered: bool = False
    checked: bool | None = None
    row: int = -1
    column: int = -1
    strong: tuple[tuple[int, int], ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The range of the field that `text[start:end]` came from; markup between its ends is included."""
        return self._source_of(start), self._source_of(end - 1) + 1 if end > start else self._source_of(start)

    def cut(self, start: int, end: int, kind: BlockKind | None = None, level: int = 0) -> Block:
        """The part `text[start:end]` as a block of its own, without white space at its ends."""
        part = self.text[start:end]
        text = part.strip()
        if len(text) == len(self.text) and kind in (None, self.kind) and level == self.level:
            return self
        start += len(part) - len(part.lstrip())
        end = start + len(text)
        return Block(
            kind or self.kind,
            text,
            self.field,
            self._pieces_between(start, end),
            clip(self.masked, start, end) if self.masked else (),
            level,
            self.depth,
            self.ordered,
            self.checked,
            self.row,
            self.column,
            clip(self.strong, start, end) if self.strong else (),
        )

    def like(self, kind: BlockKind, masked: tuple[tuple[int, int], ...] | None = None) -> Block:
        """The same block as one of this kind, and with other masks where any are given."""
        return Block(
            kind,
            self.text,
            self.field,
            self.pieces,
            self.masked if masked is None else masked,
            self.level,
            self.depth,
            self.ordered,
            self.checked,
            self.row,
            self.column,
            self.strong,
        )

    def _pieces_between(self, start: int, end: int) -> tuple[Piece, ...]:
        pieces = self.pieces
        if len(pieces) > 1:
            first = max(0, bisect_right(pieces, start, key=_begin) - 1)
            pieces = pieces[first : bisect_left(pieces, end, key=_begin)]
        found = []
        for piece in pieces:
            low, high = max(start, piece.text), min(end, piece.text + piece.length)
            if low < high:
                found.append(Piece(low - start, piece.source + low - piece.text, high - low))
        return tuple(found)

    def _source_of(self, position: int) -> int:
        if not self.pieces:
            return 0
        piece = self.pieces[max(0, bisect_right(self.pieces, position, key=_begin) - 1)]
        return piece.source + min(max(0, position - piece.text), max(0, piece.length - 1))


@record
class Placed:
    """A block and where it stands: its section, and which named label opened it (lower-case, or "")."""

    block: Block
    section: Section
    heading: str = ""


@record
class Unit:
    """At most one sentence or line of a judged block: what is parsed, and what a unit matcher sees.

    `start` is where it begins in its block's text; `masked` is relative to the unit. Where hostile text was
    shortened for the parser, `pieces` map `text` to offsets after `start`; without pieces it is the block's own.
    """

    text: str
    role: Role
    section: Section
    kind: BlockKind
    block: int
    start: int
    masked: tuple[tuple[int, int], ...] = ()
    pieces: tuple[Piece, ...] = ()

    def in_block(self, start: int, end: int) -> tuple[int, int]:
        """The range of the block's text that `text[start:end]` stands for."""
        if not self.pieces:
            return self.start + start, self.start + end
        return self._block_of(start), (self._block_of(end - 1) + 1) if end > start else self._block_of(start)

    def _block_of(self, position: int) -> int:
        piece = self.pieces[max(0, bisect_right(self.pieces, position, key=_begin) - 1)]
        return self.start + piece.source + min(position - piece.text, piece.length - 1)


@dataclass(frozen=True)
class Document:
    """A whole ticket, read. `sources` are the fields as text, against which offsets count; a lone surrogate,
    which no encoding can hold, is U+FFFD there.

    `unread` counts the characters that were left out because the ticket is larger than the limits; `links` and
    `attachments` count what hangs on the ticket beside its text.
    """

    blocks: tuple[Placed, ...]
    units: tuple[Unit, ...]
    sources: dict[str, str]
    unread: int = 0
    links: int = 0
    attachments: int = 0
