"""Regular expressions in linear time (google-re2: no look-around, no back-references, ASCII \\b)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import re2

from service.document.model import Role, Section
from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._expressions import Expression, Finder
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
from service.matchers._scan import Scan
from service.rulefile import Node

LEVEL = "unit"
ABSENCE = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Alternatives; a group named `match` narrows the hit."""

    expressions: tuple[Expression, ...]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`any_of`: expressions; `ignore_case`: true unless said; and what silences them."""
    parts = dict(node.mapping(required=("any_of",), optional=("ignore_case", *KEYS)))
    ignore_case = parts["ignore_case"].flag() if "ignore_case" in parts else True
    listed = parts["any_of"]
    nodes = listed.items() if isinstance(listed.value, list) else [listed]
    return Spec(tuple(_expression(item, ignore_case=ignore_case) for item in nodes), read_guard(parts, signals))


def _expression(node: Node, *, ignore_case: bool) -> Expression:
    expression = Expression(node.text(), ignore_case)
    try:
        if expression.compile().search(""):
            raise node.error("this expression matches the empty text, and so everywhere.")
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise node.error(f"RE2 cannot read this expression: {reason}.") from error
    return expression


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the longest matches."""
    finders = [Finder(each) for each in spec.expressions]
    where = spec.guard
    if where.roles <= {Role.TITLE} or where.sections <= {Section.TITLE}:
        # one sentence a ticket: dearer to look for in all than to ask there

        def in_title(sentence: Sentence) -> Iterable[Hit]:
            return _hits(finders, sentence.unit.text)

        return guarded(scan, spec.guard, in_title, None)
    numbered = dict(zip(map(scan.expression, spec.expressions), finders, strict=True))

    def find(sentence: Sentence) -> Iterable[Hit]:
        return _hits([each for number, each in numbered.items() if number in sentence.found], sentence.unit.text)

    return guarded(scan, spec.guard, find, frozenset(numbered))


def _hits(finders: Iterable[Finder], text: str) -> list[Hit]:
    return longest([hit for each in finders for hit in each.spans(text)])
