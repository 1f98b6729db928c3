"""Given, When and Then across lines: out of order, without an outcome, or with many actions at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from service.document import gherkin
from service.document.model import Role, Section, Unit
from service.matchers import Place, TicketMatcher, Whole
from service.matchers._guard import read_signals
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = False
NEAR = 2
"""Blocks that may lie between two steps of one scenario, such as a table of examples."""
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


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario. `word` is what it continues where it begins with And or But; "" beside the words."""

    word: str
    unit: Unit
    actions: int

    @property
    def place(self) -> Place:
        """The whole line."""
        return Place(self.unit.block, *self.unit.in_block(0, len(self.unit.text)))


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`fault`; for several actions also `more_than` (2) and `chained`: what tells a further one in a line."""
    parts = node.mapping(required=("fault",), optional=("more_than", "chained"))
    most = parts["more_than"].integer(1, 20) if "more_than" in parts else 2
    chained = read_signals(parts["chained"], signals) if "chained" in parts else ()
    return Spec(parts["fault"].choice(Fault), most, chained)


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds the line at fault, one in a scenario."""

    def find(whole: Whole) -> Iterable[Place]:
        if gherkin.WORDS.isdisjoint(whole.steps):
            return
        for steps in _scenarios(whole, spec.signals):
            found = _fault(spec, steps)
            if found is not None:
                yield found.place

    return find


def _fault(spec: Spec, steps: Sequence[Step]) -> Step | None:
    if spec.fault is Fault.SEVERAL_ACTIONS:
        return _crowded(steps, spec.most)
    return _misplaced(steps) if spec.fault is Fault.OUT_OF_ORDER else _unfinished(steps)


def _scenarios(whole: Whole, signals: tuple[str, ...]) -> Iterator[list[Step]]:
    """The steps that belong together. A heading ends a scenario, and so does the Given of the next."""
    steps: list[Step] = []
    for unit, hits, word in zip(whole.document.units, whole.hits, whole.steps, strict=True):
        far = bool(steps) and unit.block - steps[-1].unit.block > NEAR
        ended = bool(word) and word not in gherkin.WORDS
        anew = word == "given" and (_told(steps, "then") or (_told(steps, "given") and _told(steps, "when")))
        if steps and (unit.role is Role.HEADING or far or ended or anew):
            yield steps
            steps = []
        told = word if word not in ("and", "but") else steps[-1].word if steps else ""
        beside = bool(steps) and unit.block - steps[-1].unit.block <= 1
        if told in gherkin.WORDS or (beside and not told):
            steps.append(Step(told, unit, 1 + sum(len(hits.get(name, ())) for name in signals)))
    if steps:
        yield steps


def _told(steps: Iterable[Step], word: str) -> bool:
    return any(step.word == word for step in steps)


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
    whole = _told(steps, "given") and last.word == "when" and gherkin.word_of(last.unit.text) == "when"
    if not whole or _told(steps, "then") or _within(steps, "then"):
        return None
    reason = any(_REASON.match(step.unit.text) for step in steps)
    return None if reason or any("," in step.unit.text for step in steps if step.word == "when") else last


def _crowded(steps: Sequence[Step], most: int) -> Step | None:
    """The When that begins a run of more actions than `most`, in a scenario that has an outcome."""
    if not (_told(steps, "then") and _told(steps, "when")):
        return None
    opening, actions = None, 0
    for step in steps:
        if step.word != "when":
            opening, actions = None, 0
            continue
        if opening is None or gherkin.word_of(step.unit.text) == "when":
            opening, actions = step, 0
        actions += step.actions
        if actions > most:
            return opening
    return None
