"""Any of several patterns, each of any kind that looks at one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.matchers import Hit, Sentence, UnitMatcher, module, unit_kinds
from service.matchers._guard import longest
from service.matchers._scan import Scan
from service.rulefile import Node

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


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the longest hits of all of them."""
    each: list[UnitMatcher] = [module(kind).build(scan, parameters) for kind, parameters in spec.alternatives]
    triggers = [one.triggers for one in each]

    def find(sentence: Sentence) -> Iterable[Hit]:
        unit, there = sentence.unit, sentence.found
        hits: list[Hit] = []
        for one in each:
            if (one.triggers is None or not one.triggers.isdisjoint(there)) and one.stands(unit):
                hits += one.find(sentence)
        return longest(hits) if hits else ()

    return UnitMatcher(
        find,
        None if None in triggers else frozenset().union(*filter(None, triggers)),
        lambda unit: any(one.stands(unit) for one in each),
    )
