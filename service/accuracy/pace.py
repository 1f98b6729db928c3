"""Which findings go with work that takes longer: a linear regression of the time's logarithm.

As with `odds`, each rule's factor is its own: tickets are compared of which the other rules found the same,
project by project.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.accuracy.figures import Array
from service.accuracy.odds import LEAST_CASES, LEAST_FOUND, design
from service.outcomes import Outcome, TooLittleError, log_seconds

_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Pace:
    """How many times as long tickets were under way where a rule found something, and its bounds at 95 %."""

    rule: str
    found: int
    ratio: float
    low: float
    high: float


def pace(given: Sequence[Outcome]) -> list[Pace]:
    """For each rule that found something often enough, the slowest first. Raises TooLittleError."""
    timed = [one for one in given if one.worked is not None]
    found = Counter(rule for one in timed for rule in set(one.found))
    often = sorted(rule for rule, count in found.items() if LEAST_FOUND <= count <= len(timed) - LEAST_FOUND)
    if len(timed) < LEAST_CASES + len(often):
        raise TooLittleError(
            f"The time under way is known of {len(timed)} tickets; {LEAST_CASES + len(often)} are needed before "
            "anything can be said about it."
        )
    logs, errors = _regress(timed, often)
    told = [
        Pace(rule, found[rule], *(math.exp(log + z * error) for z in (0.0, -_Z, _Z)))
        for rule, log, error in zip(often, logs, errors, strict=True)
    ]
    return sorted(told, key=lambda one: (-one.low, one.rule))


def _regress(timed: Sequence[Outcome], rules: Sequence[str]) -> tuple[Array, Array]:
    """The logarithm of each rule's factor, and its standard error."""
    features, pull = design(timed, rules)
    took = np.array([log_seconds(one) for one in timed], float)
    spread = np.linalg.inv(features.T @ features + np.diag(pull))
    fitted = spread @ (features.T @ took)
    left = took - features @ fitted
    columns = len(rules) + len({one.project for one in timed})
    variance = float(left @ left) / max(1, len(timed) - columns)
    own = slice(1, len(rules) + 1)
    return fitted[own], np.sqrt(np.diag(spread) * variance)[own]
