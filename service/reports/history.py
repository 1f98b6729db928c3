"""One ticket's reviews → what it adds to which week. Pure.

A ticket counts in the week in which its text was last changed, once, with what was found when that text was first
read. So the past stays as it was, whatever rules or states come later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from service.reports.days import DAY, day_of, week_of
from service.ticket import StatusCategory
from service.verdict import Level

NO_GAIN = 100
"""What stands for a gain of 0: numbers that are counted are never negative."""
NOT_EDITED = 1_000
NOT_YET = 1_000_000
_HOUR = 3600.0


class Measure(StrEnum):
    """What is counted, and by which number: `of` tickets written in a week, or of its day."""

    SCORE = "score"
    SCORE_BY_DAY = "score by day"
    NO_SCORE = "no score"
    FOUND = "found"
    AUTHOR = "author"
    # Tickets on which work began: 1 for ready, 0 for not.
    START = "start"
    # Tickets first commented on: hours until ready, gain of their score, rules found then, and found no more.
    HOURS = "hours"
    GAIN = "gain"
    TOLD = "told"
    MENDED = "mended"
    # Texts written in a week, and what people did about them: questions a ticket, where there were any; hours
    # until each was answered, and of those by “/unclear”; cases of each rule, helpful, or called not useful.
    ASKED = "asked"
    ANSWER = "answer"
    FLAG = "flag"
    SHOWN = "shown"
    HELPED = "helped"
    USELESS = "useless"
    # Authors' first scores, from before we first spoke in a project and after: see `service.reports.people`.
    FORMER = "former"
    LATTER = "latter"


@dataclass(frozen=True, slots=True)
class Read:
    """One review, as far as trends go. Times are seconds since the epoch; `rules` found something."""

    id: int
    at: float
    text_changed: float
    created: float
    text_hash: str
    score: int | None
    level: str | None
    kind: str
    project: str
    rulebook: str
    status_category: str
    author: str
    bulk: bool
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """When we first wrote on a ticket, and about which review."""

    at: float
    review_id: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Where something is counted. `day` is the first of the week, or the day itself."""

    measure: Measure
    day: int
    project: str
    kind: str
    rulebook: str


Counted = tuple[Cell, int | str]


def counted(reads: Sequence[Read], first: Comment | None) -> Iterator[Counted]:
    """What a ticket adds, from its reviews in order: a cell, and the number or the rule that is counted there."""
    yield from _written(reads)
    yield from _begun(reads)
    base = commented(reads, first)
    if first and base:
        yield from _commented(first.at, base, [read for read in reads if read.id > base.id])


def commented(reads: Iterable[Read], first: Comment | None) -> Read | None:
    """The review about which we first wrote."""
    return next((read for read in reads if first and read.id == first.review_id), None)


def begun(reads: Sequence[Read]) -> Read | None:
    """The review when work began: the first in progress, if we saw the ticket before or soon after it was made."""
    first = next((n for n, read in enumerate(reads) if read.status_category != StatusCategory.NEW), None)
    if first is None:
        return None
    read = reads[first]
    known = first > 0 or read.at - read.created < DAY
    return read if known and read.score is not None else None


def texts(reads: Sequence[Read]) -> list[Read]:
    """The first reading of each text, but for those that came in bulk."""
    firsts = [*reads[:1], *(after for before, after in pairwise(reads) if after.text_hash != before.text_hash)]
    return [read for read in firsts if not read.bulk]


def weekly(alone: Iterable[Read]) -> list[Read]:
    """Of such texts, the last one of each week: those that count."""
    return list({week_of(read.text_changed): read for read in alone}.values())


def daily(alone: Iterable[Read]) -> list[Read]:
    """Of such texts, the last one of each day."""
    return list({day_of(read.text_changed): read for read in alone}.values())


def _written(reads: Sequence[Read]) -> Iterator[Counted]:
    alone = texts(reads)
    for read in weekly(alone):
        week = week_of(read.text_changed)
        yield cell(Measure.NO_SCORE if read.score is None else Measure.SCORE, week, read), read.score or 0
        if read.author:
            yield cell(Measure.AUTHOR, week, read), int(read.author[:8], 16)
        if read.score is not None:
            yield from ((cell(Measure.FOUND, week, read), rule) for rule in read.rules)
    for read in daily(alone):
        if read.score is not None:
            yield cell(Measure.SCORE_BY_DAY, day_of(read.text_changed), read), read.score


def _begun(reads: Sequence[Read]) -> Iterator[Counted]:
    if read := begun(reads):
        yield cell(Measure.START, week_of(read.at), read), int(read.level == Level.READY)


def _commented(at: float, base: Read, later: Sequence[Read]) -> Iterator[Counted]:
    week = week_of(at)
    # Under other rules the same text has another score: that is no gain.
    same = [read for read in later if read.rulebook == base.rulebook and read.score is not None]
    edited = [read for read in same if read.text_hash != base.text_hash]
    ready = next((read for read in same if read.level == Level.READY), None)
    hours = NOT_YET if ready is None else max(0, int((ready.at - at) / _HOUR))
    yield cell(Measure.HOURS, week, base), hours
    if base.score is not None:
        gain = (edited[-1].score or 0) - base.score + NO_GAIN if edited else NOT_EDITED
        yield cell(Measure.GAIN, week, base), gain
    yield from ((cell(Measure.TOLD, week, base), rule) for rule in base.rules)
    if edited:
        gone = (rule for rule in base.rules if rule not in edited[-1].rules)
        yield from ((cell(Measure.MENDED, week, base), rule) for rule in gone)


def cell(measure: Measure, day: int, read: Read) -> Cell:
    """Where something about this review is counted."""
    return Cell(measure, day, read.project, read.kind, read.rulebook)


def weeks(reads: Iterable[Read], first: Comment | None) -> set[tuple[str, int]]:
    """The projects and weeks to which these reviews and the first comment may add something."""
    found = {(read.project, week_of(at)) for read in reads for at in (read.text_changed, read.at)}
    if first:
        found |= {(read.project, week_of(first.at)) for read in reads if read.id == first.review_id}
    return found
