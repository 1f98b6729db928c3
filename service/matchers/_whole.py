"""A whole ticket as rules see it: its blocks and what was found in its units, each fact worked out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from service.document import gherkin, scenarios
from service.document.model import BlockKind, Document, Placed, Section
from service.matchers._blocks import is_real

Hit = tuple[int, int]
_Name = TypeVar("_Name", bound=str)
_NOWHERE: list[int] = []


class Whole:
    """A document with what was found in each of its units, by the id of rule or signal.

    Many rules ask the same of a ticket, and most of them about what is not there; so it is filed when it is first
    asked for, and what is absent costs one look.
    """

    def __init__(self, document: Document, hits: Sequence[Mapping[str, tuple[Hit, ...]]]) -> None:
        self.document, self.hits = document, hits
        self._said: dict[str, list[int]] = defaultdict(list)
        for number, found in enumerate(hits):
            for name in found:
                self._said[name].append(number)
        self.heard = self._said.keys()
        """The rules and signals of which something was found anywhere."""

    def said(self, names: Collection[str]) -> list[int]:
        """The numbers of the units in which one of these was found, in order."""
        return _under(names, self._said)

    def of_kinds(self, kinds: Collection[BlockKind]) -> list[int]:
        """The numbers of the blocks of these kinds, in order."""
        return _under(kinds, self._kinds)

    def real(self, sections: Collection[Section]) -> list[Placed]:
        """The blocks with something to say in these sections; a table belongs to the section it stands in."""
        blocks = self.document.blocks
        return [blocks[number] for number in _under(sections, self._filled)]

    @cached_property
    def telling(self) -> list[tuple[int, Placed, Section]]:
        """The blocks with something to say, each with its number and the section of what stands around it."""
        found, around = [], Section.NONE
        for number, placed in enumerate(self.document.blocks):
            if placed.block.kind is not BlockKind.TABLE_CELL:
                around = placed.section
            if is_real(placed):
                found.append((number, placed, around))
        return found

    @property
    def body(self) -> Iterator[Placed]:
        """The blocks with something to say beside the title."""
        return (placed for _, placed, _ in self.telling if placed.section is not Section.TITLE)

    @cached_property
    def opened(self) -> frozenset[Section]:
        """The sections in which anything stands, were it a heading."""
        return frozenset(placed.section for placed in self.document.blocks)

    @cached_property
    def scenarios(self) -> list[list[scenarios.Step]]:
        """The steps that belong together, scenario by scenario."""
        units = self.document.units
        words = scenarios.words(units)
        return [] if gherkin.WORDS.isdisjoint(words) else [*scenarios.scenarios(units, words)]

    @cached_property
    def _filled(self) -> dict[Section, list[int]]:
        found: dict[Section, list[int]] = defaultdict(list)
        for number, placed, around in self.telling:
            found[around].append(number)
            if placed.section is not around:
                found[placed.section].append(number)
        return found

    @cached_property
    def _kinds(self) -> dict[BlockKind, list[int]]:
        found: dict[BlockKind, list[int]] = defaultdict(list)
        for number, placed in enumerate(self.document.blocks):
            found[placed.block.kind].append(number)
        return found


def _under(names: Collection[_Name], filed: Mapping[_Name, list[int]]) -> list[int]:
    """The numbers filed under any of these names, in order."""
    if filed.keys().isdisjoint(names):
        return _NOWHERE
    found = [filed[name] for name in names if name in filed]
    return found[0] if len(found) == 1 else sorted(set().union(*found))
