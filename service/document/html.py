"""The HTML that people write inside Markdown → blocks. Tags are read, never trusted; unknown ones are text."""

from __future__ import annotations

import re
from html import unescape

from service.document.model import Block, BlockKind, Piece
from service.document.words import Words

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,20})(?=[\s/>])[^<>]{0,2000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MUTED = frozenset({"code", "del", "kbd", "s", "samp", "strike", "tt", "var"})
_STRONG = frozenset({"b", "strong"})
_INLINE = (
    _MUTED | _STRONG | frozenset("a abbr cite em font i ins label mark q small span sub sup time u wbr".split())
)
_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "td": BlockKind.TABLE_CELL,
    "th": BlockKind.TABLE_CELL,
    "pre": BlockKind.CODE,
    "blockquote": BlockKind.QUOTE,
    "summary": BlockKind.HEADING,
} | {f"h{n}": BlockKind.HEADING for n in range(1, 7)}
_BLOCK = frozenset(_KINDS) | frozenset(
    "address article aside body br center dd details div dl dt fieldset figcaption figure footer form header hr "
    "html img input main nav ol p picture section source table tbody tfoot thead tr ul video".split()
)
_UNSEEN = frozenset({"script", "style", "head", "template"})
_KNOWN = _INLINE | _BLOCK | _UNSEEN


class Tags:
    """Inline tags of one block: what they hide, and what they put beside the text."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int]] = []

    def inline(self, tag: str, source: int, words: Words, field: str) -> Block | None:
        """Take one piece of inline HTML; a comment or picture comes back as a block of its own."""
        if tag.startswith("<!--"):
            return _single(tag, source, BlockKind.PLACEHOLDER, field)
        found = _TAG.match(tag)
        name = found[2].lower() if found else ""
        if name == "img":
            return _single(tag, source, BlockKind.IMAGE, field)
        if name == "br":
            words.put("\n")
        elif name in _INLINE and found:
            self.turn(name, words, closing=bool(found[1]))
        elif name not in _BLOCK:
            words.add(tag, source)
        return None

    def turn(self, name: str, words: Words, *, closing: bool) -> None:
        """Open or close an inline tag."""
        if not closing:
            self.open.append((name, words.length))
        elif self.open and self.open[-1][0] == name:
            self._mark(words, *self.open.pop())

    def close(self, words: Words) -> None:
        """End every tag that is still open: the block ends."""
        while self.open:
            self._mark(words, *self.open.pop())

    @staticmethod
    def _mark(words: Words, name: str, since: int) -> None:
        if name in _MUTED:
            words.masked.append((since, words.length))
        elif name in _STRONG:
            words.strong.append((since, words.length))
        elif name == "a":
            words.links.append((since, words.length))


def _single(text: str, source: int, kind: BlockKind, field: str) -> Block | None:
    words = Words()
    words.add(text, source)
    return words.block(kind, field)


def blocks(source: str, field: str, offset: int = 0) -> list[Block]:
    """The blocks of an HTML fragment that begins `offset` characters into its field. Linear in its length."""
    if source.startswith("<!--") and source.find("-->", 4) == len(source) - 3:  # the prompts of most templates
        return [Block(BlockKind.PLACEHOLDER, source, field, (Piece(0, offset, len(source)),))]
    reader = _Reader(field, offset)
    at = 0
    while (tag := source.find("<", at)) >= 0:
        reader.text(source, at, tag)
        reader.tag(source, tag)
        at = reader.at
    reader.text(source, at, len(source))
    reader.flush()
    return reader.found


class _Reader:
    def __init__(self, field: str, offset: int) -> None:
        self.field = field
        self.offset = offset
        self.at = 0
        self.found: list[Block] = []
        self.words = Words()
        self.tags = Tags()
        self.lists: list[bool] = []
        self.inside: list[BlockKind] = []
        self.level = 0
        self.row = self.column = -1
        self.comment_ends = True

    def text(self, source: str, start: int, end: int) -> None:
        """Text with its entities read."""
        for entity in _ENTITY.finditer(source, start, end):
            self._add(source[start : entity.start()], start)
            self.words.put(unescape(entity[0]).strip() or " ")
            start = entity.end()
        self._add(source[start:end], start)

    def _add(self, text: str, start: int) -> None:
        if text:
            self.words.add(text, self.offset + start)

    def tag(self, source: str, start: int) -> None:
        """Read what begins with “<” at `start` and set `at` behind it."""
        if source.startswith("<!--", start) and self.comment_ends:
            self._comment(source, start)
            return
        found = _TAG.match(source, start)
        name = found[2].lower() if found else ""
        if not found or name not in _KNOWN:
            self.at = start + 1
            self._add("<", start)
            return
        self.at = found.end()
        if name in _INLINE:
            self.tags.turn(name, self.words, closing=bool(found[1]))
        elif name in _UNSEEN:
            self._skip(source, name, closing=bool(found[1]))
        else:
            self._block_tag(name, found[0], start, closing=bool(found[1]))

    def _comment(self, source: str, start: int) -> None:
        end = source.find("-->", start + 4)
        self.comment_ends = end >= 0
        self.at = end + 3 if end >= 0 else len(source)
        self.flush()
        self._keep(_single(source[start : self.at], self.offset + start, BlockKind.PLACEHOLDER, self.field))

    def _skip(self, source: str, name: str, *, closing: bool) -> None:
        if not closing:
            end = source.find(f"</{name}", self.at)
            self.at = end if end >= 0 else len(source)

    def _block_tag(self, name: str, tag: str, start: int, *, closing: bool) -> None:
        if name == "br":
            self.words.put("\n")
            return
        self.flush()
        if name in {"ul", "ol"}:
            self.lists = self.lists[:-1] if closing else [*self.lists[-50:], name == "ol"]
        elif name == "tr" and not closing:
            self.row, self.column = self.row + 1, -1
        elif name == "table":
            self.row = self.column = -1
        elif name in _KINDS:
            self._enter(name, closing=closing)
        elif name == "img":
            self._keep(_single(tag, self.offset + start, BlockKind.IMAGE, self.field))

    def _enter(self, name: str, *, closing: bool) -> None:
        kind = _KINDS[name]
        if closing:
            self.inside = self.inside[:-1] if self.inside and self.inside[-1] is kind else self.inside
            return
        self.inside = [*self.inside[-50:], kind]
        self.level = int(name[1]) if name[1:].isdigit() else 6
        self.column += kind is BlockKind.TABLE_CELL

    def flush(self) -> None:
        """The block that ends here."""
        self.tags.close(self.words)
        if not self.words.begun:
            return
        words, self.words = self.words, Words()
        kind = self.inside[-1] if self.inside else BlockKind.PARAGRAPH
        cell = kind is BlockKind.TABLE_CELL
        block = words.block(
            kind,
            self.field,
            level=self.level if kind is BlockKind.HEADING else 0,
            depth=len(self.lists),
            ordered=kind is BlockKind.LIST_ITEM and bool(self.lists) and self.lists[-1],
            row=max(self.row, 0) if cell else -1,
            column=self.column if cell else -1,
        )
        self._keep(block)

    def _keep(self, block: Block | None) -> None:
        if block:
            self.found.append(block)
