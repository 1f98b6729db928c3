"""Suggested weights, and whether they would be any better on tickets they were not fitted to.

Every figure of the suggestion is taken on whole projects left out of its fitting, how strongly the weights are
drawn to today's included. Cases may come from labelled files, or from what engineers flagged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from service.accuracy import figures
from service.accuracy.figures import Array
from service.accuracy.labelled import CANNOT_ACT, Labelled
from service.accuracy.weights import Case, Table, fit
from service.verdict import Dimension, Review

PULLS = (1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
FOLDS = 5
LEAST_FOUND, LEAST_OF_A_SORT = 5, 5
NEAR = 0.005
ROUNDS = 500


class TooFewError(Exception):
    """Nothing can be learnt from these tickets. The sentence says why."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule, today's weight and the fitted one; in how many cases it found something, and in how many of those
    people were stuck.
    """

    rule: str
    today: int
    suggested: int
    found: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Suggestions for the rules that found something often enough, and figures as means over the labels.

    Of `answers`, one for each ticket and label, `stuck` say that people could not act.
    `today` is the AUC of today's weights, `fitted` that of weights fitted without the project they are tried on;
    `gain` is where 95 % of their difference lies when tickets are drawn anew.
    """

    suggestions: tuple[Suggestion, ...]
    answers: int
    stuck: int
    groups: int
    today: float
    fitted: float
    gain: tuple[float, float]

    @property
    def better(self) -> bool:
        """Whether the fitted weights did better on tickets they were not fitted to."""
        return self.fitted > self.today

    @property
    def sure(self) -> bool:
        """Whether that is more than chance would do."""
        return self.gain[0] > 0


def cases(given: Sequence[Labelled], reviews: Sequence[Review | None], labels: Sequence[str]) -> list[Case]:
    """A case for each ticket that got a score and each of the labels that it has."""
    return [
        Case(
            Counter(finding.rule for finding in review.findings),
            one.says(label, at_least=CANNOT_ACT),
            label,
            one.group,
        )
        for one, review in zip(given, reviews, strict=True)
        if review is not None and review.score is not None
        for label in labels
        if label in one.labels
    ]


def calibrate(
    given: Sequence[Case], weights: Mapping[str, int], dimensions: Mapping[str, Dimension]
) -> Calibration:
    """Fit the weights of the rules to the cases. Raises TooFewError."""
    _check(given)
    found = Counter(rule for case in given for rule in case.counts)
    table = Table(given, {rule: dimensions[rule] for rule in sorted(found)})
    today = np.array([weights[rule] for rule in table.rules], float)
    # A rule that hardly ever found anything keeps its weight, whatever the few tickets say.
    free = np.array([found[rule] >= LEAST_FOUND for rule in table.rules], bool)
    fitter = _Fitter(table, today, free)
    everything = np.arange(len(given))
    suggested = fitter.fit(everything)
    left_out = fitter.tried(everything)
    stuck = Counter(rule for case in given if case.stuck for rule in case.counts)
    return Calibration(
        suggestions=tuple(
            Suggestion(rule, int(old), int(new), found[rule], stuck[rule])
            for rule, old, new, may in zip(table.rules, today, suggested, free, strict=True)
            if may
        ),
        answers=len(given),
        stuck=int(table.stuck.sum()),
        groups=len(set(table.groups)),
        today=_mean_auc(table, everything, table.badness(today)),
        fitted=_mean_auc(table, everything, left_out),
        gain=_scatter(table, table.badness(today), left_out),
    )


def _check(given: Sequence[Case]) -> None:
    if not given:
        raise TooFewError("No ticket has such a label and a score.")
    for label in sorted({case.label for case in given}):
        answers = Counter(case.stuck for case in given if case.label == label)
        if min(answers[True], answers[False]) < LEAST_OF_A_SORT:
            raise TooFewError(
                f"Of {answers.total()} tickets with the label {label}, people could not act on {answers[True]}. "
                f"At least {LEAST_OF_A_SORT} of either sort are needed; a hundred tell something."
            )


class _Fitter:
    """Fits weights, choosing how strongly they are drawn to today's by what holds on groups left out."""

    def __init__(self, table: Table, today: Array, free: Array) -> None:
        self._table, self._today, self._free = table, today, free

    def fit(self, rows: Array) -> Array:
        return self._with(rows, self._pull(rows))

    def tried(self, rows: Array) -> Array:
        """The badness of each row under weights fitted without its group."""
        found = np.zeros(len(self._table.stuck))
        for inside, outside in _folds(self._table, rows):
            found[outside] = self._table.badness(self.fit(inside))[outside]
        return found

    def _with(self, rows: Array, pull: float) -> Array:
        return np.where(self._free, fit(self._table, rows, self._today, pull), self._today)

    def _pull(self, rows: Array) -> float:
        """The strongest pull that is nearly as good as the best."""
        figures_of = [(self._figure(rows, pull), pull) for pull in PULLS]
        best = max(figure for figure, _ in figures_of)
        return max(pull for figure, pull in figures_of if figure >= best - NEAR)

    def _figure(self, rows: Array, pull: float) -> float:
        found = np.zeros(len(self._table.stuck))
        for inside, outside in _folds(self._table, rows):
            found[outside] = self._table.badness(self._with(inside, pull))[outside]
        return _mean_auc(self._table, rows, found)


def _folds(table: Table, rows: Array) -> Iterator[tuple[Array, Array]]:
    """Whole groups in turn, or every fifth ticket where there is one group: (the rest, those left out)."""
    groups = table.groups[rows]
    names, sizes = np.unique(groups.astype(str), return_counts=True)
    if len(names) == 1:
        place = np.arange(len(rows)) % FOLDS
    else:
        # The largest groups first, each to the smallest fold.
        held = np.zeros(min(FOLDS, len(names)), int)
        fold_of: dict[str, int] = {}
        for i in np.lexsort((names, -sizes)):
            fold_of[names[i]] = int(held.argmin())
            held[fold_of[names[i]]] += sizes[i]
        place = np.array([fold_of[str(group)] for group in groups])
    for fold in range(place.max() + 1):
        yield rows[place != fold], rows[place == fold]


def _mean_auc(table: Table, rows: Array, badness: Array) -> float:
    of_labels = (rows[table.labels[rows] == label] for label in np.unique(table.labels[rows]))
    found = [area for own in of_labels if (area := figures.auc(table.stuck[own], badness[own])) is not None]
    return float(np.mean(found)) if found else 0.5


def _scatter(table: Table, today: Array, fitted: Array) -> tuple[float, float]:
    generator, count = np.random.default_rng(figures.SEED), len(table.stuck)
    drawn = (generator.integers(0, count, count) for _ in range(ROUNDS))
    low, high = np.quantile(
        [_mean_auc(table, rows, fitted) - _mean_auc(table, rows, today) for rows in drawn], [0.025, 0.975]
    )
    return float(low), float(high)
