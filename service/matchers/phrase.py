"""Words and phrases, matched by lemma ("quick" finds "quicker") or, with `by: lower`, as written but for case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
from service.matchers._scan import Scan
from service.rulefile import Node

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


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the longest phrases. A rule's author writes lemmas, so they are taken as they stand."""
    phrases = scan.words(spec.phrases, lemmas=spec.by is By.LEMMA)

    def find(sentence: Sentence) -> Iterable[Hit]:
        return longest(sentence.characters(sentence.found.get(phrases, ())))

    return guarded(scan, spec.guard, find, frozenset({phrases}))
