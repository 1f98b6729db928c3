"""What all the matchers of a rulebook look for in a sentence, found in one pass over the ids of its words.

Most patterns hang on words that most sentences lack. Here each is filed under its rarest word, so that one whose
word is not there costs nothing, and all regular expressions are looked for together. A matcher is then asked only
where one of its triggers was found (see `service/matchers/__init__.py`), and mostly finds its hits ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

from service.matchers._columns import LOWER_LEMMA, OTHER_LEMMA, READ, Columns, Lowered, Table
from service.matchers._expressions import Expression, Together
from service.matchers._filed import Filed, Found
from service.matchers._shapes import Shape, Span, lone, row, shapes, weakened
from service.matchers._tokens import Pattern, Token

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


class Scan:
    """Words and patterns under numbers, and where they are in a sentence. All are added before the first look."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self._numbers = 0
        self._shapes: list[tuple[int, Shape]] = []
        self._lowered = Lowered(nlp.vocab.strings)
        self._expressions = Together()

    def words(self, phrases: Iterable[str], *, lemmas: bool) -> int:
        """Phrases as written but for case; with `lemmas` also by the lemma of each word."""
        number, single = self._number(), []
        names = {"LOWER": "LOWER", LOWER_LEMMA: OTHER_LEMMA} if lemmas else {"LOWER": "LOWER"}
        for doc in map(self.nlp.make_doc, phrases):
            words = [token.lower_ for token in doc]
            if len(words) == 1:
                single += words
            else:
                self._file(number, (row(self.nlp, name, words) for name in names))
        self._file(number, (lone(self.nlp, name, single) for name in names.values()))
        return number

    def patterns(self, patterns: Iterable[Pattern]) -> Patterns:
        """Token patterns, as alternatives."""
        number, others = self._number(), []
        for pattern in patterns:
            found = shapes(self.nlp, pattern)
            if found:
                self._file(number, found)
            else:
                others.append((self.trigger(pattern), _matcher(self.nlp, pattern)))
        return Patterns(number, others)

    def trigger(self, tokens: Iterable[Token]) -> int | None:
        """Something that must be there for all of these tokens to be there; None where nothing can be told."""
        found = weakened(self.nlp, tokens)
        if found is None:
            return None
        number = self._number()
        self._file(number, [found])
        return number

    def expression(self, expression: Expression) -> int:
        """A regular expression."""
        number = self._number()
        self._expressions.add(expression, number)
        return number

    def look(self, columns: Columns, rows: tuple[int, int], text: str) -> Found:
        """All that is found in the sentence that has these rows of the columns."""
        (first, end), [found] = rows, self._matching([text])
        for filed in self._filed:
            if filed.is_in(columns[filed.column][first:end]):
                filed.look(columns, zip(range(first, end), repeat((first, end, found))))
        return found

    def look_through(self, docs: Sequence[Doc], texts: Iterable[str]) -> tuple[Table, list[Found]]:
        """The ids of the tokens of some sentences, and all that is found in each."""
        table, found = Table(docs, self._attributes, self._lowered), self._matching(texts)
        sentences = [(first, end, here) for (first, end), here in zip(table.bounds, found, strict=True)]
        for filed in self._filed:
            filed.look_through(table, sentences)
        return table, found

    def _matching(self, texts: Iterable[str]) -> list[Found]:
        return [{number: [] for number in numbers} for numbers in self._expressions.matching(texts)]

    def without(self, numbers: Set[int]) -> Scan:
        """The same, but for what has one of these numbers."""
        scan = Scan(self.nlp)
        scan._lowered = self._lowered
        scan._expressions = self._expressions.without(numbers)
        scan._shapes = [(number, each) for number, each in self._shapes if number not in numbers]
        return scan

    def ids(self, texts: Iterable[str]) -> frozenset[int]:
        """The ids of words or classes, as they stand in a table."""
        return frozenset(self.nlp.vocab.strings[text] for text in texts)

    @cached_property
    def _attributes(self) -> dict[str, int]:
        from spacy.attrs import IDS  # noqa: PLC0415 (rules are listed without spaCy)

        names = {*READ, *(filed.column for filed in self._filed)} - {LOWER_LEMMA, OTHER_LEMMA}
        return {name: IDS[name] for name in sorted(names)}

    @cached_property
    def _filed(self) -> list[Filed]:
        columns: dict[str, Filed] = {}
        for number, each in self._shapes:
            columns.setdefault(each.key.column, Filed(each.key.column)).add(number, each)
        return [*columns.values()]

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _file(self, number: int, found: Iterable[Shape | None]) -> None:
        self._shapes += [(number, each) for each in found if each]


class Patterns:
    """Token patterns that were added to a scan. None at all match nowhere."""

    def __init__(self, number: int, others: Sequence[tuple[int | None, Callable[[Any], Iterator[Span]]]]) -> None:
        self._number, self._others = number, others

    @property
    def triggers(self) -> frozenset[int] | None:
        """What must be found for any to match; None where that cannot be told."""
        numbers = {self._number, *(trigger for trigger, _ in self._others)}
        return None if None in numbers else frozenset(filter(None, numbers))

    def spans(self, found: Found, doc: Doc) -> list[Span]:
        """The first token and the one after the last, of every match."""
        spans = found.get(self._number, [])
        for trigger, match in self._others:
            if trigger is None or trigger in found:
                spans = [*spans, *match(doc)]
        return spans


def _matcher(nlp: Language, pattern: Pattern) -> Callable[[Any], Iterator[Span]]:
    from spacy.matcher import Matcher  # noqa: PLC0415 (rules are listed without spaCy)

    matcher = Matcher(nlp.vocab, validate=True)
    matcher.add("pattern", [[dict(token) for token in pattern]])
    return lambda doc: ((start, end) for _, start, end in matcher(doc))
