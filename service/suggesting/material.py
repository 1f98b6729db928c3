"""What suggestions are made from: the ticket as read, what was found and heard in it, and its words when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from service.document.model import PROSE, BlockKind, Document, Role, Unit
from service.ticket import Markup, Text, Ticket, frozen
from service.verdict import Finding, Review

BLANK = "⟨{}⟩"
APART = "\n\n----\n\n"
"""Stands between what goes into tickets of their own."""
LONGEST_SENTENCE = 150
LISTED = frozenset({BlockKind.LIST_ITEM, BlockKind.TASK_ITEM})
_CODE_MARKS = (("`", "`"), ("{{", "}}"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the parser sees it: `head` is the index of the word it depends on, `start` where it begins."""

    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


class Drafts:
    """Texts as they will be read once they are pasted. Each is read once, and together where that is known."""

    def __init__(self, ticket: Ticket, read: Callable[[Sequence[Ticket]], Sequence[Material]]) -> None:
        self._ticket, self._read = ticket, read
        self._known: dict[tuple[str, bool], Material] = {}

    def prepare(self, texts: Iterable[tuple[str, bool]]) -> None:
        """Read these, each a description by itself or the ticket's title."""
        wanted = list(dict.fromkeys(texts))
        if wanted:
            found = self._read([self._with(text, title=title) for text, title in wanted])
            self._known |= dict(zip(wanted, found, strict=True))

    def read(self, text: str, *, title: bool) -> Material:
        """What was found in the text."""
        if (text, title) not in self._known:
            self.prepare([(text, title)])
        return self._known[text, title]

    def _with(self, text: str, *, title: bool) -> Ticket:
        """An ADF editor takes Markdown when it is pasted."""
        if title:
            return replace(self._ticket, title=text)
        markup = self._ticket.description.markup
        told = Text(text, Markup.MARKDOWN if markup is Markup.ADF else markup)
        return replace(self._ticket, title="", description=told, fields=frozen({}))


@dataclass(frozen=True)
class Material:
    """`heard` holds the signals that each of the document's units gave, and where; `parse` reads one sentence when
    asked, `drafts` what is to be pasted.
    """

    document: Document
    review: Review
    markup: Markup
    heard: Sequence[Mapping[str, Sequence[tuple[int, int]]]]
    parse: Callable[[str], Sequence[Word]]
    drafts: Drafts

    @cached_property
    def found(self) -> frozenset[str]:
        """The rules that found something."""
        return frozenset(finding.rule for finding in self.review.findings)

    def number(self, finding: Finding) -> int | None:
        """Which unit a finding begins in; None of an absence."""
        if finding.start is None:
            return None
        for number, unit in enumerate(self.document.units):
            field, low, high = self.source(unit)
            if field == finding.field and low <= finding.start < high:
                return number
        return None

    def source(self, unit: Unit, start: int = 0, end: int | None = None) -> tuple[str, int, int]:
        """The field that a unit's words stand in, and where."""
        block = self.document.blocks[unit.block].block
        return block.field, *block.source(*unit.in_block(start, len(unit.text) if end is None else end))

    def written(self, unit: Unit, start: int = 0, end: int | None = None) -> str:
        """A unit's words on one line, code still marked as such: without its marks it would be read as prose."""
        text = unit.text[start:end]
        field, low, high = self.source(unit, start, end)
        source = self.document.sources[field]
        for opened, closed in _CODE_MARKS:
            first = low - len(opened) * source.endswith(opened, 0, low)
            raw = source[first : high + len(closed) * source.startswith(closed, high)]
            if opened in raw and raw.replace(opened, "").replace(closed, "") == text:
                return " ".join(raw.split())
        return " ".join(text.split())

    def where(self, finding: Finding) -> tuple[Unit, int] | None:
        """The sentence that a finding's words stand in, and where in it; None where they cannot be told apart."""
        quote = finding.quote.strip()
        if finding.start is None or not quote:
            return None
        for unit in self.document.units:
            field, low, high = self.source(unit)
            if field == finding.field and low <= finding.start < high and unit.text.count(quote) == 1:
                return unit, unit.text.index(quote)
        return None

    def sentences(self, signal: str) -> Iterator[str]:
        """The sentences of the description in which something was heard, then those of the title."""
        pairs = list(zip(self.document.units, self.heard, strict=True))
        for wanted in (False, True):
            for unit, names in pairs:
                told = signal in names and unit.kind in PROSE and unit.role is not Role.HEADING
                if told and (unit.role is Role.TITLE) is wanted:
                    yield " ".join(unit.text.split())


def blank(what: str) -> str:
    """A place to be filled in by whoever knows."""
    return BLANK.format(what)


def heading(text: str, markup: Markup) -> str:
    """A heading in the ticket's own markup; an ADF editor takes Markdown when it is pasted."""
    return {Markup.WIKI: f"h3. {text}", Markup.PLAIN: f"{text}:"}.get(markup, f"### {text}")


def steps(lines: Sequence[str], markup: Markup) -> list[str]:
    """A numbered list in the ticket's own markup."""
    return [f"# {line}" if markup is Markup.WIKI else f"{n}. {line}" for n, line in enumerate(lines, 1)]


def bullets(lines: Sequence[str], markup: Markup) -> list[str]:
    """A list in the ticket's own markup."""
    return [f"* {line}" if markup is Markup.WIKI else f"- {line}" for line in lines]
