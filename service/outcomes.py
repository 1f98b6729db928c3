"""What became of tickets: did people have to ask, or to open them again, and did a rule see it coming? Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

LEAST_CASES, LEAST_OF_A_SORT = 30, 10
LEAST_FOUND = 5
LEAST_AUTHORS = 5
_Z = 1.959964  # 95 %
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
class Odds:
    """The odds of trouble where a rule found something, to those where it did not, and their bounds at 95 %."""

    rule: str
    found: int
    trouble: int
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """What authors score after we first spoke to them, less before, and between which bounds, at 95 %."""

    authors: int
    mean: float
    low: float
    high: float


class TooLittleError(Exception):
    """Nothing can be said yet; the sentence says why."""


def odds(given: Sequence[Outcome]) -> list[Odds]:
    """For each rule that found something often enough, the best predictor first. Raises TooLittleError."""
    stuck = sum(one.trouble for one in given)
    if len(given) < LEAST_CASES or min(stuck, len(given) - stuck) < LEAST_OF_A_SORT:
        raise TooLittleError(
            f"Of {len(given)} tickets, {stuck} had questions or were opened again. At least {LEAST_CASES} "
            f"tickets, and {LEAST_OF_A_SORT} of either sort, are needed before anything can be said."
        )
    found = Counter(rule for one in given for rule in set(one.found))
    often = [rule for rule, count in found.items() if LEAST_FOUND <= count <= len(given) - LEAST_FOUND]
    return sorted((_odds(rule, given) for rule in often), key=lambda one: (-one.low, one.rule))


def _odds(rule: str, given: Sequence[Outcome]) -> Odds:
    cells = Counter((rule in one.found, one.trouble) for one in given)
    # Half a case more in each cell, so that an empty one still gives a ratio.
    a, b, c, d = (cells[key] + 0.5 for key in ((True, True), (True, False), (False, True), (False, False)))
    log, spread = math.log(a * d / (b * c)), _Z * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Odds(
        rule,
        cells[True, True] + cells[True, False],
        cells[True, True],
        math.exp(log),
        math.exp(log - spread),
        math.exp(log + spread),
    )


def answer_times(given: Iterable[Outcome]) -> list[float]:
    """Seconds from each question to its answer, the shortest first."""
    asked = (one for outcome in given for one in outcome.questions)
    return sorted(one.answered - one.asked for one in asked if one.answered is not None)


def typical(seconds: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return median(seconds) if seconds else None


def change(given: Iterable[Outcome], coached: Iterable[tuple[str, float]]) -> Change:
    """How authors' first scores changed since they were first spoken to; `coached` says who was, and when.

    Each author counts once. Raises TooLittleError where fewer than five have tickets before and after.
    """
    since = dict(coached)
    own: dict[str, tuple[list[int], list[int]]] = {}
    for one in given:
        if one.author in since:
            own.setdefault(one.author, ([], []))[one.at > since[one.author]].append(one.score)
    gains = [mean(after) - mean(before) for before, after in own.values() if before and after]
    if len(gains) < LEAST_AUTHORS:
        raise TooLittleError(
            f"{len(gains)} authors have tickets from before and after our first word; {LEAST_AUTHORS} are needed."
        )
    spread = _t(len(gains)) * stdev(gains) / math.sqrt(len(gains))
    return Change(len(gains), mean(gains), mean(gains) - spread, mean(gains) + spread)


def _t(count: int) -> float:
    """Student's t for 95 %, never too small: that of the next smaller count in the table."""
    return _T[max(known for known in _T if known <= count)]
