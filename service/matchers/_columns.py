"""The words of sentences as columns of ids, one an attribute; those of many sentences one after the other.

To read many at once costs half of what it costs to read each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Protocol, overload

from service.document.known_words import Bounded

if TYPE_CHECKING:
    from spacy.tokens import Doc

LOWER_LEMMA = "lower lemma"
"""A column of our own: the ids of lemmas in lower case."""
LEMMAS = 10_000


class Columns(Protocol):
    """Ids by the name of an attribute."""

    def __getitem__(self, name: str, /) -> Sequence[int]: ...


class Table(dict[str, Sequence[int]]):
    """The columns of these sentences: some are read at once, others where they are asked for."""

    def __init__(self, docs: Sequence[Doc], attributes: Mapping[str, int], lowered: Lowered) -> None:
        """`attributes`, by name spaCy's numbers for them, are read at once; `lowered` are words in lower case."""
        import numpy as np  # noqa: PLC0415 (rules are listed without it)

        read: Any = [doc.to_array([*attributes.values()]) for doc in docs]
        super().__init__(zip(attributes, np.concatenate(read).T.tolist(), strict=True))
        self.bounds = [*pairwise(accumulate(map(len, docs), initial=0))]
        """Of each sentence its first row, and the one after its last."""
        self._docs, self._lowered = docs, lowered

    def __missing__(self, name: str) -> Sequence[int]:
        self[name] = ids = self._lemmas() if name == LOWER_LEMMA else _Rare(self._docs, self.bounds, name)
        return ids

    def _lemmas(self) -> list[int]:
        words = zip(self["LEMMA"], self["LOWER"], strict=True)
        return [lemma if lemma == lower else self._lowered[lemma] for lemma, lower in words]


class _Rare(Sequence[int]):
    """A column of which little is asked: only the sentences that are asked about are read."""

    def __init__(self, docs: Sequence[Doc], bounds: Sequence[tuple[int, int]], name: str) -> None:
        self._docs, self._bounds, self._name = docs, bounds, name
        self._known: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._bounds[-1][1]

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        """One row, or rows of one sentence."""
        place = at.start if isinstance(at, slice) else at
        number = bisect_right(self._bounds, (place, len(self))) - 1
        first, ids = self._bounds[number][0], self._sentence(number)
        return ids[at.start - first : at.stop - first] if isinstance(at, slice) else ids[at - first]

    def _sentence(self, number: int) -> list[int]:
        if number not in self._known:
            read: Any = self._docs[number].to_array([self._name])
            self._known[number] = read.tolist()
        return self._known[number]


class Rows:
    """The columns of one sentence among others, cut out when they are asked for."""

    __slots__ = ("_end", "_first", "_whole")

    def __init__(self, whole: Columns, first: int, end: int) -> None:
        self._whole, self._first, self._end = whole, first, end

    def __getitem__(self, name: str) -> Sequence[int]:
        return self._whole[name][self._first : self._end]


class Lowered(Bounded):
    """By the id of a word the id of the same in lower case."""

    def __init__(self, strings: Any) -> None:  # noqa: ANN401 (spaCy's store has no types)
        super().__init__(LEMMAS)
        self._strings = strings

    def __missing__(self, word: int) -> int:
        lower: int = self._strings[self._strings[word].lower()]
        self[word] = lower
        return lower
