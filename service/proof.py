"""Runs the examples of rule files: does each rule do what its file says it does?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.example import Example
from service.policy import Policy
from service.review import Reviewer
from service.rulebook import Rule, Signal
from service.verdict import Finding

POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that shows something else than its file says. `line` counts from 1."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def prove(reviewer: Reviewer, rule: Rule) -> Iterator[Failure]:
    """What fails among the rule's examples, known faults that are mended among it."""
    examples = rule.examples
    known = (
        *((example, False, "missed") for example in examples.missed),
        *((example, True, "false_alarms") for example in examples.false_alarms),
    )
    for example in examples.bad:
        if what := bad(reviewer, rule, example):
            yield Failure(rule.path, example.line, what)
    for example in examples.good:
        if what := good(reviewer, rule, example):
            yield Failure(rule.path, example.line, what)
    for example, expected, name in known:
        if bool(found(reviewer, rule, example)) is not expected:
            what = f"this is mended: move it from {name} to {'good' if expected else 'bad'}."
            yield Failure(rule.path, example.line, what)


def prove_signal(reviewer: Reviewer, signal: Signal) -> Iterator[Failure]:
    """What fails among the signal's examples."""
    for says, examples in ((True, signal.examples.bad), (False, signal.examples.good)):
        for example in examples:
            if (signal.id in reviewer.signals(example.ticket)) is not says:
                what = f"{signal.id} is {'not ' if says else ''}heard in: {_line(example)}"
                yield Failure(signal.path, example.line, what)


def bad(reviewer: Reviewer, rule: Rule, example: Example) -> str:
    """Why the example does not show the fault where it says, or ""."""
    hits = found(reviewer, rule, example)
    if not hits:
        return f"{rule.id} does not fire on: {_line(example)}"
    places = sorted((hit.field, hit.quote) for hit in hits)
    if example.spans and places != sorted(example.spans):
        shown = ", ".join(f"“{quote}” in the {field}" for field, quote in places)
        return f"{rule.id} fires elsewhere, on {shown}: {_line(example)}"
    return ""


def good(reviewer: Reviewer, rule: Rule, example: Example) -> str:
    """Why the example is not passed, or ""."""
    hits = found(reviewer, rule, example)
    on = f" on “{hits[0].quote}”" if hits and hits[0].quote else ""
    return f"{rule.id} fires{on}: {_line(example)}" if hits else ""


def found(reviewer: Reviewer, rule: Rule, example: Example) -> list[Finding]:
    """What the rule finds in the example; a ticket without a title or kind is given the most usual ones."""
    kind = example.ticket.kind or (None if rule.neutral else min(rule.applies_to))
    title = example.ticket.title or "An example"
    review = reviewer.review(replace(example.ticket, kind=kind, title=title), POLICY)
    return [finding for finding in review.findings if finding.rule == rule.id]


def _line(example: Example) -> str:
    return " ".join(example.text.split())
