"""spaCy's token patterns, passed through: https://spacy.io/usage/rule-based-matching#matcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
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


def build(nlp: Language, spec: Spec) -> UnitMatcher:
    """Finds the longest matches."""
    from spacy.matcher import Matcher  # noqa: PLC0415 (rules are listed without spaCy)

    matcher = Matcher(nlp.vocab, validate=True)
    matcher.add("pattern", [[dict(token) for token in pattern] for pattern in spec.patterns])

    def find(sentence: Sentence) -> Iterable[Hit]:
        return longest((span.start_char, span.end_char) for span in matcher(sentence.doc, as_spans=True))

    return guarded(nlp, spec.guard, find)
