"""What follows when a ticket could not be brought to its end: wait, give up, or forget it. Never lose it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

import structlog

from service import outage
from service.claiming import backoff
from service.metrics import TRACKER_ERRORS
from service.reaction import Action, Decision
from service.store import Store
from service.store.exemplars import withdraw
from service.store.forgetting import erase_tickets
from service.store.looking import look_again
from service.store.recording import record_decision
from service.store.working import Claim, finish, release, wait_for_author
from service.trackers.base import TrackerError, Unreachable

log = structlog.get_logger(__name__)


class Setbacks:
    """Each method ends an attempt at a claimed ticket. `name` says in logs which one it was."""

    def __init__(self, store: Store, lease: float) -> None:
        self._store, self._lease = store, lease

    def failed(self, mine: Claim, error: TrackerError, name: Mapping[str, str]) -> None:
        """A tracker did not do what was asked: let the site wait, or the ticket, or give this generation up."""
        then = "site waits" if error.pauses == "site" else "given up" if error.permanent else "ticket waits"
        TRACKER_ERRORS.add(tracker=mine.ref.tracker, then=then)
        delay = max(error.retry_after or 0.0, backoff(mine.attempts, first=1.0, most=900.0))
        if error.pauses == "site":
            outage.pause(self._store, mine, error, name)
        elif isinstance(error, Unreachable):
            outage.unreachable(self._store, mine, error, delay, name)
        else:
            self._ticket_failed(mine, error, delay, name)
            outage.over(self._store, mine)

    def broke(self, mine: Claim, error: Exception, name: Mapping[str, str]) -> None:
        """A fault of ours. To be called where the error is handled."""
        fault = _without_text(error)
        delay = backoff(mine.attempts, first=5.0, most=3600.0)
        log.exception("reconcile failed", **name, retry_in=round(delay))
        self._release(mine, delay, fault)

    def gone(self, mine: Claim) -> None:
        """The tracker does not show the ticket. Where it also said that it was removed, nothing is kept of it."""
        self._conclude(mine, {"gone": True}, "the ticket is gone")
        with self._store.writing() as connection:
            withdraw(connection, [mine.id])
        if mine.gone:
            with self._store.writing() as connection:
                erase_tickets(connection, [mine.id])

    def wrote_late(self, mine: Claim) -> None:
        """Something was written after the lease was lost: look again, and trust nothing."""
        with self._store.writing() as connection:
            look_again(connection, mine.id, self._lease, rewrite=True)

    def too_early(self, mine: Claim, decision: Decision, latest: float) -> None:
        """The author is still writing: look again when `decision` says so, and by `latest` whatever is saved."""
        with self._store.writing() as connection:
            if wait_for_author(connection, mine, decision.again, latest):
                record_decision(
                    connection,
                    mine.id,
                    review_id=None,
                    action=decision.action,
                    reason=decision.reason,
                    comment_id=mine.comment_id,
                )

    def give_back(self, mine: Claim) -> None:
        """The ticket was not begun: it stays due, and the attempt does not count."""
        with self._store.writing() as connection:
            release(connection, mine, 0.0, "", forgiven=True)

    def _ticket_failed(self, mine: Claim, error: TrackerError, delay: float, name: Mapping[str, str]) -> None:
        if error.permanent:
            log.error("ticket given up until it changes", **name, error=str(error))
            self._conclude(mine, {"last_error": str(error)[:500]}, f"the tracker refused: {error}")
        else:
            log.warning("try again", **name, error=str(error), retry_in=round(delay, 1))
            self._release(mine, delay, str(error))

    def _conclude(self, mine: Claim, row: Mapping[str, object], reason: str) -> None:
        """This generation is done, without a review."""
        with self._store.writing() as connection:
            if finish(connection, mine, row):
                record_decision(connection, mine.id, review_id=None, action=Action.SILENCE, reason=reason)

    def _release(self, mine: Claim, delay: float, error: str) -> None:
        with self._store.writing() as connection:
            release(connection, mine, delay, error)


def _without_text(error: Exception) -> str:
    """An unexpected error's kind and place; its message might quote a ticket."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name}, {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
