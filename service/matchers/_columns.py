"""The words of sentences as columns of ids, one an attribute; those of many sentences one after the other.

To read many at once costs half of what it costs to read each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Protocol

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
    """The columns of these sentences: some are read at once, others when they are first asked for."""

    def __init__(self, docs: Sequence[Doc], attributes: Mapping[str, int], lowered: Lowered) -> None:
        """`attributes`, by name the numbers that spaCy has for them, are read at once."""
        super().__init__(zip(attributes, _read(docs, [*attributes.values()]).T.tolist(), strict=True))
        self._docs, self._lowered = docs, lowered

    def __missing__(self, name: str) -> Sequence[int]:
        self[name] = ids = self._lemmas() if name == LOWER_LEMMA else _read(self._docs, [name]).tolist()
        return ids

    def bounds(self) -> list[tuple[int, int]]:
        """Of each sentence its first row, and the one after its last."""
        return [*pairwise(accumulate(map(len, self._docs), initial=0))]

    def _lemmas(self) -> list[int]:
        return [*map(self._lowered.__getitem__, self["LEMMA"])]


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


def _read(docs: Sequence[Doc], attributes: list[int | str]) -> Any:  # noqa: ANN401 (spaCy's arrays have no types)
    import numpy as np  # noqa: PLC0415 (rules are listed without it)

    found: Any = [doc.to_array(attributes) for doc in docs]
    return np.concatenate(found)
