"""Weights fitted to what people said of tickets, as close to today's as the tickets allow.

A logistic regression of "nobody could act on it" on what each rule found. No weight falls below 0, and each is
drawn to today's weight by a penalty, so that a rule which the tickets say little about keeps the weight that a
person gave it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from service.accuracy.figures import Array
from service.score import CAPS, REPEAT
from service.verdict import Dimension

TENS = 10.0
HIGHEST = 100
STEPS = 400
LEAST_SLOPE = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket that people judged: how often each rule found something, whether they could not act on it, by
    which label that was asked, and the project it came from.
    """

    counts: Mapping[str, int]
    stuck: bool
    label: str
    group: str


class Table:
    """Cases as numbers: a row a case, a column a rule."""

    def __init__(self, cases: Sequence[Case], rules: Mapping[str, Dimension]) -> None:
        self.rules = tuple(rules)
        self.stuck = np.array([case.stuck for case in cases], bool)
        self.groups = np.array([case.group for case in cases], object)
        labels = sorted({case.label for case in cases})
        self.labels = np.array([labels.index(case.label) for case in cases], int)
        counts = np.array([[case.counts.get(rule, 0) for rule in rules] for case in cases], float)
        self.shares = (1 - REPEAT ** counts.reshape(len(cases), len(rules))) / (1 - REPEAT)
        self._dimensions = [
            (np.array([d is wanted for d in rules.values()], bool), CAPS[wanted]) for wanted in CAPS
        ]

    def badness(self, weights: Array) -> Array:
        """What the score of each case lacks to 100, under these weights; as `score.bill` counts."""
        costs = self.shares * weights
        total = sum(np.minimum(costs[:, own].sum(axis=1), cap) for own, cap in self._dimensions)
        found: Array = np.minimum(HIGHEST, np.floor(np.round(total, 6) + 0.5))
        return found


def fit(table: Table, rows: Array, today: Array, pull: float) -> Array:
    """Whole weights from 0 to 100 for these rows; the higher the pull, the nearer to today's."""
    shares, stuck, labels = table.shares[rows], table.stuck[rows].astype(float), table.labels[rows]
    which = (labels[:, None] == np.arange(labels.max() + 1)).astype(float)
    begin = today / TENS
    slope, offsets = _scale(shares @ begin, which, stuck)
    weights = begin.copy()
    bound = (np.linalg.norm(np.hstack([slope * shares, which]), 2) ** 2) / 4 + pull
    for _ in range(STEPS):
        error = _chance(slope * (shares @ weights) + which @ offsets) - stuck
        weights = np.maximum(0, weights - (slope * (shares.T @ error) + pull * (weights - begin)) / bound)
        offsets = offsets - which.T @ error / bound
    return np.clip(np.round(weights * TENS), 0, HIGHEST)


def _scale(cost: Array, which: Array, stuck: Array) -> tuple[float, Array]:
    """How much ten points of today's score say, and how common the label is where nothing is found."""
    features = np.hstack([cost[:, None], which])
    bound = np.linalg.norm(features, 2) ** 2 / 4 + 1
    found = np.zeros(features.shape[1])
    for _ in range(STEPS):
        found = found - features.T @ (_chance(features @ found) - stuck) / bound
    return max(LEAST_SLOPE, float(found[0])), found[1:]


def _chance(value: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-np.clip(value, -30, 30)))
    return found
