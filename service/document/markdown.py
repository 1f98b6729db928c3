"""Markdown (with GitHub's tables, task lists and alerts, and the HTML people mix in) → blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyromark

from service.document import html
from service.document.model import Block, BlockKind
from service.document.words import Words

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS
_OPTIONS |= pyromark.Options.ENABLE_STRIKETHROUGH | pyromark.Options.ENABLE_GFM
_PROMPT = re.compile(r"^>>>(?= \S)", re.MULTILINE)
_QUOTED = re.compile(r"^ {0,3}>(?!>> \S)", re.MULTILINE)
_Facts = dict[str, Any] | int | str | None
_INLINE = {"Emphasis", "Strong", "Strikethrough", "Link", "Image", "Superscript", "Subscript"}


def blocks(source: str, field: str) -> Iterator[Block]:
    """The blocks of `source`, in reading order. Linear in its length."""
    return _Reader(source, field).read()


def _code_points(source: str) -> list[int] | range:
    """For each UTF-8 byte offset its code point offset."""
    if source.isascii():
        return range(len(source) + 1)
    table: list[int] = []
    for at, char in enumerate(source):
        table.extend([at] * (1 if char < "\x80" else 2 if char < "\u0800" else 3 if char < "\U00010000" else 4))
    table.append(len(source))
    return table


def _without_prompts(source: str) -> str:
    """The same length, without the ">>>" of a Python session, which Markdown takes for a quotation of the rest."""
    return source if _QUOTED.search(source) else _PROMPT.sub("%%%", source)


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
        self.words = Words()
        self.kind = BlockKind.PARAGRAPH
        self.level = 0
        self.quotes: list[BlockKind] = []
        self.lists: list[bool] = []
        self.items: list[_Item] = []
        self.row = self.column = -1
        self.opened: list[int] = []
        self.pictures = 0
        self.html = (0, 0)
        self.after: list[Block] = []
        self.tags = html.Tags()

    def read(self) -> Iterator[Block]:
        places = _code_points(self.source)
        for event, byte_range in pyromark.events_with_range(_without_prompts(self.source), options=_OPTIONS):
            start, end = places[byte_range["start"]], places[byte_range["end"]]
            name, value = (event, None) if isinstance(event, str) else next(iter(event.items()))
            step = _STEPS.get(name)
            if step is not None:
                yield from step(self, value, start, end)
        yield from self._flush()

    def on_start(self, value: str | dict[str, Any], start: int, _end: int) -> Iterable[Block]:
        name, facts = (value, None) if isinstance(value, str) else next(iter(value.items()))
        if name in _INLINE:
            self.opened.append(self.words.length)
            self.pictures += name == "Image"
            return ()
        done = self._flush()
        opening = _OPENINGS.get(name)
        if opening is not None:
            opening(self, facts)
        elif name == "HtmlBlock":
            self.html = (start, start)
        return done

    def on_heading(self, facts: _Facts) -> None:
        self.kind = BlockKind.HEADING
        self.level = int(facts["level"][1]) if isinstance(facts, dict) else 1

    def on_code_block(self, _facts: _Facts) -> None:
        self.kind = BlockKind.CODE

    def on_quote(self, facts: _Facts) -> None:
        self.quotes.append(BlockKind.PANEL if facts else BlockKind.QUOTE)

    def on_list(self, facts: _Facts) -> None:
        self.lists.append(facts is not None)

    def on_item(self, _facts: _Facts) -> None:
        self.items.append(_Item(len(self.lists), bool(self.lists) and self.lists[-1]))

    def on_table_head(self, _facts: _Facts) -> None:
        self.row, self.column = 0, -1

    def on_table_row(self, _facts: _Facts) -> None:
        self.row, self.column = self.row + 1, -1

    def on_table_cell(self, _facts: _Facts) -> None:
        self.kind, self.column = BlockKind.TABLE_CELL, self.column + 1

    def on_end(self, value: str | dict[str, Any], start: int, end: int) -> Iterable[Block]:
        name = value if isinstance(value, str) else next(iter(value))
        if name in _INLINE:
            self._close_inline(name, start, end)
            return ()
        done = self._flush()
        if name == "BlockQuote":
            self.quotes.pop()
        elif name == "List":
            self.lists.pop()
        elif name == "Item":
            self.items.pop()
        elif name == "Table":
            self.row = self.column = -1
        elif name == "HtmlBlock":
            first, last = self.html
            done.extend(html.blocks(self.source[first:last], self.field, first))
        return done

    def _close_inline(self, name: str, start: int, end: int) -> None:
        here = (self.opened.pop(), self.words.length)
        if name == "Strong":
            self.words.strong.append(here)
        elif name == "Strikethrough":
            self.words.masked.append(here)
        elif name == "Link":
            self.words.links.append(here)
        elif name == "Image":
            self.pictures -= 1
            self._image(start, end)

    def _image(self, start: int, end: int) -> None:
        """A picture stands after the text it interrupts; its description is not read as prose."""
        image = Words()
        image.add(self.source[start:end], start)
        self.after.extend(found for found in [image.block(BlockKind.IMAGE, self.field)] if found)

    def on_text(self, text: str, start: int, end: int) -> Iterable[Block]:
        if self.pictures:
            return ()
        piece = self.source[start:end]
        found = 0 if len(piece) == len(text) else piece.find(text)
        if found < 0:
            self.words.put(text)
        else:
            self.words.add(piece[found : found + len(text)], start + found)
        return ()

    def on_code(self, text: str, start: int, end: int) -> Iterable[Block]:
        since = self.words.length
        self.on_text(text, start, end)
        self.words.masked.append((since, self.words.length))
        return ()

    def on_break(self, _value: None, start: int, end: int) -> Iterable[Block]:
        found = self.source.find("\n", start, end)
        if found < 0:
            self.words.put("\n")
        else:
            self.words.add("\n", found)
        return ()

    def on_html(self, _text: str, _start: int, end: int) -> Iterable[Block]:
        self.html = (self.html[0], end)
        return ()

    def on_inline_html(self, text: str, start: int, _end: int) -> Iterable[Block]:
        aside = self.tags.inline(text, start, self.words, self.field)
        if aside:
            self.after.append(aside)
        return ()

    def on_task(self, value: bool, _start: int, _end: int) -> Iterable[Block]:  # noqa: FBT001 - pyromark's own value
        if self.items:
            self.items[-1].checked = value
        return ()

    def _flush(self) -> list[Block]:
        done = [self._block()] if self.words.length else []
        found = [block for block in [*done, *self.after] if block]
        self.words, self.after = Words(), []
        self.kind, self.level, self.opened = BlockKind.PARAGRAPH, 0, []
        return found

    def _block(self) -> Block | None:
        depth = len(self.lists) + len(self.quotes)
        self.tags.close(self.words)
        if self.quotes and BlockKind.QUOTE in self.quotes:
            return self.words.block(BlockKind.QUOTE, self.field, depth=depth)
        if self.kind is not BlockKind.PARAGRAPH:
            return self.words.block(
                self.kind, self.field, level=self.level, depth=depth, row=self.row, column=self.column
            )
        item = self.items[-1] if self.items else None
        if item and not item.begun:
            item.begun = True
            kind = BlockKind.LIST_ITEM if item.checked is None else BlockKind.TASK_ITEM
            return self.words.block(kind, self.field, depth=depth, ordered=item.ordered, checked=item.checked)
        return self.words.block(BlockKind.PANEL if self.quotes else self.kind, self.field, depth=depth)


_OPENINGS: dict[str, Callable[[_Reader, _Facts], None]] = {
    "Heading": _Reader.on_heading,
    "CodeBlock": _Reader.on_code_block,
    "BlockQuote": _Reader.on_quote,
    "List": _Reader.on_list,
    "Item": _Reader.on_item,
    "TableHead": _Reader.on_table_head,
    "TableRow": _Reader.on_table_row,
    "TableCell": _Reader.on_table_cell,
}
_STEPS: dict[str, Callable[[_Reader, Any, int, int], Iterable[Block]]] = {
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
