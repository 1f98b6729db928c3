"""Precision, recall, F1 and the area under the ROC curve, with how far they would scatter in other samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SEED = 7


@dataclass(frozen=True, slots=True)
class Rates:
    """Of what was flagged, how much is right; of what is wrong, how much was flagged; their harmonic mean."""

    precision: float
    recall: float
    f1: float


def rates(truth: Sequence[bool] | Array, said: Sequence[bool] | Array) -> Rates:
    """Each is 0 where there is nothing to divide by."""
    true, told = np.asarray(truth, bool), np.asarray(said, bool)
    right = int((true & told).sum())
    precision = right / told.sum() if right else 0.0
    recall = right / true.sum() if right else 0.0
    return Rates(float(precision), float(recall), float(2 * right / (true.sum() + told.sum())) if right else 0.0)


def f1(truth: Array, said: Array) -> float:
    """The harmonic mean of precision and recall."""
    return rates(truth, said).f1


def auc(truth: Sequence[bool] | Array, badness: Sequence[float] | Array) -> float | None:
    """How often a true case is worse than a false one, ties counting half; None without cases of both sorts."""
    true = np.asarray(truth, bool)
    positive, negative = int(true.sum()), int((~true).sum())
    if not positive or not negative:
        return None
    _, place, counts = np.unique(np.asarray(badness, float), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[true].sum() - positive * (positive + 1) / 2) / (positive * negative))


def interval(
    statistic: Callable[[Array, Array], float | None],
    truth: Sequence[bool],
    said: Sequence[float],
    *,
    rounds: int = 500,
) -> tuple[float, float] | None:
    """Where 95 % of the figures lie when tickets are drawn anew; None where none can be had. Always the same."""
    true, told, generator = np.asarray(truth, bool), np.asarray(said), np.random.default_rng(SEED)
    drawn = (generator.integers(0, len(true), len(true)) for _ in range(rounds if len(true) else 0))
    found = [figure for pick in drawn if (figure := statistic(true[pick], told[pick])) is not None]
    if not found:
        return None
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
