"""What a project's last tickets would have scored without a rule. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.policy import Policy
from service.rulebook import Rule
from service.score import Charge, bill
from service.store.switching import Scored


@dataclass(frozen=True, slots=True)
class Preview:
    """Of `tickets`, in `touched` the rule found something. `estimated`: of how many the score is not exact.

    Medians are of all tickets; None without any. `ready` is how many more would be ready.
    """

    tickets: int
    people: int
    touched: int
    before: float | None
    after: float | None
    ready: int
    estimated: int


def preview(scored: Sequence[Scored], rule: str, rules: Mapping[str, Rule], policy: Policy) -> Preview:
    """The effect of switching the rule off."""
    touched = [one for one in scored if any(name == rule for name, _ in one.found)]
    exact = {id(one): _without(one, rule, rules, policy) for one in touched}
    after = [exact.get(id(one)) or _about(one, rule) for one in scored]
    ready = sum(was.score < policy.ready <= now for was, now in zip(scored, after, strict=True))
    return Preview(
        tickets=len(scored),
        people=len({one.author for one in scored if one.author}),
        touched=len(touched),
        before=statistics.median(one.score for one in scored) if scored else None,
        after=statistics.median(after) if scored else None,
        ready=ready,
        estimated=sum(score is None for score in exact.values()),
    )


def _without(one: Scored, rule: str, rules: Mapping[str, Rule], policy: Policy) -> int | None:
    """The score without the rule; None where the present one cannot be told from the findings.

    That is so where a rule costs less on that ticket than usual, or cost something else when it was read.
    """
    charges = list(_charges((name for name, _ in one.found), rules, policy))
    if len(charges) < len(one.found) or bill(charges).score != one.score:
        return None
    return bill([charge for charge in charges if charge.rule != rule]).score


def _charges(names: Iterable[str], rules: Mapping[str, Rule], policy: Policy) -> Iterable[Charge]:
    for name in names:
        if name in rules:
            told = policy.rules.get(name)
            weight = rules[name].weight if told is None or told.weight is None else told.weight
            yield Charge(name, rules[name].dimension, weight)


def _about(one: Scored, rule: str) -> int:
    """The score with the rule's points given back, which caps may make too high."""
    return min(100, one.score + sum(points for name, points in one.found if name == rule))
