"""Given, When and Then across lines: out of order, without an outcome, or with many actions at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from service.document import gherkin
from service.document.model import Section
from service.document.scenarios import Step, told
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._guard import read_signals
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
_WITHIN = re.compile(r"\b(when|then)\b", re.IGNORECASE)
_REASON = re.compile(r"\W{0,4}given (?:that|the (?:fact|current))\b", re.IGNORECASE)


class Fault(StrEnum):
    """What is wrong with a scenario."""

    OUT_OF_ORDER = "out_of_order"
    WITHOUT_THEN = "without_then"
    SEVERAL_ACTIONS = "several_actions"


@dataclass(frozen=True, slots=True)
class Spec:
    """`several_actions`: more than `most` under one When; each hit of the signals in a step is one more."""

    fault: Fault
    most: int
    signals: tuple[str, ...]


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`fault`; for several actions also `more_than` (2) and `chained`: what tells a further one in a line."""
    parts = node.mapping(required=("fault",), optional=("more_than", "chained"))
    most = parts["more_than"].integer(1, 20) if "more_than" in parts else 2
    chained = read_signals(parts["chained"], signals) if "chained" in parts else ()
    return Spec(parts["fault"].choice(Fault), most, chained)


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the line at fault, one in a scenario."""

    def find(whole: Whole) -> Sequence[Place]:
        faults = [_fault(whole, spec, steps) for steps in whole.scenarios]
        return [Place(one.unit.block, *one.unit.in_block(0, len(one.unit.text))) for one in faults if one]

    return find


def _fault(whole: Whole, spec: Spec, steps: Sequence[Step]) -> Step | None:
    if spec.fault is Fault.SEVERAL_ACTIONS:
        return _crowded(whole, spec, steps)
    return _misplaced(steps) if spec.fault is Fault.OUT_OF_ORDER else _unfinished(steps)


def _within(steps: Iterable[Step], word: str) -> bool:
    """Whether a step tells it in the middle of its line: "Given a guest, when …, then …"."""
    return any(found[1].casefold() == word for step in steps for found in _WITHIN.finditer(step.unit.text, 5))


def _misplaced(steps: Sequence[Step]) -> Step | None:
    """A Then before the first When, or a Given after it."""
    words = [step.word for step in steps]
    meant = "given" in words or all(step.unit.section is Section.CRITERIA for step in steps)
    if not meant or "when" not in words or _within(steps, "when") or _within(steps, "then"):
        return None
    first = words.index("when")
    if "then" in words[:first] and "then" not in words[first:]:
        return steps[words.index("then")]
    late = next((step for step in steps[first:] if step.word == "given"), None)
    return late if late and "then" in words else None


def _unfinished(steps: Sequence[Step]) -> Step | None:
    """The last line of a scenario that has a Given, ends with a When, and tells no outcome in any line."""
    last = steps[-1]
    whole = told(steps, "given") and last.word == "when" and gherkin.word_of(last.unit.text) == "when"
    if not whole or told(steps, "then") or _within(steps, "then"):
        return None
    reason = any(_REASON.match(step.unit.text) for step in steps)
    return None if reason or any("," in step.unit.text for step in steps if step.word == "when") else last


def _crowded(whole: Whole, spec: Spec, steps: Sequence[Step]) -> Step | None:
    """The When that begins a run of more actions than `most`, in a scenario that has an outcome."""
    if not (told(steps, "then") and told(steps, "when")):
        return None
    opening, actions = None, 0
    for step in steps:
        if step.word != "when":
            opening, actions = None, 0
            continue
        if opening is None or gherkin.word_of(step.unit.text) == "when":
            opening, actions = step, 0
        actions += 1 + sum(len(whole.hits[step.number].get(name, ())) for name in spec.signals)
        if actions > spec.most:
            return opening
    return None
