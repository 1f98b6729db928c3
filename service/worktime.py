"""How long a ticket was being worked on, from its states as its tracker tells them. Pure.

Counted is the time in states under way, from the first start of the work to the last time the ticket was done.
Waiting in a state before the work, once it had begun, is a pause; being done in between is neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from service.ticket import Snapshot, StatusCategory, StatusChange


@dataclass(frozen=True, slots=True)
class Work:
    """When work began and ended, in seconds since the epoch; `seconds` of them under way, and how many pauses."""

    started: float
    ended: float
    seconds: float
    pauses: int = 0


def work(snapshot: Snapshot) -> Work | None:
    """The work on a ticket that is done; None where it is not, or where the tracker does not tell all of it."""
    changes = sorted(snapshot.status_history, key=lambda change: change.at)
    known = all(change.category is not None for change in changes)
    begun = next((n for n, one in enumerate(changes) if one.category is StatusCategory.IN_PROGRESS), None)
    if not known or begun is None or snapshot.status_category is not StatusCategory.DONE:
        return None
    course = _to_its_end(changes[begun:])
    if course[-1].category is not StatusCategory.DONE:
        return None
    spans = [(now, (then.at - now.at).total_seconds()) for now, then in pairwise(course)]
    return Work(
        started=course[0].at.timestamp(),
        ended=course[-1].at.timestamp(),
        seconds=sum(span for now, span in spans if now.category is StatusCategory.IN_PROGRESS),
        pauses=sum(_paused(before, now) for before, now in pairwise(course)),
    )


def _to_its_end(changes: Sequence[StatusChange]) -> list[StatusChange]:
    """The changes up to the last that made it done: one state of done may follow another."""
    course = list(changes)
    while len(course) > 1 and course[-2].category is StatusCategory.DONE is course[-1].category:
        course.pop()
    return course


def _paused(before: StatusChange, now: StatusChange) -> bool:
    return now.category is StatusCategory.NEW is not before.category
