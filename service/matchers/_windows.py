"""Token patterns of so many tokens and no more, matched where their rarest word stands.

spaCy's Matcher walks through a sentence with every pattern. Where tokens only ask for ids, it is the same and ten
times quicker to look at the columns of ids. A token that may be absent makes two patterns; whatever else a pattern
asks is left to the Matcher.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from service.matchers._required import READ, frequency
from service.matchers._tokens import Pattern, Token

if TYPE_CHECKING:
    from spacy.language import Language

MOST_WINDOWS = 12
Columns = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Test:
    """One of these ids must stand in the column, or none of them."""

    column: int
    ids: frozenset[int]
    wanted: bool
    frequency: int


@dataclass(frozen=True, slots=True)
class Window:
    """For each token its tests; `key` is the rarest, and stands at the token of that number."""

    tokens: tuple[tuple[Test, ...], ...]
    number: int
    key: Test

    def matches(self, columns: Columns) -> Iterator[tuple[int, int]]:
        """First token and the one after the last, of every match."""
        length, column, ids = len(self.tokens), columns[self.key.column], self.key.ids
        for place, word in enumerate(column):
            start = place - self.number
            if word in ids and 0 <= start <= len(column) - length and self._fits(columns, start):
                yield start, start + length

    def _fits(self, columns: Columns, start: int) -> bool:
        return all(
            (columns[test.column][place] in test.ids) is test.wanted
            for place, tests in enumerate(self.tokens, start)
            for test in tests
        )


def windows(nlp: Language, pattern: Pattern) -> list[Window] | None:
    """The pattern as windows; None where it asks for more than ids."""
    choices = []
    for token in pattern:
        tests, times = _tests(nlp, token), _times(token)
        if tests is None or times is None:
            return None
        choices.append([(tests,) * count for count in times])
    variants = [sum(chosen, ()) for chosen in product(*choices)]
    found = [_window(tokens) for tokens in variants]
    return None if None in found or len(found) > MOST_WINDOWS else [window for window in found if window]


def _window(tokens: tuple[tuple[Test, ...], ...]) -> Window | None:
    keys = [(test.frequency, number, test) for number, tests in enumerate(tokens) for test in tests if test.wanted]
    if not keys:
        return None
    _, number, key = min(keys, key=lambda found: found[:2])
    return Window(tokens, number, key)


def _times(token: Token) -> range | None:
    """How often the token may stand there."""
    told = token.get("OP")
    if told is None:
        return range(1, 2)
    if told == "?":
        return range(2)
    low, comma, high = told.strip("{}").partition(",")
    if not told.startswith("{") or (comma and not high):
        return None
    return range(int(low or 0), int(high or low) + 1)


def _tests(nlp: Language, token: Token) -> tuple[Test, ...] | None:
    found: list[Test] = []
    for name, value in token.items():
        if name == "IS_SENT_START" and value is True:
            found.append(Test(READ.index("SENT_START"), frozenset({1}), wanted=True, frequency=1000))
        elif name in READ and name != "SENT_START" and (texts := _texts(value)):
            found += [_test(nlp, name, listed, wanted=wanted) for wanted, listed in texts]
        elif name != "OP":
            return None
    return tuple(found)


def _texts(value: Any) -> list[tuple[bool, list[str]]]:  # noqa: ANN401 (spaCy's pattern language)
    if isinstance(value, str):
        return [(True, [value])]
    if isinstance(value, Mapping) and set(value) <= {"IN", "NOT_IN"}:
        return [(name == "IN", list(texts)) for name, texts in value.items()]
    return []


def _test(nlp: Language, name: str, texts: list[str], *, wanted: bool) -> Test:
    ids = frozenset(nlp.vocab.strings[text] for text in texts)
    return Test(READ.index(name), ids, wanted, frequency(nlp, name, texts))
