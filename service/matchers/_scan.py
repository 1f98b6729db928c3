"""What all the matchers of a rulebook look for in a sentence, found in one pass over the ids of its words.

Most patterns hang on words that most sentences lack. Here each is filed under its rarest word, so that one whose
word is not there costs nothing, and all regular expressions are looked for together. A matcher is then asked only
where one of its triggers was found (see `service/matchers/__init__.py`), and mostly finds its hits ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TypeAlias

from service.matchers._columns import LOWER_LEMMA, Columns, Lowered, Rows, Table
from service.matchers._expressions import Expression, Together
from service.matchers._shapes import Shape, Span, lone, row, shape, weakened
from service.matchers._tokens import Pattern, Token

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Found: TypeAlias = dict[int, list[Span]]
"""By the number of what was looked for: where, in tokens; of an expression only that it matches."""


class Scan:
    """Words and patterns under numbers, and where they are in a sentence. All are added before the first look."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        self._numbers = 0
        self._filed: dict[str, dict[int, list[tuple[int, Shape | None]]]] = {}
        self._expressions = Together()

    def words(self, phrases: Iterable[str], *, lemmas: bool) -> int:
        """Phrases as written but for case; with `lemmas` also by the lemma of each word."""
        number, single = self._number(), []
        names = ("LOWER", LOWER_LEMMA) if lemmas else ("LOWER",)
        for doc in map(self.nlp.make_doc, phrases):
            words = [token.lower_ for token in doc]
            if len(words) == 1:
                single += words
            else:
                self._file(number, (row(self.nlp, name, words) for name in names))
        self._file(number, (lone(self.nlp, name, single) for name in names))
        return number

    def patterns(self, patterns: Iterable[Pattern]) -> Patterns:
        """Token patterns, as alternatives."""
        number, others = self._number(), []
        for pattern in patterns:
            found = shape(self.nlp, pattern)
            if found:
                self._file(number, [found])
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

    def look(self, columns: Columns, text: str) -> Found:
        """All that is found in one sentence."""
        return self._looked(columns, [(0, len(columns["LOWER"]))], [text])[0]

    def look_through(self, docs: Sequence[Doc], texts: Iterable[str]) -> Iterable[tuple[Columns, Found]]:
        """Of each of some sentences the ids of its tokens, and all that is found in it."""
        if not docs:
            return ()
        table = Table(docs, self._attributes, self._lowered)
        found = self._looked(table, table.bounds, texts)
        return zip([Rows(table, *each) for each in table.bounds], found, strict=True)

    def _looked(self, columns: Columns, bounds: Sequence[tuple[int, int]], texts: Iterable[str]) -> list[Found]:
        """What is found in each of the sentences that have the rows of the columns within these bounds."""
        found: list[Found] = [{number: [] for number in self._expressions.matching(text)} for text in texts]
        there = [name for name, filed in self._filed.items() if not filed.keys().isdisjoint(columns[name])]
        if not there:
            return found  # as in most of the sentences that are looked at one by one
        sentences = [*chain.from_iterable(repeat(one, end - first) for one, (first, end) in enumerate(bounds))]
        for name in there:
            for place, here in enumerate(map(self._filed[name].get, columns[name])):
                if not here:
                    continue
                sentence = sentences[place]
                first, end = bounds[sentence]
                alone = ((place - first, place - first + 1),)
                for number, looked_for in here:
                    spans = looked_for.around(columns, place, first, end) if looked_for else alone
                    if spans:
                        found[sentence].setdefault(number, []).extend(spans)
        return found

    def without(self, numbers: Set[int]) -> Scan:
        """The same, but for what has one of these numbers."""
        scan = Scan(self.nlp)
        scan._expressions = self._expressions.without(numbers)
        for name, filed in self._filed.items():
            kept = {word: [one for one in here if one[0] not in numbers] for word, here in filed.items()}
            scan._filed[name] = {word: here for word, here in kept.items() if here}
        return scan

    def ids(self, texts: Iterable[str]) -> frozenset[int]:
        """The ids of words or classes, as they stand in a table."""
        return frozenset(self.nlp.vocab.strings[text] for text in texts)

    @cached_property
    def _attributes(self) -> dict[str, int]:
        """What is read of all sentences at once; one more costs little, one by itself much."""
        from spacy.attrs import IDS  # noqa: PLC0415 (rules are listed without spaCy)

        names = {"LOWER", "LEMMA", "POS", "TAG", "SENT_START", *self._filed} - {LOWER_LEMMA}
        return {name: IDS[name] for name in sorted(names)}

    @cached_property
    def _lowered(self) -> Lowered:
        return Lowered(self.nlp.vocab.strings)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _file(self, number: int, shapes: Iterable[Shape | None]) -> None:
        for found in filter(None, shapes):
            filed = self._filed.setdefault(found.key.column, {})
            for word in found.key.ids:
                filed.setdefault(word, []).append((number, None if found.alone else found))


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
