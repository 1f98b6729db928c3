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
OTHER_LEMMA = "other lemma"
"""The same, where that is another word than the one that stands there; else 0."""
READ = ("LOWER", "LEMMA", "POS", "TAG", "SENT_START")
"""What is read of all sentences at once; one more costs little, one by itself much."""
REACH = 8
"""Rows without a word after the last, so that a few beside any, on both sides, can be asked for."""
LOW = (1 << 14) - 1
"""The low bits of an id."""
LEMMAS = 10_000


class Columns(Protocol):
    """Ids by the name of an attribute."""

    def __getitem__(self, name: str, /) -> Sequence[int]: ...


class Table(dict[str, Sequence[int]]):
    """The columns of these sentences: some are read at once, others where they are asked for."""

    def __init__(self, docs: Sequence[Doc], attributes: Mapping[str, int], lowered: Lowered) -> None:
        """`attributes`, by name spaCy's numbers for them, are read at once; `lowered` are words in lower case."""
        import numpy as np  # noqa: PLC0415 (rules are listed without it)

        numbers: list[int | str] = [*attributes.values()]
        read: Any = [doc.to_array(numbers) for doc in docs]
        read.append(np.zeros((REACH, len(numbers)), dtype="uint64"))
        self._arrays: dict[str, Any] = dict(zip(attributes, np.concatenate(read).T.copy(), strict=True))
        super().__init__((name, memoryview(ids)) for name, ids in self._arrays.items())
        lengths = [*map(len, docs)]
        self.bounds = [*pairwise(accumulate(lengths, initial=0))]
        """Of each sentence its first row, and the one after its last."""
        self._docs, self._lowered = docs, lowered
        self._numbers: Any = np.repeat(np.arange(len(docs)), lengths)

    def __missing__(self, name: str) -> Sequence[int]:
        if name not in (LOWER_LEMMA, OTHER_LEMMA):
            self[name] = rare = _Rare(self._docs, self.bounds, name)
            return rare
        self._add_lemmas()
        return self[name]

    def low(self, name: str) -> Any:  # noqa: ANN401 (numpy's array)
        """The low bits of the ids of a column."""
        if name not in self._arrays:
            self._add_lemmas()
        return self._arrays[name][: len(self._numbers)].view("int64") & LOW

    def sentences(self, places: Any) -> list[int]:  # noqa: ANN401 (numpy's array)
        """Which sentence has each of these rows."""
        numbers: list[int] = self._numbers[places].tolist()
        return numbers

    def _add_lemmas(self) -> None:
        import numpy as np  # noqa: PLC0415 (rules are listed without it)

        lemmas, lower = self._arrays["LEMMA"], self._arrays["LOWER"]
        differ = lemmas != lower
        lowered, others = lower.copy(), np.zeros_like(lower)
        lowered[differ] = np.array([self._lowered[word] for word in lemmas[differ].tolist()], dtype="uint64")
        np.copyto(others, lowered, where=lowered != lower)
        self._arrays |= {LOWER_LEMMA: lowered, OTHER_LEMMA: others}
        self |= {LOWER_LEMMA: memoryview(lowered), OTHER_LEMMA: memoryview(others)}


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


class Lowered(Bounded):
    """By the id of a word the id of the same in lower case."""

    def __init__(self, strings: Any) -> None:  # noqa: ANN401 (spaCy's store has no types)
        super().__init__(LEMMAS)
        self._strings = strings

    def __missing__(self, word: int) -> int:
        lower: int = self._strings[self._strings[word].lower()]
        self[word] = lower
        return lower
