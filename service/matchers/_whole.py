"""A whole ticket as rules see it: its blocks and what was found in its units, each fact worked out once."""

from __future__ import annotations

from collections.abc import Iterable, KeysView, Mapping
from dataclasses import dataclass
from functools import cached_property

from service.document import scenarios
from service.document.model import BlockKind, Document, Placed, Section
from service.matchers._blocks import is_real

Hit = tuple[int, int]
_NOWHERE: list[int] = []


@dataclass(frozen=True)
class Whole:
    """A document with what was found in each of its units, by the id of rule or signal.

    Many rules ask the same of a ticket, and most of them about what is not there; so it is filed when it is first
    asked for, and what is absent costs one look.
    """

    document: Document
    hits: tuple[Mapping[str, tuple[Hit, ...]], ...]

    def said(self, names: Iterable[str]) -> list[int]:
        """The numbers of the units in which one of these was found, in order."""
        found = [numbers for name in names if (numbers := self._said.get(name, _NOWHERE))]
        return sorted(set().union(*found)) if len(found) > 1 else found[0] if found else _NOWHERE

    @property
    def heard(self) -> KeysView[str]:
        """The rules and signals of which something was found anywhere."""
        return self._said.keys()

    def of_kinds(self, kinds: Iterable[BlockKind]) -> list[int]:
        """The numbers of the blocks of these kinds, in order."""
        return sorted(number for kind in kinds for number in self._kinds.get(kind, _NOWHERE))

    def real(self, sections: Iterable[Section]) -> list[Placed]:
        """The blocks with something to say in these sections; a table belongs to the section it stands in."""
        wanted = frozenset(sections)
        return [placed for _, placed, around in self.telling if placed.section in wanted or around in wanted]

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

    @cached_property
    def opened(self) -> frozenset[Section]:
        """The sections in which anything stands, were it a heading."""
        return frozenset(placed.section for placed in self.document.blocks)

    @cached_property
    def steps(self) -> list[str]:
        """Of each unit the word that makes it a step of a scenario; "" where there is none."""
        return scenarios.words(self.document.units)

    @cached_property
    def _said(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, hits in enumerate(self.hits):
            for name, places in hits.items():
                if places:
                    found.setdefault(name, []).append(number)
        return found

    @cached_property
    def _kinds(self) -> dict[BlockKind, list[int]]:
        found: dict[BlockKind, list[int]] = {}
        for number, placed in enumerate(self.document.blocks):
            found.setdefault(placed.block.kind, []).append(number)
        return found
