"""Words and phrases, matched by lemma ("quick" finds "quicker") or, with `by: lower`, as written but for case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
from service.matchers._required import Required, by_phrases
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "unit"
ABSENCE = False


class By(StrEnum):
    """What of a word is compared."""

    LEMMA = "lemma"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Spec:
    """Phrases and how to compare them."""

    phrases: tuple[str, ...]
    by: By
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`any_of`: phrases; `by`: lemma (default) or lower; and what silences them."""
    parts = dict(node.mapping(required=("any_of",), optional=("by", *KEYS)))
    by = parts["by"].choice(By) if "by" in parts else By.LEMMA
    return Spec(parts["any_of"].texts(), by, read_guard(parts, signals))


def required(nlp: Language, spec: Spec) -> Required:
    """What one of the phrases needs."""
    return by_phrases(nlp, spec.phrases)


def build(nlp: Language, spec: Spec) -> UnitMatcher:
    """Finds the longest phrases."""
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 (rules are listed without spaCy)

    written = PhraseMatcher(nlp.vocab, attr="LOWER")
    written.add("written", [nlp.make_doc(phrase) for phrase in spec.phrases])
    lemmas = _lemmas(nlp, spec.phrases) if spec.by is By.LEMMA else {}

    def find(sentence: Sentence) -> Iterable[Hit]:
        doc = sentence.doc
        hits = [(doc[s].idx, doc[e - 1].idx + len(doc[e - 1])) for _, s, e in written(doc)]
        if lemmas:
            hits += _by_lemma(sentence, lemmas)
        return longest(hits)

    return guarded(nlp, spec.guard, find)


def _lemmas(nlp: Language, phrases: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    """Phrases by their first word; a rule's author writes lemmas, so they are taken as they stand."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for doc in map(nlp.make_doc, phrases):
        words = tuple(token.lower_ for token in doc)
        found.setdefault(words[0], []).append(words)
    return found


def _by_lemma(sentence: Sentence, lemmas: dict[str, list[tuple[str, ...]]]) -> Iterable[Hit]:
    doc, words = sentence.doc, sentence.lemmas
    for start, first in enumerate(words):
        for phrase in lemmas.get(first, ()):
            end = start + len(phrase)
            if words[start:end] == phrase:
                yield doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
