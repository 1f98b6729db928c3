"""Which of a ticket's reviews a point of a chart is made of, and when each counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from service.outcomes import Question
from service.reports.history import Comment, Measure, Read, begun, commented, daily, texts, weekly
from service.reports.people import asked_about

HEADINGS = MappingProxyType(
    {
        Measure.START: "Tickets on which work began",
        Measure.HOURS: "Tickets first commented on",
        Measure.GAIN: "Tickets first commented on",
        Measure.ANSWER: "Tickets that were asked a question",
        Measure.FLAG: "Tickets called unclear",
    }
)
"""What leads to other tickets than all that were written then, and how those are headed."""


def sources(
    measure: Measure, reads: Sequence[Read], first: Comment | None, questions: Iterable[Question]
) -> Iterator[tuple[float, int]]:
    """When a ticket counts, in seconds since the epoch, and the id of the review that it counts with.

    `measure` is one of HEADINGS; SCORE_BY_DAY for the last text of each day; or any other for that of each week.
    """
    if measure is Measure.START:
        if read := begun(reads):
            yield read.at, read.id
    elif measure in (Measure.HOURS, Measure.GAIN):
        base = commented(reads, first)
        if first and base and (measure is Measure.HOURS or base.score is not None):
            yield first.at, base.id
    else:
        yield from ((read.text_changed, read.id) for read in _texts(measure, reads, questions))


def _texts(measure: Measure, reads: Sequence[Read], questions: Iterable[Question]) -> Iterable[Read]:
    alone = texts(reads)
    if measure is Measure.SCORE_BY_DAY:
        return daily(alone)
    own = weekly(alone)
    if measure not in (Measure.ANSWER, Measure.FLAG):
        return own
    meant = (one for one in questions if one.explicit or measure is Measure.ANSWER)
    return [asked_about(own, one) for one in meant] if own else []
