"""What a rule can look for: one module a kind of pattern, named like the key under `find:`.

A module has `read(node, signals) -> spec`, which tames the parameters of a rule file, and `build`:

    LEVEL = "unit":    build(nlp, spec) -> Callable[[Sentence], Iterable[Hit]], which sees one sentence or line
    LEVEL = "ticket":  build(nlp, spec) -> Callable[[Whole], Iterable[Place]], which sees the units' hits and the
                       blocks, and no parse

`ABSENCE` says that what it finds is something missing, without a place in the text.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from service.document.model import Document, Unit

Hit = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One unit while its parse lives. `hits` are those of the signals, which are looked for first."""

    unit: Unit
    doc: Any
    hits: Mapping[str, tuple[Hit, ...]]


@dataclass(frozen=True, slots=True)
class Whole:
    """A document with what was found in each of its units, by the id of rule or signal."""

    document: Document
    hits: tuple[Mapping[str, tuple[Hit, ...]], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket matcher found something: a range of a block's text; no block for an absence."""

    block: int | None = None
    start: int = 0
    end: int = 0


ABSENT = Place()
UnitMatcher = Callable[[Sentence], Iterable[Hit]]
TicketMatcher = Callable[[Whole], Iterable[Place]]


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
