"""spaCy's token patterns, passed through: https://spacy.io/usage/rule-based-matching#matcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
from service.matchers._scan import Scan
from service.matchers._tokens import Pattern, read_pattern
from service.rulefile import Node

LEVEL = "unit"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Alternatives, each a list of tokens."""

    patterns: tuple[Pattern, ...]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`any_of`: patterns; and what silences them."""
    parts = dict(node.mapping(required=("any_of",), optional=KEYS))
    return Spec(tuple(read_pattern(item) for item in parts["any_of"].items()), read_guard(parts, signals))


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the longest matches."""
    patterns = scan.patterns(spec.patterns)

    def find(sentence: Sentence) -> Iterable[Hit]:
        return longest(sentence.characters(patterns.spans(sentence.found, sentence.doc)))

    return guarded(scan, spec.guard, find, patterns.triggers)
