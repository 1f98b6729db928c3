"""Which findings predict trouble: a logistic regression, so that each rule's odds ratio is its own.

A fault that is common where another one makes people ask, or in a project where much is asked, would look guilty
by itself. So each ratio compares tickets of which the other rules found the same, project by project.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.accuracy.figures import Array
from service.outcomes import Outcome, TooLittleError

LEAST_CASES, LEAST_OF_A_SORT = 30, 10
LEAST_FOUND = 5
RULES_PULL, PROJECTS_PULL = 0.1, 1.0
"""How strongly the log odds are drawn to 0 (1/variance), so that a rule that is always right gets a ratio too."""
STEPS, SETTLED = 50, 1e-9
_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Odds:
    """The odds of trouble where a rule found something, to those where it did not though all else was found alike,
    and their bounds at 95 %. `found` tickets, of which `trouble` had some.
    """

    rule: str
    found: int
    trouble: int
    ratio: float
    low: float
    high: float


def odds(given: Sequence[Outcome]) -> list[Odds]:
    """For each rule that found something often enough, the best predictor first. Raises TooLittleError."""
    stuck = sum(one.trouble for one in given)
    if len(given) < LEAST_CASES or min(stuck, len(given) - stuck) < LEAST_OF_A_SORT:
        raise TooLittleError(
            f"Of {len(given)} tickets, {stuck} had questions or were opened again. At least {LEAST_CASES} "
            f"tickets, and {LEAST_OF_A_SORT} of either sort, are needed before anything can be said."
        )
    found = Counter(rule for one in given for rule in set(one.found))
    often = sorted(rule for rule, count in found.items() if LEAST_FOUND <= count <= len(given) - LEAST_FOUND)
    if not often:
        return []
    logs, errors = _regress(given, often)
    stuck_too = Counter(rule for one in given if one.trouble for rule in set(one.found))
    told = [
        Odds(rule, found[rule], stuck_too[rule], *(math.exp(log + z * error) for z in (0.0, -_Z, _Z)))
        for rule, log, error in zip(often, logs, errors, strict=True)
    ]
    return sorted(told, key=lambda one: (-one.low, one.rule))


def _regress(given: Sequence[Outcome], rules: Sequence[str]) -> tuple[Array, Array]:
    """Each rule's log odds ratio, and its standard error."""
    features, pull = design(given, rules)
    stuck = np.array([one.trouble for one in given], float)
    fitted, spread = _fit(features, stuck, pull)
    own = slice(1, len(rules) + 1)
    return fitted[own], np.sqrt(np.diag(spread))[own]


def design(given: Sequence[Outcome], rules: Sequence[str]) -> tuple[Array, Array]:
    """A row for each ticket: 1, which rules found something, which project it is of; and what draws each to 0."""
    projects = sorted({one.project for one in given})
    rows = [
        [1.0, *(rule in one.found for rule in rules), *(one.project == project for project in projects)]
        for one in given
    ]
    return np.array(rows, float), np.array([0.0, *[RULES_PULL] * len(rules), *[PROJECTS_PULL] * len(projects)])


def _fit(features: Array, stuck: Array, pull: Array) -> tuple[Array, Array]:
    """Newton's method, from the plain frequency: the coefficients, and their covariances."""
    fitted = np.zeros(features.shape[1])
    fitted[0] = math.log(stuck.mean() / (1 - stuck.mean()))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ fitted, -30, 30)))
        curvature = features.T @ (features * (chance * (1 - chance))[:, None]) + np.diag(pull)
        step = np.linalg.solve(curvature, features.T @ (stuck - chance) - pull * fitted)
        fitted = fitted + step
        if np.abs(step).max() < SETTLED:
            break
    return fitted, np.linalg.inv(curvature)
