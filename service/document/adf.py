"""Atlassian's document format → blocks. Walks any depth without recursion; unknown nodes keep their text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.document.model import Block, BlockKind, Piece, record
from service.document.words import Words, clean

NODES = 100_000
"""Nodes read of one text; what stands behind them is counted as unread by whoever asks for `Adf.complete`."""


@record
class _Place:
    kind: BlockKind = BlockKind.PARAGRAPH
    depth: int = 0
    ordered: bool = False
    checked: bool | None = None
    level: int = 0
    row: int = -1
    column: int = -1
    quoted: bool = False
    panel: bool = False


_TOP = _Place()
_LISTS = {"bulletList": False, "orderedList": True, "taskList": False, "decisionList": False}
_TEXT_BLOCKS = {"paragraph", "heading", "codeBlock", "taskItem", "decisionItem", "blockTaskItem", "caption"}
_INLINE = {"text", "hardBreak", "mention", "emoji", "status", "date", "inlineCard", "placeholder", "mediaInline"}
_LINKS = {"blockCard", "embedCard"}
_PANELS = {"panel", "expand", "nestedExpand"}


def blocks(document: Mapping[str, Any], field: str) -> tuple[list[Block], str]:
    """The blocks of an ADF object, and their texts joined by newlines, which offsets count against."""
    walker = _Walker(field)
    walker.walk(document)
    texts, found, at = [], [], 0
    for block in walker.blocks:
        found.append(replace(block, pieces=(Piece(0, at, len(block.text)),)))
        texts.append(block.text)
        at += len(block.text) + 1
    return found, "\n".join(texts)


def _children(node: Mapping[str, Any]) -> list[Any]:
    content = node.get("content")
    return content if isinstance(content, list) else []


def _attributes(node: Mapping[str, Any]) -> Mapping[str, Any]:
    found = node.get("attrs")
    return found if isinstance(found, Mapping) else {}


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


class _Walker:
    def __init__(self, field: str) -> None:
        self.field = field
        self.blocks: list[Block] = []
        self.words = Words()
        self.place = _TOP

    def walk(self, document: Mapping[str, Any]) -> None:
        stack: list[tuple[Any, _Place]] = [(document, _TOP)]
        for _ in range(NODES):
            if not stack:
                break
            node, place = stack.pop()
            if node is None:
                self._flush()
            elif isinstance(node, Mapping):
                stack.extend(reversed(list(self._enter(node, place))))
        self._flush()

    def _enter(self, node: Mapping[str, Any], place: _Place) -> Iterator[tuple[Any, _Place]]:
        """Read one node; yields what to read next, None where a block ends."""
        name = _string(node.get("type"))
        if name in _INLINE:
            self._inline(name, node, place)
            return
        if name in _LINKS or name == "media":
            self._flush()
            kind = BlockKind.LINK if name in _LINKS else BlockKind.IMAGE
            facts = _attributes(node)
            self._single(kind, _string(facts.get("url")) or _string(facts.get("alt")) or "image")
            return
        yield from self._open(name, node, place)

    def _open(self, name: str, node: Mapping[str, Any], place: _Place) -> Iterator[tuple[Any, _Place]]:
        text = _string(node.get("text"))
        if text and not _children(node):
            self._add(text, place)
            return
        self._flush()
        if name in _PANELS and (title := _string(_attributes(node).get("title"))):
            self._single(BlockKind.HEADING, title, level=6)
        if name in _TEXT_BLOCKS:
            self.place = _text_place(name, node, place)
            yield from ((child, self.place) for child in _children(node))
        else:
            yield from _contained(name, node, place)
        yield None, place

    def _inline(self, name: str, node: Mapping[str, Any], place: _Place) -> None:
        facts = _attributes(node)
        since = self.words.length
        if name == "text":
            self._text(node, place)
        elif name == "hardBreak":
            self._add("\n", place)
        elif name in {"mention", "inlineCard"}:
            self._add(_string(facts.get("text")) or _string(facts.get("url")) or "@someone", place)
            self.words.masked.append((since, self.words.length))
            if name == "inlineCard":
                self.words.links.append((since, self.words.length))
        elif name == "emoji":
            self._add(_string(facts.get("text")) or _string(facts.get("shortName")), place)
        elif name == "date":
            self._add(_date(facts.get("timestamp")), place)
        elif name == "placeholder":
            self._flush()
            self._single(BlockKind.PLACEHOLDER, _string(facts.get("text")))
        elif name == "status":
            self._add(_string(facts.get("text")), place)

    def _text(self, node: Mapping[str, Any], place: _Place) -> None:
        since = self.words.length
        self._add(_string(node.get("text")), place)
        here = (since, self.words.length)
        marks = node.get("marks")
        for mark in marks if isinstance(marks, list) else []:
            name = mark.get("type") if isinstance(mark, Mapping) else None
            if name in {"code", "strike"}:
                self.words.masked.append(here)
            elif name == "strong":
                self.words.strong.append(here)
            elif name == "link":
                self.words.links.append(here)

    def _add(self, text: str, place: _Place) -> None:
        """Text outside any paragraph opens one of its own."""
        if not self.words.length:
            self.place = place
        self.words.put(clean(text))

    def _single(self, kind: BlockKind, text: str, level: int = 0) -> None:
        words = Words()
        words.put(clean(text))
        block = words.block(kind, self.field, level=level)
        if block:
            self.blocks.append(block)

    def _flush(self) -> None:
        if not self.words.begun:
            return
        words, self.words = self.words, Words()
        place = self.place
        kind = place.kind
        if place.panel and kind is BlockKind.PARAGRAPH:
            kind = BlockKind.PANEL
        if place.quoted:
            kind = BlockKind.QUOTE
        block = words.block(
            kind,
            self.field,
            level=place.level if kind is BlockKind.HEADING else 0,
            depth=place.depth,
            ordered=place.ordered,
            checked=place.checked,
            row=place.row,
            column=place.column,
        )
        if block:
            self.blocks.append(block)


def _date(timestamp: object) -> str:
    """A date node holds milliseconds as text; one that cannot be read is still a date to the reader."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(str(timestamp)[:20]))
    except (ValueError, OverflowError):
        return "date"
    return moment.date().isoformat()


def _text_place(name: str, node: Mapping[str, Any], place: _Place) -> _Place:
    facts = _attributes(node)
    if name == "heading":
        level = facts.get("level")
        return replace(place, kind=BlockKind.HEADING, level=min(6, max(1, level)) if isinstance(level, int) else 1)
    if name == "codeBlock":
        return replace(place, kind=BlockKind.CODE)
    if name in {"taskItem", "blockTaskItem"}:
        return replace(place, kind=BlockKind.TASK_ITEM, checked=facts.get("state") == "DONE")
    if name == "decisionItem":
        return replace(place, kind=BlockKind.LIST_ITEM)
    return place


def _contained(name: str, node: Mapping[str, Any], place: _Place) -> Iterator[tuple[Any, _Place]]:
    """What stands in a container, each with its place."""
    children = _children(node)
    if name in _LISTS:
        place = replace(place, depth=place.depth + 1, ordered=_LISTS[name])
    elif name == "blockquote":
        place = replace(place, quoted=True)
    elif name in _PANELS:
        place = replace(place, panel=name == "panel" or place.panel)
    if name == "listItem":
        yield from _item(children, place)
    elif name == "table":
        header = any(_is_header(cell) for cell in _cells(children))
        yield from ((row, replace(place, row=n + (not header))) for n, row in enumerate(children))
    elif name == "tableRow":
        yield from ((cell, replace(place, kind=BlockKind.TABLE_CELL, column=n)) for n, cell in enumerate(children))
    else:
        yield from ((child, place) for child in children)


def _cells(rows: list[Any]) -> list[Any]:
    return _children(rows[0]) if rows and isinstance(rows[0], Mapping) else []


def _is_header(cell: object) -> bool:
    return isinstance(cell, Mapping) and cell.get("type") == "tableHeader"


def _item(children: list[Any], place: _Place) -> Iterator[tuple[Any, _Place]]:
    """The first paragraph of a list item is the item; what follows belongs to it."""
    following = replace(place, kind=BlockKind.PARAGRAPH)
    first = replace(place, kind=BlockKind.LIST_ITEM)
    for n, child in enumerate(children):
        yield child, first if n == 0 else following
