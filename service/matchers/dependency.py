"""spaCy's dependency patterns, passed through: https://spacy.io/usage/rule-based-matching#dependencymatcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, longest, read_guard
from service.matchers._scan import Scan
from service.matchers._tokens import Token, read_token
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.tokens import Doc

LEVEL = "unit"
ABSENCE = False
OPERATORS = (
    *("<", ">", "<<", ">>", ".", ".*", ";", ";*", "$+", "$-", "$++", "$--"),
    *(">+", ">-", ">++", ">--", "<+", "<-", "<++", "<--"),
)


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the pattern: its name, its attributes, and how it hangs on an earlier one (the anchor on none)."""

    name: str
    attributes: Token
    left: str = ""
    operator: str = ""

    def plain(self) -> dict[str, Any]:
        """As spaCy writes it."""
        anchor = {"RIGHT_ID": self.name, "RIGHT_ATTRS": dict(self.attributes)}
        return anchor if not self.left else {"LEFT_ID": self.left, "REL_OP": self.operator, **anchor}


@dataclass(frozen=True, slots=True)
class Spec:
    """Alternatives; `mark` names the nodes that make up the hit, all of them if empty."""

    patterns: tuple[tuple[Branch, ...], ...]
    mark: frozenset[str]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`any_of`: patterns; `mark`: which RIGHT_IDs to point at; and what silences them."""
    parts = dict(node.mapping(required=("any_of",), optional=("mark", *KEYS)))
    patterns = tuple(tuple(_branches(item)) for item in parts["any_of"].items())
    mark = frozenset(parts["mark"].texts()) if "mark" in parts else frozenset()
    for pattern in patterns:
        if mark and not mark & {branch.name for branch in pattern}:
            raise parts["mark"].error("mark names no RIGHT_ID of every pattern.")
    return Spec(patterns, mark, read_guard(parts, signals))


def _branches(node: Node) -> Iterable[Branch]:
    seen: list[str] = []
    for item in node.items():
        hanging = ("LEFT_ID", "REL_OP") if seen else ()
        parts = item.mapping(required=(*hanging, "RIGHT_ID", "RIGHT_ATTRS"))
        attributes = read_token(parts["RIGHT_ATTRS"])
        if "OP" in attributes:
            raise parts["RIGHT_ATTRS"].error("OP is not allowed in a dependency pattern.")
        left = parts["LEFT_ID"].one_of(seen) if seen else ""
        operator = parts["REL_OP"].one_of(OPERATORS) if seen else ""
        seen.append(parts["RIGHT_ID"].text())
        yield Branch(seen[-1], attributes, left, operator)


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the words of the marked nodes, from the first to the last."""
    from spacy.matcher import DependencyMatcher  # noqa: PLC0415 (rules are listed without spaCy)

    alone = [DependencyMatcher(scan.nlp.vocab, validate=True) for _ in spec.patterns]
    for matcher, pattern in zip(alone, spec.patterns, strict=True):
        matcher.add("pattern", [[branch.plain() for branch in pattern]])
    triggers = [scan.trigger(branch.attributes for branch in pattern) for pattern in spec.patterns]

    def find(sentence: Sentence) -> Iterable[Hit]:
        asked = (n for n, trigger in enumerate(triggers) if trigger is None or trigger in sentence.found)
        return longest(_range(sentence.doc, found) for number in asked for found in _matches(sentence.doc, number))

    def _matches(doc: Doc, number: int) -> Iterable[list[int]]:
        names = [branch.name for branch in spec.patterns[number]]
        for _, tokens in alone[number](doc):
            yield [t for t, name in zip(tokens, names, strict=True) if not spec.mark or name in spec.mark]

    return guarded(scan, spec.guard, find, None if None in triggers else frozenset(filter(None, triggers)))


def _range(doc: Doc, tokens: list[int]) -> Hit:
    first, last = doc[min(tokens)], doc[max(tokens)]
    return first.idx, last.idx + len(last)
