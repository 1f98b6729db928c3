"""What a person is told of their week: what improved, one thing to try, one good ticket of their own. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.coaching import Step, curves, to_try
from service.phrases import listed
from service.reports.words import lower
from service.response import What
from service.rulebook import Rule

NAMED = 5
NOTHING = "Nothing new was learnt this week, and nothing was lost."


@dataclass(frozen=True, slots=True)
class Good:
    """A ready ticket of the person's own: its key, where it is read ("" if nobody said), and its score."""

    key: str
    url: str
    score: int


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to try: which rule, what it is about, and what would pass."""

    rule: str
    title: str
    coach: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The three parts; `improved` is never empty, and without `advice` or `good` that part is left out."""

    improved: tuple[str, ...]
    advice: Advice | None = None
    good: Good | None = None


def letter(steps: Sequence[Step], since: float, rules: Mapping[str, Rule], good: Good | None) -> Letter | None:
    """The letter about what was met `since` then, as seconds since the epoch; None where that is nothing.

    `steps` are all that the person ever met, the oldest first; `good` is a ticket of these days.
    """
    if good is None and not any(step.at >= since for step in steps):
        return None
    next_ = rules.get(to_try(steps))
    advice = Advice(next_.id, next_.title, " ".join(next_.coach.split())) if next_ else None
    return Letter(tuple(_improved(steps, since, rules)) or (NOTHING,), advice, good)


def _improved(steps: Sequence[Step], since: float, rules: Mapping[str, Rule]) -> list[str]:
    """Sentences, the best news first."""
    now, before = (
        {rule for rule, curve in curves((one.rule, one.what) for one in some).items() if curve.mastered}
        for some in (steps, [step for step in steps if step.at < since])
    )
    lately = [step for step in steps if step.at >= since]
    mended = dict.fromkeys(step.rule for step in lately if step.what is What.MENDED)
    right = sum(step.what is What.UNAIDED for step in lately)
    said = []
    if learnt := [rule for rule in now if rule not in before]:
        said.append(f"You now get it right from the start, three times in a row: {_named(learnt, rules)}.")
    if mended:
        said.append(f"Mended after a comment: {_named(list(mended), rules)}.")
    if right:
        times = "once" if right == 1 else f"{right} times"
        said.append(f"Right from the start, on a point that you were told of before: {times}.")
    return said


def _named(found: Sequence[str], rules: Mapping[str, Rule]) -> str:
    told = (lower(rules[rule].title) if rule in rules else rule for rule in found)
    return listed(sorted(f"“{title}”" for title in told), most=NAMED)
