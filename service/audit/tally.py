"""What an audit found, counted as it comes: small whatever the number of tickets. Pure."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

WORST = 50
SHOWN = 3
LEVELS = ("ready", "nearly", "unclear")


@dataclass(frozen=True, slots=True)
class Point:
    """One rule's findings on a ticket: what is wrong, what would mend it, and what that would gain."""

    rule: str
    gain: int
    message: str
    coach: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One ticket of an audit. `score` is None where we abstain or it could not be read; `reason` says why."""

    key: str
    url: str
    title: str
    project: str
    kind: str
    score: int | None
    level: str
    reason: str
    points: tuple[Point, ...] = ()


@dataclass(slots=True)
class Tally:
    """All counts. Scores are kept as how often each of 0 to 100 occurred, so medians are exact."""

    scores: list[int] = field(default_factory=lambda: [0] * 101)
    levels: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    gains: Counter[str] = field(default_factory=Counter)
    projects: dict[str, list[int]] = field(default_factory=dict)
    worst: list[tuple[int, int, Judged]] = field(default_factory=list)
    seen: int = 0

    def add(self, judged: Judged) -> None:
        """Count one ticket."""
        self.seen += 1
        if judged.score is None:
            self.reasons[judged.reason] += 1
            return
        self.scores[judged.score] += 1
        self.levels[judged.level] += 1
        self.projects.setdefault(judged.project, [0] * 101)[judged.score] += 1
        for point in judged.points:
            self.rules[point.rule] += 1
            self.gains[point.rule] += point.gain
        entry = (-judged.score, -self.seen, judged)  # of equal scores the earlier one stays
        if len(self.worst) < WORST:
            heapq.heappush(self.worst, entry)
        else:
            heapq.heappushpop(self.worst, entry)

    @property
    def scored(self) -> int:
        """How many tickets have a score."""
        return sum(self.scores)

    def worst_first(self) -> list[Judged]:
        """The lowest scores, lowest first."""
        return [judged for _, _, judged in sorted(self.worst, key=lambda entry: (-entry[0], -entry[1]))]

    def as_json(self) -> dict[str, Any]:
        """As plain data, from which `from_json` makes the same again."""
        plain = {
            name: getattr(self, name) for name in ("scores", "levels", "reasons", "rules", "gains", "projects")
        }
        return {**plain, "seen": self.seen, "worst": [[a, b, asdict(judged)] for a, b, judged in self.worst]}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Tally:
        """Raises KeyError, TypeError or ValueError on what is no tally."""
        worst = [(int(a), int(b), _judged(judged)) for a, b, judged in told["worst"]]
        heapq.heapify(worst)
        counters = {name: Counter(told[name]) for name in ("levels", "reasons", "rules", "gains")}
        return cls(
            scores=list(told["scores"]),
            projects=dict(told["projects"]),
            worst=worst,
            seen=told["seen"],
            **counters,
        )


def median(scores: Iterable[int]) -> int | None:
    """The middle score of a histogram from 0 to 100; of two the lower. None where there is none."""
    counts = list(scores)
    half, passed = (sum(counts) + 1) // 2, 0
    for score, count in enumerate(counts):
        passed += count
        if count and passed >= half:
            return score
    return None


def _judged(told: Mapping[str, Any]) -> Judged:
    return Judged(**{**told, "points": tuple(Point(**point) for point in told["points"])})
