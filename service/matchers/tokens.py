"""spaCy's token patterns, passed through: https://spacy.io/usage/rule-based-matching#matcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
from service.matchers._patterns import Patterns
from service.matchers._required import Required, by_tokens
from service.matchers._tokens import Pattern, read_pattern
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

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


def required(nlp: Language, spec: Spec) -> Required:
    """What one of the patterns needs."""
    return by_tokens(nlp, spec.patterns)


def build(nlp: Language, spec: Spec) -> UnitMatcher:
    """Finds the longest matches."""
    patterns = Patterns(nlp, spec.patterns)

    def find(sentence: Sentence) -> Iterable[Hit]:
        return longest(patterns.places(sentence))

    return guarded(nlp, spec.guard, find)
