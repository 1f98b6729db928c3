"""What a rule can look for: one module a kind of pattern, named like the key under `find:`.

A module has `read(node, signals) -> spec`, which tames the parameters of a rule file, and `build`:

    LEVEL = "unit":    build(nlp, spec) -> Callable[[Sentence], Iterable[Hit]], which sees one sentence or line
    LEVEL = "ticket":  build(nlp, spec) -> Callable[[Whole], Iterable[Place]], which sees the units' hits and the
                       blocks, and no parse

`ABSENCE` says that what it finds is something missing, without a place in the text.

A unit module may also have `required(nlp, spec) -> Required`: what a sentence must hold for it to find anything.
Its matcher is then only asked where that is met (see `_required.py`), which is what makes many rules cheap.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from service.document.model import Document, Unit
from service.matchers._required import ANYTHING, Index, Required, columns_of, ids_of

if TYPE_CHECKING:
    from spacy.language import Language

Hit = tuple[int, int]


@dataclass(frozen=True)
class Sentence:
    """One unit while its parse lives. `hits` are those of the signals, which are looked for first.

    What several matchers ask is worked out once: the ids of its words, and its lemmas in lower case.
    """

    unit: Unit
    doc: Any
    hits: Mapping[str, tuple[Hit, ...]]

    @cached_property
    def ids(self) -> frozenset[int]:
        """See `_required.ids_of`."""
        return ids_of(self.columns, self.doc.vocab.strings)

    @cached_property
    def columns(self) -> list[list[int]]:
        """See `_required.columns_of`."""
        return columns_of(self.doc)

    @cached_property
    def lemmas(self) -> tuple[str, ...]:
        """The lemma of each token, in lower case."""
        return tuple(token.lemma_.lower() for token in self.doc)


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


class Battery:
    """Unit matchers by name, of which only those are asked that can find anything in a sentence."""

    def __init__(self, nlp: Language, wanted: Iterable[tuple[str, str, Any]]) -> None:
        """`wanted` are names, each with a kind of pattern and what its `read` made of the parameters."""
        wanted = list(wanted)
        self._named: list[tuple[str, UnitMatcher]] = [
            (name, module(kind).build(nlp, spec)) for name, kind, spec in wanted
        ]
        self._index = Index([required(nlp, kind, spec) for _, kind, spec in wanted])

    def due(self, sentence: Sentence) -> Iterable[tuple[str, UnitMatcher]]:
        """The matchers that can find anything here, in order."""
        return [self._named[number] for number in self._index.possible(sentence.ids, sentence.unit.text)]


def required(nlp: Language, kind: str, spec: Any) -> Required:  # noqa: ANN401 (each module's own)
    """What a sentence must hold for such a matcher to find anything; nothing where its module cannot tell."""
    tell = getattr(module(kind), "required", None)
    found: Required = tell(nlp, spec) if tell else ANYTHING
    return found
