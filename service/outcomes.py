"""What became of tickets: did people have to ask, or to open them again, and did that change? Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

LEAST_AUTHORS = 5
_T = {5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262, 15: 2.145, 20: 2.093, 30: 2.045, 60: 2.0}


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody asked; times in seconds since the epoch. `explicit` by “/unclear”."""

    person: str
    asked: float
    answered: float | None
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ticket: what its first review found and scored, and what came of it."""

    project: str
    author: str
    at: float
    score: int
    found: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    reopened: bool = False

    @property
    def trouble(self) -> bool:
        """Whether somebody had to ask, or it came back when it was thought done."""
        return bool(self.questions) or self.reopened


@dataclass(frozen=True, slots=True)
class Change:
    """What authors score since we speak in their project, less before, and between which bounds, at 95 %."""

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


def typical(seconds: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(seconds) if seconds else None


@dataclass(frozen=True, slots=True)
class Coached:
    """An author whom we spoke to in a project, and when first."""

    author: str
    project: str
    since: float


def change(given: Iterable[Outcome], coached: Collection[Coached]) -> Change:
    """How the first scores of those we spoke to changed since we speak in their project.

    Not since we first spoke to each: that was on a ticket that fell short, and a next one that does not would pass
    for progress. Each author counts once. Raises TooLittleError where fewer than five have tickets of both times.
    """
    authors = {one.author for one in coached}
    began: dict[str, float] = {}
    for one in coached:
        began[one.project] = min(one.since, began.get(one.project, one.since))
    own: dict[str, tuple[list[int], list[int]]] = {}
    for ticket in given:
        if ticket.author in authors and ticket.project in began:
            own.setdefault(ticket.author, ([], []))[ticket.at > began[ticket.project]].append(ticket.score)
    gains = [mean(after) - mean(before) for before, after in own.values() if before and after]
    if len(gains) < LEAST_AUTHORS:
        raise TooLittleError(
            f"{len(gains)} authors have tickets from before and after our first word in their project; "
            f"{LEAST_AUTHORS} are needed. A few quiet weeks before we speak give them (quiet = true)."
        )
    spread = _t(len(gains)) * stdev(gains) / math.sqrt(len(gains))
    return Change(len(gains), mean(gains), mean(gains) - spread, mean(gains) + spread)


def _t(count: int) -> float:
    """Student's t for 95 %, never too small: that of the next smaller count in the table."""
    return _T[max(known for known in _T if known <= count)]
