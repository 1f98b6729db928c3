"""Whether tickets changed more with those whom we spoke to than with those whom we left alone. Pure.

Left alone are authors in quiet projects, and those who opted out. In a project in which we never spoke their time
is parted where that of the others is, in the middle. What changed with them too is not our doing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from service.intervals import FEWEST, of_difference
from service.outcomes import Coached, Measure, Outcome, TooLittleError, beginnings, gains, score, such
from service.phrases import authors


@dataclass(frozen=True, slots=True)
class Contrast:
    """How much more a measure rose with `authors` whom we spoke to than with `others`, and its bounds at 95 %."""

    authors: int
    others: int
    mean: float
    low: float
    high: float


def contrast(
    given: Sequence[Outcome],
    coached: Collection[Coached],
    left_alone: Collection[str],
    measure: Measure = score,
) -> Contrast:
    """What changed with the ones less what changed with the others.

    Raises TooLittleError where fewer than five of either have tickets from both times.
    """
    spoken_to, began = {one.author for one in coached}, beginnings(coached)
    middle = median(began.values()) if began else None
    ours = gains(given, spoken_to, began.get, measure)
    alone = set(left_alone) - spoken_to
    theirs = gains(given, alone, lambda project: began.get(project, middle), measure)
    if min(len(ours), len(theirs)) < FEWEST:
        raise TooLittleError(
            f"{authors(len(theirs))} whom we left alone (in quiet projects, or opted out) and {len(ours)} whom we "
            f"spoke to have {such(measure)} from both times; {FEWEST} of either are needed to compare them."
        )
    return Contrast(len(ours), len(theirs), *of_difference(ours, theirs))
