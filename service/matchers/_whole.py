"""A whole ticket as rules see it: its blocks and what was found in its units, each fact worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias, TypeVar

from service.document import gherkin, scenarios
from service.document.model import BlockKind, Document, Placed, Section
from service.matchers._blocks import is_real, runs

Hit = tuple[int, int]
_Name = TypeVar("_Name", bound=str)
Numbers: TypeAlias = dict[_Name, list[int]]
_NOWHERE: list[int] = []
_TITLE, _TABLE_CELL = Section.TITLE, BlockKind.TABLE_CELL


class Whole:
    """A document with what was found in each of its units, by the id of rule or signal.

    Many rules ask the same of a ticket, and most of them about what is not there; so all is filed in one pass, and
    what is absent costs one look. `telling` are the blocks with something to say, each with its number; `opened`
    the sections in which anything stands, were it a heading; `heard` the rules and signals of which something was
    found anywhere.
    """

    def __init__(self, document: Document, hits: Sequence[Mapping[str, tuple[Hit, ...]]]) -> None:
        self.document, self.hits = document, hits
        self._said: Numbers[str] = defaultdict(list)
        for number, found in enumerate(hits):
            for name in found:
                self._said[name].append(number)
        self.heard = self._said.keys()
        self._kinds, self._filled, self.telling = _blocks(document)
        self.opened = frozenset([placed.section for placed in document.blocks])
        self._run: dict[int, bool] = {}

    def said(self, names: Collection[str]) -> list[int]:
        """The numbers of the units in which one of these was found, in order."""
        return _under(names, self._said)

    def of_kinds(self, kinds: Collection[BlockKind]) -> list[int]:
        """The numbers of the blocks of these kinds, in order."""
        return _under(kinds, self._kinds)

    def filling(self, sections: Collection[Section]) -> list[int]:
        """The numbers of the blocks with something to say in these sections, in order; a table belongs to the
        section it stands in.
        """
        return _under(sections, self._filled)

    def real(self, sections: Collection[Section]) -> list[Placed]:
        """The blocks with something to say in these sections."""
        return [self.document.blocks[number] for number in self.filling(sections)]

    @property
    def body(self) -> Iterator[Placed]:
        """The blocks with something to say beside the title."""
        return (placed for _, placed in self.telling if placed.section is not _TITLE)

    @cached_property
    def scenarios(self) -> list[list[scenarios.Step]]:
        """The steps that belong together, scenario by scenario."""
        units = self.document.units
        words = scenarios.words(units)
        return [] if gherkin.WORDS.isdisjoint(words) else [*scenarios.scenarios(units, words)]

    def runs(self, number: int) -> bool:
        """Whether somebody could run what stands in the block of that number."""
        if number not in self._run:
            self._run[number] = runs(self.document.blocks[number].block.text)
        return self._run[number]


def _blocks(document: Document) -> tuple[Numbers[BlockKind], Numbers[Section], list[tuple[int, Placed]]]:
    """The blocks by kind, those with something to say by section, and these in order."""
    kinds: Numbers[BlockKind] = defaultdict(list)
    filled: Numbers[Section] = defaultdict(list)
    telling, around = [], Section.NONE
    for number, placed in enumerate(document.blocks):
        kind, section = placed.block.kind, placed.section
        kinds[kind].append(number)
        if kind is not _TABLE_CELL:
            around = section
        if is_real(placed):
            telling.append((number, placed))
            filled[around].append(number)
            if section is not around:
                filled[section].append(number)
    return kinds, filled, telling


def _under(names: Collection[_Name], filed: Mapping[_Name, list[int]]) -> list[int]:
    """The numbers filed under any of these names, in order."""
    if filed.keys().isdisjoint(names):
        return _NOWHERE
    found = [filed[name] for name in names if name in filed]
    return found[0] if len(found) == 1 else sorted(set().union(*found))
