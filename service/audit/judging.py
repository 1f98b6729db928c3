"""A worker process of an audit: texts in, what counts of them out. Ticket text stays in the process."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from service.audit.sources import Entry
from service.audit.tally import SHOWN, Judged, Point
from service.cli.reviewing import load_reviewer, review
from service.feedback import points_of
from service.one_core import keep_to_one_core
from service.review import Review, Reviewer
from service.settings import Settings

_held: tuple[Settings, Reviewer] | None = None


def begin(settings: Settings) -> None:
    """Load the model and the rules, once a process. Ctrl-C is for the parent, which lets us finish."""
    global _held  # noqa: PLW0603 (a pool's worker has no other place to keep it)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_to_one_core()
    _held = settings, load_reviewer(settings)


def judge(entries: Sequence[Entry]) -> list[Judged]:
    """Score a batch, in order."""
    assert _held is not None  # noqa: S101 (`begin` is the pool's initializer; tells the type checker)
    settings, reviewer = _held
    reviews = iter(review(reviewer, settings, [entry.ticket for entry in entries if entry.ticket]))
    return [_judged(entry, next(reviews) if entry.ticket else None) for entry in entries]


def _judged(entry: Entry, found: Review | None) -> Judged:
    ticket = entry.ticket
    if ticket is None or found is None:
        return Judged(entry.key, entry.url, "", "", "", None, "", "it could not be read")
    points = points_of(found)
    firsts = [(one, one.findings[0]) for one in points]
    said = tuple(Point(first.rule, one.gain, first.message, first.coach) for one, first in firsts)
    return Judged(
        key=entry.key or ticket.id,
        url=entry.url,
        title=ticket.title[:200],
        project=ticket.project,
        kind=str(found.kind or ""),
        score=found.score,
        level=str(found.level or ""),
        reason=found.reason,
        points=said,
    )


def shown(points: Sequence[Point]) -> Sequence[Point]:
    """The points worth showing: those that gain most."""
    return points[:SHOWN]
