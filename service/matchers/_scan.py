"""What all the matchers of a rulebook look for in a sentence, found in one pass over the ids of its words.

Most patterns hang on words that most sentences lack. Here each is filed under its rarest word, so that one whose
word is not there costs nothing, and all regular expressions are looked for together. A matcher is then asked only
where one of its triggers was found (see `service/matchers/__init__.py`), and mostly finds its hits ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from service.document.known_words import Bounded
from service.matchers._expressions import Expression, Together
from service.matchers._shapes import LOWER_LEMMA, Columns, Shape, Span, lone, row, shape, weakened
from service.matchers._tokens import Pattern, Token

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

LEMMAS = 10_000
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
        found: Found = {number: [] for number in self._expressions.matching(text)}
        for name, filed in self._filed.items():
            ids = columns[name]
            if filed.keys().isdisjoint(ids):
                continue
            for place, here in enumerate(map(filed.get, ids)):
                if not here:
                    continue
                for number, looked_for in here:
                    spans = looked_for.around(columns, place) if looked_for else ((place, place + 1),)
                    if spans:
                        found.setdefault(number, []).extend(spans)
        return found

    def without(self, numbers: Set[int]) -> Scan:
        """The same, but for what has one of these numbers."""
        scan = Scan(self.nlp)
        scan._expressions = self._expressions.without(numbers)
        for name, filed in self._filed.items():
            kept = {word: [one for one in here if one[0] not in numbers] for word, here in filed.items()}
            scan._filed[name] = {word: here for word, here in kept.items() if here}
        return scan

    def table(self, doc: Doc) -> Table:
        """The sentence's ids, those read already by which anything is filed."""
        return Table(doc, self._attributes)

    def ids(self, texts: Iterable[str]) -> frozenset[int]:
        """The ids of words or classes, as they stand in a table."""
        return frozenset(self.nlp.vocab.strings[text] for text in texts)

    @cached_property
    def _attributes(self) -> dict[str, int]:
        """What is read of each sentence at once; one more costs little, one by itself much."""
        from spacy.attrs import IDS  # noqa: PLC0415 (rules are listed without spaCy)

        names = {"LOWER", "LEMMA", "POS", "TAG", "SENT_START", *self._filed} - {LOWER_LEMMA}
        return {name: IDS[name] for name in sorted(names)}

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


class Table(dict[str, Sequence[int]]):
    """The ids of a sentence's tokens by attribute: some are read at once, others when they are first asked for."""

    _lower: dict[int, int] = Bounded(LEMMAS)

    def __init__(self, doc: Doc, attributes: dict[str, int]) -> None:
        super().__init__(zip(attributes, doc.to_array([*attributes.values()]).T.tolist(), strict=True))
        self._doc = doc

    def __missing__(self, name: str) -> Sequence[int]:
        read: Any = self._doc.to_array
        self[name] = ids = self._lemmas() if name == LOWER_LEMMA else read([name]).ravel().tolist()
        return ids

    def _lemmas(self) -> list[int]:
        return [self._lower.get(word) or self._lowered(word) for word in self["LEMMA"]]

    def _lowered(self, word: int) -> int:
        strings = self._doc.vocab.strings
        self._lower[word] = lower = strings[strings[word].lower()]
        return lower


def _matcher(nlp: Language, pattern: Pattern) -> Callable[[Any], Iterator[Span]]:
    from spacy.matcher import Matcher  # noqa: PLC0415 (rules are listed without spaCy)

    matcher = Matcher(nlp.vocab, validate=True)
    matcher.add("pattern", [[dict(token) for token in pattern]])
    return lambda doc: ((start, end) for _, start, end in matcher(doc))
