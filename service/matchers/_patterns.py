"""Several token patterns at once, each asked only where it can match, and as cheaply as it allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from service.matchers import Sentence
from service.matchers._required import Index, by_tokens
from service.matchers._tokens import Pattern
from service.matchers._windows import windows

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]


class Patterns:
    """Token patterns as alternatives. None at all match nowhere."""

    def __init__(self, nlp: Language, patterns: Sequence[Pattern]) -> None:
        self._each = [_one(nlp, pattern) for pattern in patterns]
        self._index = Index([by_tokens(nlp, [pattern]) for pattern in patterns])

    def spans(self, sentence: Sentence) -> set[Span]:
        """The first token and the one after the last, of every match."""
        if not self._each:
            return set()
        asked = self._index.possible(sentence.ids, sentence.unit.text)
        return {span for number in asked for span in self._each[number](sentence)}

    def places(self, sentence: Sentence) -> list[Span]:
        """The same in characters."""
        doc = sentence.doc
        return [(doc[start].idx, doc[end - 1].idx + len(doc[end - 1])) for start, end in self.spans(sentence)]


def _one(nlp: Language, pattern: Pattern) -> Callable[[Sentence], Iterable[Span]]:
    cheap = windows(nlp, pattern)
    if cheap is not None:
        return lambda sentence: (span for window in cheap for span in window.matches(sentence.columns))
    from spacy.matcher import Matcher  # noqa: PLC0415 (rules are listed without spaCy)

    matcher = Matcher(nlp.vocab, validate=True)
    matcher.add("pattern", [[dict(token) for token in pattern]])
    return lambda sentence: ((start, end) for _, start, end in matcher(sentence.doc))
