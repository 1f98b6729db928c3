"""What is looked for, filed under the words that it cannot do without: most words then cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from service.matchers._columns import LOW, REACH, READ, Columns, Table
from service.matchers._shapes import Shape, Span

Found: TypeAlias = dict[int, list[Span]]
"""By the number of what was looked for: where, in tokens; of an expression only that it matches."""
Where: TypeAlias = tuple[int, int, Found]
"""A sentence: its first row, the one after its last, and what is found in it."""
_Numbered: TypeAlias = tuple[int, Shape]


class _Word(NamedTuple):
    """What is looked for around one word: nothing more, shapes by a word that stands beside it, or any others."""

    alone: list[int]
    beside: dict[tuple[str, int], dict[int, list[_Numbered]]]
    others: list[_Numbered]

    def add(self, number: int, shape: Shape) -> None:
        """One more. Of the words beside it the rarest decides, as far as it is at hand."""
        if shape.alone:
            self.alone.append(number)
            return
        for distance, test in shape.near:
            if test.wanted and test.column in READ and abs(distance) <= REACH:
                by_id = self.beside.setdefault((test.column, distance), {})
                for word in test.ids:
                    by_id.setdefault(word, []).append((number, shape))
                return
        self.others.append((number, shape))


class Filed:
    """All that is looked for in one column."""

    def __init__(self, column: str) -> None:
        self.column = column
        self._words: dict[int, _Word] = {}

    def add(self, number: int, shape: Shape) -> None:
        """A shape, under each of the words that may be its key."""
        for word in shape.key.ids:
            self._words.setdefault(word, _Word([], {}, [])).add(number, shape)

    def is_in(self, ids: Iterable[int]) -> bool:
        """Whether anything is filed under one of these words."""
        return not self._words.keys().isdisjoint(ids)

    def look_through(self, table: Table, sentences: Sequence[Where]) -> None:
        """Add what is found in the sentences of a table."""
        places = self._low[table.low(self.column)].nonzero()[0]
        numbers = table.sentences(places)
        self.look(table, zip(places.tolist(), map(sentences.__getitem__, numbers), strict=True))

    def look(self, columns: Columns, places: Iterable[tuple[int, Where]]) -> None:
        """Add what is found around these places."""
        ids, words = columns[self.column], self._words
        for place, (first, end, found) in places:
            if (word := ids[place]) not in words:
                continue
            alone, beside, shapes = words[word]
            for number in alone:
                found.setdefault(number, []).append((place - first, place - first + 1))
            for (column, distance), by_id in beside.items():
                if (other := columns[column][place + distance]) in by_id:  # perhaps of another sentence
                    shapes = shapes + by_id[other]
            for number, shape in shapes:
                if spans := shape.around(columns, place, first, end):
                    found.setdefault(number, []).extend(spans)

    @cached_property
    def _low(self) -> Any:  # noqa: ANN401 (numpy's array)
        """By the low bits of an id, whether anything may be filed under it: told of many words in one go."""
        import numpy as np  # noqa: PLC0415 (rules are listed without it)

        low = np.zeros(LOW + 1, dtype=bool)
        low[[word & LOW for word in self._words]] = True
        return low
