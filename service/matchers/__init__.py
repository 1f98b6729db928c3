"""What a rule can look for: one module a kind of pattern, named like the key under `find:`.

A module has `read(node, signals) -> spec`, which tames the parameters of a rule file, and `build`:

    LEVEL = "unit":    build(scan, spec) -> UnitMatcher, which sees one sentence or line
    LEVEL = "ticket":  build(nlp, spec) -> Callable[[Whole], Sequence[Place]], which sees the units' hits and the
                       blocks, and no parse

`ABSENCE` says that what it finds is something missing, without a place in the text.

A unit matcher gives what it looks for to the scan that it is built with, and names it as its triggers: it is then
only asked where one of them was found (see `_scan.py`), which is what makes many rules cheap.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from types import ModuleType
from typing import TYPE_CHECKING, Any

from service.document.model import BlockKind, Role, Section, Unit, record
from service.matchers._columns import Columns
from service.matchers._filed import Found
from service.matchers._scan import Scan
from service.matchers._shapes import Span
from service.matchers._whole import Hit, Whole

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = [
    "ABSENT",
    "Battery",
    "Hit",
    "Place",
    "Sentence",
    "TicketMatcher",
    "UnitMatcher",
    "Whole",
    "kinds",
    "module",
    "unit_kinds",
]


Hits = dict[str, tuple[Hit, ...]]
_Standing = tuple[Sequence[int], Mapping[int, Sequence[int]]]


@record
class Sentence:
    """One unit while its parse lives: the columns of ids and its rows there, and what was found of all that is
    looked for. `hits` are those of the signals, which are asked first.
    """

    unit: Unit
    doc: Any
    hits: Hits
    found: Found
    columns: Columns
    rows: tuple[int, int]

    def ids(self, name: str) -> Sequence[int]:
        """The ids of its tokens, by the name of an attribute."""
        first, end = self.rows
        return self.columns[name][first:end]

    def characters(self, spans: Iterable[Span]) -> list[Hit]:
        """Spans of tokens as ranges of the text."""
        doc = self.doc
        return [(doc[start].idx, (last := doc[end - 1]).idx + len(last)) for start, end in spans]


@dataclass(frozen=True, slots=True)
class UnitMatcher:
    """What finds hits in one sentence. It has something to do only in units where it `stands`, and there only
    where one of its triggers was found; None means that this cannot be told.
    """

    find: Callable[[Sentence], Iterable[Hit]]
    triggers: frozenset[int] | None
    stands: Callable[[Unit], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket matcher found something: a range of a block's text; no block for an absence."""

    block: int | None = None
    start: int = 0
    end: int = 0


ABSENT = Place()
TicketMatcher = Callable[[Whole], Sequence[Place]]


@cache
def kinds() -> tuple[str, ...]:
    """Every kind of pattern there is."""
    return tuple(sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if not name.startswith("_")))


@cache
def unit_kinds() -> tuple[str, ...]:
    """The kinds that look at one sentence or line."""
    return tuple(kind for kind in kinds() if module(kind).LEVEL == "unit")


def module(kind: str) -> ModuleType:
    """The module of that kind."""
    return importlib.import_module(f"{__name__}.{kind}")


class Battery:
    """Unit matchers by name, of which only those are asked that can find anything in a sentence."""

    def __init__(self, scan: Scan, named: Sequence[tuple[str, UnitMatcher]]) -> None:
        """`named` were built with that scan."""
        self._scan, self._named = scan, named
        self._standing: dict[tuple[Role, Section, BlockKind], _Standing] = {}

    @classmethod
    def built(cls, nlp: Language, wanted: Iterable[tuple[str, str, Any]]) -> Battery:
        """`wanted` are names, each with a kind of pattern and what its `read` made of the parameters."""
        scan = Scan(nlp)
        return cls(scan, [(name, module(kind).build(scan, spec)) for name, kind, spec in wanted])

    def only(self, names: Set[str]) -> Battery:
        """Those of these names alone, and nothing looked for that only others ask."""
        kept = [(name, matcher) for name, matcher in self._named if name in names]
        needless = _triggers(self._named) - _triggers(kept)
        return Battery(self._scan.without(needless), kept)

    def sentences(self, units: Sequence[Unit], docs: Sequence[Doc]) -> list[Sentence]:
        """Sentences to ask the matchers about. Who asks the signals first puts what they find into the hits."""
        if not docs:
            return []
        table, found = self._scan.look_through(docs, [unit.text for unit in units])
        hits: list[Hits] = [{} for _ in units]
        return [*map(Sentence, units, docs, hits, found, repeat(table), table.bounds)]

    def due(self, sentence: Sentence) -> Iterable[tuple[str, UnitMatcher]]:
        """The matchers that can find anything here, in order."""
        unit = sentence.unit
        where = unit.role, unit.section, unit.kind
        always, triggered = self._standing.get(where) or self._that_stand(unit)
        places = set(always)
        for number in sentence.found:
            if number in triggered:
                places.update(triggered[number])
        return [*map(self._named.__getitem__, sorted(places))]

    def _that_stand(self, unit: Unit) -> _Standing:
        """The matchers that such a unit is always asked, and those by their triggers."""
        always: list[int] = []
        triggered: dict[int, list[int]] = defaultdict(list)
        for place, (_, matcher) in enumerate(self._named):
            if not matcher.stands(unit):
                continue
            if matcher.triggers is None:
                always.append(place)
            for trigger in matcher.triggers or ():
                triggered[trigger].append(place)
        self._standing[unit.role, unit.section, unit.kind] = always, triggered
        return always, triggered


def _triggers(named: Iterable[tuple[str, UnitMatcher]]) -> frozenset[int]:
    return frozenset().union(*(matcher.triggers or () for _, matcher in named))
