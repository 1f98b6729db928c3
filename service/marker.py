"""Carry out what a ticket's label and score should be. Each write is fenced, and doing it again does no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from service import marking
from service.commenting import Commenter
from service.marking import Change, Memory, Now
from service.metrics import TRACKER_ERRORS
from service.ticket import TicketRef
from service.trackers.base import Marking, NotAllowed, Shown, TicketGone, TrackerError

log = structlog.get_logger(__name__)


class Marker:
    """Writes label and score of one claimed ticket. `url` is where we are reached."""

    def __init__(self, tracker: Marking, commenter: Commenter, ref: TicketRef, url: str) -> None:
        self._tracker, self._commenter, self._ref, self._url = tracker, commenter, ref, url

    def carry_out(self, now: Now, before: Memory) -> Memory:
        """Write what differs; what to remember. Raises what may pass; what is refused is left, with a warning."""
        after = before
        former = marking.former_label(now, before)
        if former is None or self._tried(lambda: self._set(former)):
            after = self._label(now, before)
        score, number = marking.score_mark(now, before), marking.number_mark(now, before)
        if score != before.score and self._tried(lambda: self._show(now)):
            after = replace(after, score=score)
        if number != before.number and self._tried(lambda: self._number(now)):
            after = replace(after, number=number)
        return after

    def _label(self, now: Now, before: Memory) -> Memory:
        change, after = marking.label(now, before)
        return after if change is None or self._tried(lambda: self._set(change)) else before

    def _tried(self, write: Callable[[], None]) -> bool:
        """Whether it was done. What an admin has to allow or mend first must not hold the ticket up."""
        self._commenter.about_to_write()
        try:
            write()
        except TicketGone:
            raise
        except TrackerError as error:
            if not isinstance(error, NotAllowed) and (not error.permanent or error.pauses == "site"):
                raise
            TRACKER_ERRORS.add(tracker=self._ref.tracker, then="left undone")
            log.warning("mark refused", ticket=self._ref.key or self._ref.id, error=str(error))
            return False
        return True

    def _set(self, change: Change) -> None:
        self._tracker.set_label(self._ref.id, change.label, on=change.on)

    def _show(self, now: Now) -> None:
        shown = Shown(now.score, str(now.level or ""), now.rules, self._url)
        self._tracker.show_score(self._ref.id, shown)

    def _number(self, now: Now) -> None:
        self._tracker.set_number(self._ref.id, now.score_field, now.score)
