"""A sentence of more words than a reader can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, read_guard
from service.matchers._scan import Scan
from service.rulefile import Node

LEVEL = "unit"
ABSENCE = False
_WORD = re.compile(r"[^\W_][\w'’-]*")
SHOWN_WORDS = 6


@dataclass(frozen=True, slots=True)
class Spec:
    """The most words there may be."""

    most: int
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`most`: how many words there may be; and what silences it."""
    parts = dict(node.mapping(required=("most",), optional=KEYS))
    return Spec(parts["most"].integer(5, 500), read_guard(parts, signals))


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the first words of a sentence that is too long. Masked words (code, quotations) do not count."""

    def find(sentence: Sentence) -> Iterable[Hit]:
        unit = sentence.unit
        if len(unit.text) < 2 * spec.most or len(unit.text.split()) <= spec.most:
            return ()
        words = [
            found.span()
            for found in _WORD.finditer(unit.text)
            if not any(low <= found.start() < high for low, high in unit.masked)
        ]
        return ((words[0][0], words[SHOWN_WORDS - 1][1]),) if len(words) > max(spec.most, SHOWN_WORDS) else ()

    return guarded(scan, spec.guard, find, None)
