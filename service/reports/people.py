"""What people did about one ticket's texts → what it adds to which week. Pure.

All of it counts in the week in which the text was written that they had before them: how many of the tickets of a
week were asked about, how many of those questions were answered, and how people took what we said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.outcomes import Question
from service.reports.days import week_of
from service.reports.history import NOT_YET, Cell, Measure, Read, cell, texts, weekly

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Case:
    """A rule that was shown on a ticket: when first, and whether it was mended then, or called not useful."""

    rule: str
    at: float
    mended: bool = False
    useless: bool = False


@dataclass(frozen=True, slots=True)
class Deeds:
    """What people did about one ticket."""

    questions: Sequence[Question] = ()
    cases: Sequence[Case] = ()


NOTHING = Deeds()

Added = tuple[Cell, int | str, int]


def added(reads: Sequence[Read], deeds: Deeds, began: Mapping[str, float]) -> Iterator[Added]:
    """What a ticket adds, from its reviews in order: a cell, the number or rule counted there, and how much.

    `began` says since when we speak in each project where we do.
    """
    own = weekly(texts(reads))
    if not own:
        return
    yield from _asked(own, deeds.questions)
    yield from _taken(own, deeds.cases)
    scored = next((read for read in reads if read.score is not None and not read.bulk), None)
    if scored is not None and scored.score is not None and scored.author and scored.project in began:
        count, total = keys_of(scored.author)
        measure = Measure.LATTER if scored.at > began[scored.project] else Measure.FORMER
        at = cell(measure, week_of(scored.text_changed), scored)
        yield at, count, 1
        yield at, total, scored.score


def keys_of(author: str) -> tuple[int, int]:
    """Under which numbers an author's tickets, and the sum of their scores, are counted."""
    number = int(author[:8], 16) >> 1
    return 2 * number, 2 * number + 1


def asked_about(own: Sequence[Read], question: Question) -> Read:
    """The text that a question is about, of a ticket's texts that count (at least one)."""
    return own[_before(own, question.asked)]


def _asked(own: Sequence[Read], questions: Iterable[Question]) -> Iterator[Added]:
    asked: dict[int, int] = {}
    for one in questions:
        read = asked_about(own, one)
        asked[read.id] = asked.get(read.id, 0) + 1
        hours = NOT_YET if one.answered is None else max(0, int((one.answered - one.asked) / _HOUR))
        for measure in (Measure.ANSWER, Measure.FLAG)[: 1 + one.explicit]:
            yield cell(measure, week_of(read.text_changed), read), hours, 1
    for read in own:
        if read.id in asked and read.score is not None:
            yield cell(Measure.ASKED, week_of(read.text_changed), read), asked[read.id], 1


def _taken(own: Sequence[Read], cases: Iterable[Case]) -> Iterator[Added]:
    for one in cases:
        read = own[_before(own, one.at)]
        told = {Measure.SHOWN: True, Measure.HELPED: one.mended and not one.useless, Measure.USELESS: one.useless}
        for measure in (measure for measure, true in told.items() if true):
            yield cell(measure, week_of(read.text_changed), read), one.rule, 1


def _before(own: Sequence[Read], at: float) -> int:
    """The text that there was at a time; the first, where there was none."""
    return max((n for n, read in enumerate(own) if read.text_changed <= at), default=0)
