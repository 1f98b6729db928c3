"""What became of tickets: did people have to ask, or to open them again, and did that change? Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median

from service.intervals import FEWEST, of_mean
from service.phrases import authors_have

LEAST_AUTHORS = FEWEST
SHORTEST_WORK = 60.0
"""Seconds that any work took: who moves a ticket through all states at once has not measured it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody asked; times in seconds since the epoch. `explicit` by “/unclear”."""

    person: str
    asked: float
    answered: float | None
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ticket: what its first review scored, what was found when people acted on it, and what came of it.

    They act on a ticket when they ask about it, or else when they begin to work.
    `worked` is how many seconds it was under way; None where it is not done, or where nobody knows.
    """

    project: str
    author: str
    at: float
    score: int
    found: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    reopened: bool = False
    worked: float | None = None

    @property
    def trouble(self) -> bool:
        """Whether somebody had to ask, or it came back when it was thought done."""
        return bool(self.questions) or self.reopened


Measure = Callable[[Outcome], float | None]


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure is since we speak in authors' projects, less before, and between which bounds, at 95 %."""

    authors: int
    mean: float
    low: float
    high: float


class TooLittleError(Exception):
    """Nothing can be said yet; the sentence says why."""


def answer_times(given: Iterable[Outcome]) -> list[float]:
    """Seconds from each question to its answer, the shortest first."""
    asked = (one for outcome in given for one in outcome.questions)
    return sorted(one.answered - one.asked for one in asked if one.answered is not None)


def work_times(given: Iterable[Outcome]) -> list[float]:
    """Seconds under way of those of which it is known, the shortest first."""
    return sorted(one.worked for one in given if one.worked is not None)


def typical(seconds: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(seconds) if seconds else None


@dataclass(frozen=True, slots=True)
class Coached:
    """An author whom we spoke to in a project, and when first."""

    author: str
    project: str
    since: float


def score(one: Outcome) -> float:
    """What the first review scored."""
    return one.score


def log_seconds(one: Outcome) -> float | None:
    """The logarithm of the time under way, so that a change of it is a factor; None where nobody knows it.

    A few very long times would otherwise decide everything.
    """
    return None if one.worked is None else math.log(max(one.worked, SHORTEST_WORK))


def change(given: Iterable[Outcome], coached: Collection[Coached], measure: Measure = score) -> Change:
    """How a measure, as the first score, changed with those we spoke to since we speak in their project.

    Not since we first spoke to each: that was on a ticket that fell short, and a next one that does not would pass
    for progress. Each author counts once. Raises TooLittleError where fewer than five have tickets of both times.
    """
    began = beginnings(coached)
    found = gains(given, {one.author for one in coached}, began.get, measure)
    if len(found) < LEAST_AUTHORS:
        raise TooLittleError(
            f"{authors_have(len(found))} {such(measure)} from before and after our first word in their project; "
            f"{LEAST_AUTHORS} are needed. A few quiet weeks before we speak give them (quiet = true)."
        )
    return Change(len(found), *of_mean(found))


def beginnings(coached: Iterable[Coached]) -> dict[str, float]:
    """Since when we speak in each project."""
    began: dict[str, float] = {}
    for one in coached:
        began[one.project] = min(one.since, began.get(one.project, one.since))
    return began


def gains(
    given: Iterable[Outcome],
    authors: Collection[str],
    parted: Callable[[str], float | None],
    measure: Measure,
) -> list[float]:
    """The mean after less the mean before, of each of these authors who has both; `parted` says when in a project.

    Always in the same order.
    """
    own: dict[str, tuple[list[float], list[float]]] = {}
    for ticket in given:
        at = parted(ticket.project) if ticket.author in authors else None
        if at is not None and (value := measure(ticket)) is not None:
            own.setdefault(ticket.author, ([], []))[ticket.at > at].append(value)
    return [mean(after) - mean(before) for _, (before, after) in sorted(own.items()) if before and after]


def such(measure: Measure) -> str:
    """What tickets a measure is of, for sentences."""
    return "tickets" if measure is score else "tickets whose time under way is known"
