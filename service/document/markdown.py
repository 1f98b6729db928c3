"""Markdown (with GitHub's tables, task lists and alerts, and the HTML people mix in) → blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyromark
from pyromark.event import Range

from service.document import html
from service.document.model import Block, BlockKind
from service.document.words import Words

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
_OPTIONS |= pyromark.Options.ENABLE_STRIKETHROUGH | pyromark.Options.ENABLE_GFM
_PROMPT = re.compile(r"^>>>(?= \S)", re.MULTILINE)
_QUOTED = re.compile(r"^ {0,3}>(?!>> \S)", re.MULTILINE)
_WIDTHS = re.compile("([\0-\x7f]+)|([\x80-\u07ff]+)|([\u0800-\uffff]+)|([\U00010000-\U0010ffff]+)")
"""Runs of characters that take one to four bytes each in UTF-8, by the number of the group."""
_PARAGRAPH, _HEADING, _QUOTE = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.QUOTE
_Tag = str | dict[str, Any]
_Facts = dict[str, Any] | int | str | None
_INLINE = {"Emphasis", "Strong", "Strikethrough", "Link", "Image", "Superscript", "Subscript"}


def blocks(source: str, field: str) -> list[Block]:
    """The blocks of `source`, in reading order. Linear in its length."""
    reader = _Reader(source, field)
    events: Iterator[tuple[Any, Range]] = pyromark.events_with_range(_without_prompts(source), options=_OPTIONS)
    for event, span in events:
        name, value = (event, None) if isinstance(event, str) else event.popitem()
        step = _STEPS.get(name)
        if step is not None:
            step(reader, value, span)
    reader.flush()
    return reader.found


def _code_points(source: str) -> list[int] | range:
    """For each UTF-8 byte offset its code point offset."""
    if source.isascii():
        return range(len(source) + 1)
    table: list[int] = []
    for run in _WIDTHS.finditer(source):
        width = run.lastindex or 1
        places = range(run.start(), run.end())
        table += places if width == 1 else [at for at in places for _ in range(width)]
    table.append(len(source))
    return table


def _without_prompts(source: str) -> str:
    """The same length, without the ">>>" of a Python session, which Markdown takes for a quotation of the rest."""
    return source if ">>> " not in source or _QUOTED.search(source) else _PROMPT.sub("%%%", source)


@dataclass(slots=True)
class _Item:
    depth: int
    ordered: bool
    checked: bool | None = None
    begun: bool = False


class _Reader:
    def __init__(self, source: str, field: str) -> None:
        self.source = source
        self.field = field
        self.places = _code_points(source)
        self.found: list[Block] = []
        self.words = Words()
        self.kind = _PARAGRAPH
        self.level = 0
        self.quotes: list[BlockKind] = []
        self.lists: list[bool] = []
        self.items: list[_Item] = []
        self.row = self.column = -1
        self.opened: list[int] = []
        self.pictures = 0
        self.html_end = 0
        self.after: list[Block] = []
        self.tags = html.Tags()

    def on_start(self, value: _Tag, span: Range) -> None:
        name, facts = (value, None) if isinstance(value, str) else value.popitem()
        if name in _INLINE:
            self.opened.append(self.words.length)
            self.pictures += name == "Image"
            return
        if self.words.length or self.words.links or self.after:
            self.flush()
        opening = _OPENINGS.get(name)
        if opening is not None:
            opening(self, facts, span)

    def on_html_block(self, _facts: _Facts, span: Range) -> None:
        self.html_end = span["start"]

    def on_heading(self, facts: _Facts, _span: Range) -> None:
        self.kind = _HEADING
        self.level = int(facts["level"][1]) if isinstance(facts, dict) else 1

    def on_code_block(self, _facts: _Facts, _span: Range) -> None:
        self.kind = BlockKind.CODE

    def on_quote(self, facts: _Facts, _span: Range) -> None:
        self.quotes.append(BlockKind.PANEL if facts else BlockKind.QUOTE)

    def on_list(self, facts: _Facts, _span: Range) -> None:
        self.lists.append(facts is not None)

    def on_item(self, _facts: _Facts, _span: Range) -> None:
        self.items.append(_Item(len(self.lists), bool(self.lists) and self.lists[-1]))

    def on_table_head(self, _facts: _Facts, _span: Range) -> None:
        self.row, self.column = 0, -1

    def on_table_row(self, _facts: _Facts, _span: Range) -> None:
        self.row, self.column = self.row + 1, -1

    def on_table_cell(self, _facts: _Facts, _span: Range) -> None:
        self.kind, self.column = BlockKind.TABLE_CELL, self.column + 1

    def on_end(self, value: _Tag, span: Range) -> None:
        name = value if isinstance(value, str) else next(iter(value))
        if name in _INLINE:
            self._close_inline(name, span)
            return
        if self.words.length or self.words.links or self.after:
            self.flush()
        self.kind, self.level = _PARAGRAPH, 0
        closing = _CLOSINGS.get(name)
        if closing is not None:
            closing(self, span)

    def after_quote(self, _span: Range) -> None:
        self.quotes.pop()

    def after_list(self, _span: Range) -> None:
        self.lists.pop()

    def after_item(self, _span: Range) -> None:
        self.items.pop()

    def after_table(self, _span: Range) -> None:
        self.row = self.column = -1

    def after_html_block(self, span: Range) -> None:
        first, last = self.places[span["start"]], self.places[self.html_end]
        self.found += html.blocks(self.source[first:last].rstrip(), self.field, first)

    def _close_inline(self, name: str, span: Range) -> None:
        here = (self.opened.pop(), self.words.length)
        if name == "Strong":
            self.words.strong.append(here)
        elif name == "Strikethrough":
            self.words.masked.append(here)
        elif name == "Link":
            self.words.links.append(here)
        elif name == "Image":
            self.pictures -= 1
            self._image(*self._range(span))

    def _image(self, start: int, end: int) -> None:
        """A picture stands after the text it interrupts; its description is not read as prose."""
        image = Words()
        image.add(self.source[start:end], start)
        self.after.extend(found for found in [image.block(BlockKind.IMAGE, self.field)] if found)

    def _range(self, span: Range) -> tuple[int, int]:
        return self.places[span["start"]], self.places[span["end"]]

    def on_text(self, text: str, span: Range) -> None:
        if self.pictures:
            return
        start = self.places[span["start"]]
        piece = self.source[start : self.places[span["end"]]]
        if len(piece) == len(text):
            self.words.add(piece, start)
            return
        found = piece.find(text)
        if found < 0:
            self.words.put(text)
        else:
            self.words.add(text, start + found)

    def on_code(self, text: str, span: Range) -> None:
        since = self.words.length
        self.on_text(text, span)
        self.words.masked.append((since, self.words.length))

    def on_break(self, _value: None, span: Range) -> None:
        found = self.source.find("\n", *self._range(span))
        if found < 0:
            self.words.put("\n")
        else:
            self.words.add("\n", found)

    def on_html(self, _text: str, span: Range) -> None:
        self.html_end = span["end"]

    def on_inline_html(self, text: str, span: Range) -> None:
        aside = self.tags.inline(text, self.places[span["start"]], self.words, self.field)
        if aside:
            self.after.append(aside)

    def on_task(self, value: bool, _span: Range) -> None:  # noqa: FBT001 - pyromark's own value
        if self.items:
            self.items[-1].checked = value

    def flush(self) -> None:
        """The block that ends here, and the pictures in it."""
        block = self._block() if self.words.length else None
        if block:
            self.found.append(block)
        self.words = Words()
        if self.after:
            self.found += self.after
            self.after = []

    def _block(self) -> Block | None:
        depth = len(self.lists) + len(self.quotes)
        if self.tags.open:
            self.tags.close(self.words)
        if self.quotes and _QUOTE in self.quotes:
            return self.words.block(_QUOTE, self.field, depth=depth)
        if self.kind is not _PARAGRAPH:
            return self.words.block(
                self.kind, self.field, level=self.level, depth=depth, row=self.row, column=self.column
            )
        item = self.items[-1] if self.items else None
        if item and not item.begun:
            item.begun = True
            kind = BlockKind.LIST_ITEM if item.checked is None else BlockKind.TASK_ITEM
            return self.words.block(kind, self.field, depth=depth, ordered=item.ordered, checked=item.checked)
        return self.words.block(BlockKind.PANEL if self.quotes else self.kind, self.field, depth=depth)


_OPENINGS: dict[str, Callable[[_Reader, _Facts, Range], None]] = {
    "Heading": _Reader.on_heading,
    "CodeBlock": _Reader.on_code_block,
    "BlockQuote": _Reader.on_quote,
    "List": _Reader.on_list,
    "Item": _Reader.on_item,
    "TableHead": _Reader.on_table_head,
    "TableRow": _Reader.on_table_row,
    "TableCell": _Reader.on_table_cell,
    "HtmlBlock": _Reader.on_html_block,
}
_CLOSINGS: dict[str, Callable[[_Reader, Range], None]] = {
    "BlockQuote": _Reader.after_quote,
    "List": _Reader.after_list,
    "Item": _Reader.after_item,
    "Table": _Reader.after_table,
    "HtmlBlock": _Reader.after_html_block,
}
_STEPS: dict[str, Callable[[_Reader, Any, Range], None]] = {
    "Start": _Reader.on_start,
    "End": _Reader.on_end,
    "Text": _Reader.on_text,
    "Code": _Reader.on_code,
    "SoftBreak": _Reader.on_break,
    "HardBreak": _Reader.on_break,
    "Html": _Reader.on_html,
    "InlineHtml": _Reader.on_inline_html,
    "TaskListMarker": _Reader.on_task,
}
