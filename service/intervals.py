"""Between which bounds a mean lies, with 95 % confidence. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import mean, variance

FEWEST = 5
_T = {5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262, 15: 2.145, 20: 2.093, 30: 2.045, 60: 2.0}


def of_mean(values: Sequence[float]) -> tuple[float, float, float]:
    """The mean of at least five values, and its bounds by Student's t."""
    middle = mean(values)
    spread = _t(len(values)) * math.sqrt(variance(values) / len(values))
    return middle, middle - spread, middle + spread


def of_difference(these: Sequence[float], those: Sequence[float]) -> tuple[float, float, float]:
    """How much higher the mean of these is than that of those, at least five each, and its bounds.

    By Welch, whose degrees of freedom are never fewer than those of the smaller sample: so the bounds are
    never too near.
    """
    middle = mean(these) - mean(those)
    error = math.sqrt(variance(these) / len(these) + variance(those) / len(those))
    spread = _t(min(len(these), len(those))) * error
    return middle, middle - spread, middle + spread


def _t(count: int) -> float:
    """Student's t for 95 %, never too small: that of the next smaller count in the table."""
    return _T[max(known for known in _T if known <= count)]
