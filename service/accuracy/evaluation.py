"""Reviews × labels → how often we were right: in all, by rule, by group, and with each group left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.accuracy import figures
from service.accuracy.labelled import CANNOT_ACT, SCORE, LabelError, Labelled, Question
from service.verdict import Review


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured on `n` tickets, of which `positive` have the label.

    A label that rules answer has `flagged` tickets and rates; one that the score answers has an `auc`, which is
    None without tickets of both sorts.
    """

    n: int
    positive: int
    flagged: int = 0
    rates: figures.Rates | None = None
    auc: float | None = None

    @property
    def main(self) -> float | None:
        """F1, or the area under the curve."""
        return self.rates.f1 if self.rates else self.auc


@dataclass(frozen=True, slots=True)
class Row:
    """One label of one set. `rules`: of the tickets a rule flagged, how many have the label (right, flagged).

    `left_out`: the lowest and the highest figure when one group after the other is left out. `lost` tickets could
    not be read, and count as not flagged.
    """

    set: str
    label: str
    figure: Figure
    interval: tuple[float, float] | None
    rules: Mapping[str, tuple[int, int]]
    groups: Mapping[str, Figure]
    left_out: tuple[float, float] | None
    lost: int


@dataclass(frozen=True, slots=True)
class _Answer:
    truth: bool
    said: float
    group: str


def evaluate(
    name: str,
    given: Sequence[Labelled],
    reviews: Sequence[Review | None],
    questions: Mapping[str, Question],
) -> Iterable[Row]:
    """A row for each label; the reviews are those of the tickets, None where one could not be read.

    Raises LabelError where a ticket lacks a label.
    """
    for label, question in questions.items():
        for number, one in enumerate(given, start=1):
            if label not in one.labels:
                raise LabelError(f"{name}: ticket {number} lacks the label {label}.")
        yield _row(name, label, question, given, reviews)


def _row(
    name: str, label: str, question: Question, given: Sequence[Labelled], reviews: Sequence[Review | None]
) -> Row:
    by_score = question == SCORE
    answers = [
        _Answer(
            one.says(label, at_least=CANNOT_ACT if by_score else 1),
            badness(review) if by_score else bool(fired(review) & set(question)),
            one.group,
        )
        for one, review in zip(given, reviews, strict=True)
    ]
    truth, said = [a.truth for a in answers], [a.said for a in answers]
    statistic = figures.auc if by_score else figures.f1
    return Row(
        set=name,
        label=label,
        figure=_figure(answers, by_score=by_score),
        interval=figures.interval(statistic, truth, said),
        rules={} if by_score else {rule: _precision(rule, truth, reviews) for rule in question},
        groups=_by_group(answers, by_score=by_score),
        left_out=_left_out(answers, by_score=by_score),
        lost=sum(review is None for review in reviews),
    )


def badness(review: Review | None) -> float:
    """How far the score is from 100; a ticket without a score counts as the worst."""
    return 100 - (review.score or 0 if review else 0)


def fired(review: Review | None) -> set[str]:
    """The rules that found something."""
    return {finding.rule for finding in review.findings} if review else set()


def _figure(answers: Sequence[_Answer], *, by_score: bool) -> Figure:
    truth, said = [a.truth for a in answers], [a.said for a in answers]
    if by_score:
        return Figure(len(answers), sum(truth), auc=figures.auc(truth, said))
    told = list(map(bool, said))
    return Figure(len(answers), sum(truth), sum(told), figures.rates(truth, told))


def _precision(rule: str, truth: Sequence[bool], reviews: Sequence[Review | None]) -> tuple[int, int]:
    flagged = [true for true, review in zip(truth, reviews, strict=True) if rule in fired(review)]
    return sum(flagged), len(flagged)


def _by_group(answers: Sequence[_Answer], *, by_score: bool) -> dict[str, Figure]:
    groups = sorted({answer.group for answer in answers})
    return {
        group: _figure([answer for answer in answers if answer.group == group], by_score=by_score)
        for group in groups
    }


def _left_out(answers: Sequence[_Answer], *, by_score: bool) -> tuple[float, float] | None:
    groups = {answer.group for answer in answers}
    if len(groups) < 2:
        return None
    without = ([answer for answer in answers if answer.group != group] for group in groups)
    found = [main for rest in without if (main := _figure(rest, by_score=by_score).main) is not None]
    return (min(found), max(found)) if found else None
