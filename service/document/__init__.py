"""A ticket's texts, whatever their markup → one Document of blocks and units that lead back to the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from service.document import adf, lines, markdown, plain, sections, stories, units, wiki
from service.document.limits import READ
from service.document.meanings import NO_NAMES, Own
from service.document.model import PROSE, Block, BlockKind, Document, Piece, Placed
from service.document.template import is_placeholder
from service.document.words import clean, encodable
from service.ticket import Markup, Text, Ticket

__all__ = ["prose", "read"]

_READERS = {Markup.MARKDOWN: markdown.blocks, Markup.WIKI: wiki.blocks, Markup.PLAIN: plain.blocks}


def read(ticket: Ticket, own: Own = NO_NAMES) -> Document:
    """Title, description and further fields, in that order, as blocks and units. Never fails on any text.

    `own` are names of headings beside those that everybody uses. What lies beyond the limits of `document.limits`
    is counted in `unread`.
    """
    sources: dict[str, str] = {"title": encodable(ticket.title)}
    placed = [*_title(ticket.title)]
    left, unread = READ, max(0, len(ticket.title) - READ)
    for name, text in _fields(ticket):
        blocks, source, over = _blocks(text, name, left)
        sources[name] = source
        left -= len(source) - over
        unread += over
        groups = (lines.refined(block, own) for block in stories.joined(blocks))
        placed += sections.placed(groups, *sections.of_field(name, own), own)
    found, unjudged = units.of_blocks(placed)
    beside = len(ticket.links), len(ticket.attachments)
    return Document(tuple(placed), tuple(found), sources, unread + unjudged, *beside)


def prose(text: Text) -> list[Block]:
    """The blocks of one text that a person wrote as prose: no code, no quotations of others. Never fails."""
    blocks, _, _ = _blocks(text, "text", READ)
    return [block for block in blocks if block.kind in PROSE]


def _fields(ticket: Ticket) -> Iterator[tuple[str, Text]]:
    yield "description", ticket.description
    yield from ((name, text) for name, text in ticket.fields.items() if name not in {"title", "description"})


def _title(title: str) -> Iterator[Placed]:
    text = clean(title[:READ]).replace("\n", " ")
    if not text.strip():
        return
    block = Block(BlockKind.PARAGRAPH, text, "title", (Piece(0, 0, len(text)),)).cut(0, len(text))
    yield Placed(lines.judged(block, waiting=is_placeholder(block.text)), *sections.of_field("title"))


def _blocks(text: Text, field: str, limit: int) -> tuple[Iterable[Block], str, int]:
    """A field's raw blocks, the source their offsets count in, and how many characters are over the limit."""
    if isinstance(text.content, Mapping):
        blocks, source = adf.blocks(text.content, field)
        return _within(blocks, limit), source, max(0, len(source) - limit)
    source = encodable(text.content or "")
    reader = _READERS.get(text.markup, plain.blocks)
    return reader(clean(source[:limit]), field), source, max(0, len(source) - limit)


def _within(blocks: list[Block], limit: int) -> Iterator[Block]:
    for block in blocks:
        if limit <= 0:
            return
        yield block.cut(0, limit) if len(block.text) > limit else block
        limit -= len(block.text) + 1
