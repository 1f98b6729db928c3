"""Any of several patterns, each of any kind that looks at one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.matchers import Hit, Sentence, UnitMatcher, module, unit_kinds
from service.matchers._guard import longest
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "unit"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Kinds of pattern with their own parameters."""

    alternatives: tuple[tuple[str, Any], ...]


def read(node: Node, signals: frozenset[str]) -> Spec:
    """A list of patterns, each with one key."""
    found = []
    for item in node.items():
        kind, parameters = item.only(kind for kind in unit_kinds() if kind != "either")
        found.append((kind, module(kind).read(parameters, signals)))
    return Spec(tuple(found))


def build(nlp: Language, spec: Spec) -> UnitMatcher:
    """Finds the longest hits of all of them."""
    built = [module(kind).build(nlp, parameters) for kind, parameters in spec.alternatives]

    def find(sentence: Sentence) -> Iterable[Hit]:
        return longest(hit for match in built for hit in match(sentence))

    return find
