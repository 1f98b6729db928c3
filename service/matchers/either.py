"""Any of several patterns, each of any kind that looks at one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service import matchers
from service.matchers import Battery, Hit, Sentence, UnitMatcher, module, unit_kinds
from service.matchers._guard import longest
from service.matchers._required import ANYTHING, Required
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


def required(nlp: Language, spec: Spec) -> Required:
    """What one of them needs."""
    each = [matchers.required(nlp, kind, parameters) for kind, parameters in spec.alternatives]
    return tuple(need for needs in each for need in needs) if all(each) else ANYTHING


def build(nlp: Language, spec: Spec) -> UnitMatcher:
    """Finds the longest hits of all of them."""
    battery = Battery(nlp, (("", kind, parameters) for kind, parameters in spec.alternatives))

    def find(sentence: Sentence) -> Iterable[Hit]:
        return longest(hit for _, match in battery.due(sentence) for hit in match(sentence))

    return find
