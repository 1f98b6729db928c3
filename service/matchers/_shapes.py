"""Token patterns as tests on columns of ids, found around the rarest word that they cannot do without.

spaCy's Matcher walks through a sentence with every pattern. Where tokens only ask for ids and flags, it is the
same and far quicker to look where the rarest word stands, and from there to both sides. Whatever else a pattern
asks is left to the Matcher.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from service.matchers._columns import Columns
from service.matchers._tokens import FLAGS, Pattern, Token

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]
WORDS = ("ORTH", "LOWER", "NORM", "LEMMA", "SHAPE", "PREFIX", "SUFFIX")
CLASSES = ("POS", "TAG", "DEP")
FEW, MOST_ROWS = 4, 8
"""Times that an optional token may stand, and rows of tokens, up to which each row is looked for by itself."""
ENDLESS = 1_000
"""Times that a token may stand again where a pattern sets no bound: more than a unit has tokens."""
# Roughly how many of 10,000 tokens are this word, of this class, have this flag, or lack what few have.
RARE, COMMON, OFTEN, CLASS, FLAG, FIRST, MOST = 3, 60, 250, 1_000, 400, 600, 9_000
_OFTEN = frozenset(
    "the to a and of in is it for on be i that with when as not this an if by at can are".split()
    + "user users , . - :".split()
)


class Test(NamedTuple):
    """One of these ids must stand in the column, or none of them."""

    column: str
    ids: frozenset[int]
    wanted: bool
    frequency: int


class Part(NamedTuple):
    """A token that must stand there, or, with `times`, one that may stand there so often."""

    tests: tuple[Test, ...]
    times: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern taken apart around `key`, its rarest test. `near` is asked of the tokens that must stand beside
    it, each with its distance; they reach from `first` to `last`. What may stand before and after them follows;
    `far` is the rarest test among these that a token of the sentence must pass.
    """

    key: Test
    near: tuple[tuple[int, Test], ...]
    first: int
    last: int
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    far: Test | None = None

    @property
    def alone(self) -> bool:
        """Whether the key is all there is."""
        return not (self.near or self.first or self.last or self.before or self.after)

    def around(self, columns: Columns, place: int, low: int, high: int) -> Iterable[Span]:
        """First token and the one after the last of every match in which the key's token stands at `place`.

        The sentence has the rows of the columns from `low` to `high`; matches are counted from `low`.
        """
        first, end = place + self.first, place + self.last + 1
        if first < low or end > high:
            return ()
        for distance, (column, ids, wanted, _) in self.near:
            if (columns[column][place + distance] in ids) is not wanted:
                return ()
        if not self.before and not self.after:
            return ((first - low, end - low),)
        if self.far and self.far.ids.isdisjoint(columns[self.far.column][low:high]):
            return ()
        sentence = range(low, high)
        starts = _reached(columns, sentence, self.before, first, -1)
        ends = _reached(columns, sentence, self.after, end, 1) if starts else ()
        return [(start - low, end - low) for start in starts for end in ends]


def _reached(columns: Columns, sentence: range, parts: tuple[Part, ...], place: int, step: int) -> set[int]:
    """The places between a sentence's tokens at which the parts may end, when they begin at `place`."""
    reached = {place}
    for part in parts:
        fresh, times = reached, part.times or 1
        every = set(reached) if part.times else set()
        while fresh and times:
            fresh = _moved(columns, sentence, part.tests, fresh, step) - every
            every |= fresh
            times -= 1
        reached = every
    return reached


def _moved(columns: Columns, sentence: range, tests: tuple[Test, ...], places: set[int], step: int) -> set[int]:
    """One token further, from those places at whose token all tests are passed."""
    over, found = min(step, 0), set()
    for place in places:
        at = place + over
        if at not in sentence:
            continue
        for column, ids, wanted, _ in tests:
            if (columns[column][at] in ids) is not wanted:
                break
        else:
            found.add(place + step)
    return found


def shapes(nlp: Language, pattern: Pattern) -> list[Shape] | None:
    """The pattern as shapes, any of which is a match; None where it asks for more than ids and flags, or where no
    word must be there.
    """
    parts: list[Part] = []
    for token in pattern:
        tests, times = _tests(nlp, token), _times(token)
        if tests is None or times is None:
            return None
        low, high = times
        parts += [Part(tests)] * low
        if high > low:
            parts.append(Part(tests, high - low))
    found = [_keyed(row) for row in _rows(parts)]
    return None if None in found else [*filter(None, found)]


def _rows(parts: Sequence[Part]) -> list[list[Part]]:
    """The rows for which these parts stand, without a token that is optional but may not stand often.

    What must stand beside a word is decided in one look, what may stand there only step by step.
    """
    ways = [
        [[Part(part.tests)] * times for times in range(part.times + 1)] if 0 < part.times <= FEW else [[part]]
        for part in parts
    ]
    rows = product(*ways) if prod(map(len, ways)) <= MOST_ROWS else [[[part] for part in parts]]
    return [[*chain.from_iterable(row)] for row in rows]


def lone(nlp: Language, name: str, texts: Iterable[str]) -> Shape:
    """Any one of these words."""
    return Shape(_test(nlp, name, list(texts), wanted=True), (), 0, 0, (), ())


def row(nlp: Language, name: str, words: Iterable[str]) -> Shape | None:
    """These words one after the other, where there are any."""
    return _keyed([Part((_test(nlp, name, [word], wanted=True),)) for word in words])


def weakened(nlp: Language, tokens: Iterable[Token]) -> Shape | None:
    """As much of one of these tokens as can be told cheaply; without it they are not all there."""
    found = []
    for token in tokens:
        times = _times(token)
        if times and times[0]:
            each = (_each(nlp, name, value) for name, value in token.items() if name != "OP")
            found.append(_keyed([Part(tuple(test for tests in each for test in tests or ()))]))
    return min(filter(None, found), key=lambda each: each.key.frequency, default=None)


def _keyed(parts: Sequence[Part]) -> Shape | None:
    keys = [
        (test.frequency, number, test)
        for number, part in enumerate(parts)
        for test in part.tests
        if test.wanted and not part.times
    ]
    if not keys:
        return None
    _, number, key = min(keys, key=lambda each: each[:2])
    first = next((at + 1 for at in range(number, -1, -1) if parts[at].times), 0)
    end = next((at for at in range(number, len(parts)) if parts[at].times), len(parts))
    near = [(at - number, test) for at in range(first, end) for test in parts[at].tests if test is not key]
    near.sort(key=lambda each: each[1].frequency if each[1].wanted else MOST)
    before, after = tuple(reversed(parts[:first])), tuple(parts[end:])
    needed = [test for part in (*before, *after) if not part.times for test in part.tests if test.wanted]
    far = min(needed, key=lambda test: test.frequency, default=None)
    return Shape(key, tuple(near), first - number, end - 1 - number, before, after, far)


def _times(token: Token) -> tuple[int, int] | None:
    """How often the token stands there, at least and at most."""
    told = token.get("OP", "{1}")
    if told in ("?", "*", "+"):
        return int(told == "+"), 1 if told == "?" else ENDLESS
    low, comma, high = told.strip("{}").partition(",")
    if not told.startswith("{"):
        return None
    return int(low or 0), int(high) if high else ENDLESS if comma else int(low)


def _tests(nlp: Language, token: Token) -> tuple[Test, ...] | None:
    found: list[Test] = []
    for name, value in token.items():
        tests = _each(nlp, name, value) if name != "OP" else []
        if tests is None:
            return None
        found += tests
    return tuple(found)


def _each(nlp: Language, name: str, value: Any) -> list[Test] | None:  # noqa: ANN401 (spaCy's pattern language)
    """The tests of one attribute; None where its value is no id."""
    if name == "IS_SENT_START":
        return [Test("SENT_START", frozenset({1}), wanted=True, frequency=FIRST)] if value is True else None
    if name in FLAGS:
        return [Test(name, frozenset({int(value)}), wanted=True, frequency=FLAG if value else MOST)]
    name = "ORTH" if name == "TEXT" else name
    listed = {"IN": [value]} if isinstance(value, str) else value
    told = isinstance(listed, Mapping) and bool(listed) and set(listed) <= {"IN", "NOT_IN"}
    if not told or name not in (*WORDS, *CLASSES):
        return None
    return [_test(nlp, name, list(texts), wanted=sort == "IN") for sort, texts in listed.items()]


def _test(nlp: Language, name: str, texts: list[str], *, wanted: bool) -> Test:
    ids = frozenset(nlp.vocab.strings[text] for text in texts)
    return Test(name, ids, wanted, _frequency(nlp, name, texts))


def _frequency(nlp: Language, name: str, texts: Sequence[str]) -> int:
    """How many of 10,000 tokens are one of these, roughly."""
    if name in CLASSES:
        return CLASS * len(texts)
    return sum(
        OFTEN if text in _OFTEN else COMMON if nlp.vocab[text].is_stop or not text.isalnum() else RARE
        for text in texts
    )
