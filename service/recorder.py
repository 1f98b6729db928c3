"""End the look at a ticket: what came of it is noted in one transaction, and the ticket is given back."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

from service.commenting import LeaseLost
from service.metrics import COMMENTS
from service.noting import Noter, Seen
from service.reaction import CommentState, Decision
from service.store import Store
from service.store.exemplars import consent_word
from service.store.looking import look_again, look_by
from service.store.recording import record_decision, record_review
from service.store.stale import mark_ticket
from service.store.working import Claim, finish

log = structlog.get_logger(__name__)


class Recorder:
    """Records what was decided; `lease` is for how many seconds a ticket is claimed."""

    def __init__(self, store: Store, lease: float) -> None:
        self._store, self._lease = store, lease
        self._noter = Noter(store)

    def record(
        self, mine: Claim, seen: Seen, decision: Decision, row: Mapping[str, object], *, wrote: bool
    ) -> None:
        """Note all of it, and in `row` what to remember of the ticket; `wrote`: something was written to it.

        Raises LeaseLost, with nothing noted, where the ticket is no longer ours.
        """
        snapshot = seen.snapshot
        named = {"key": snapshot.key[:200], "project": snapshot.ticket.project[:200]}
        labels = {**named, "url": snapshot.url[:500], "gone": False}
        sharing = {
            "consent": consent_word(seen.conversation.shared),
            "restricted": snapshot.restricted or snapshot.service_desk,
        }
        # A text that only its status keeps us silent about (a draft) is looked at afresh in the next one.
        settled: dict[str, object] = {"said_text_hash": seen.review.text_hash} if decision.settled else {}
        # Nobody else writes on SQLite while this does: what needs no database is done before.
        policy, notes = seen.policy.hash, self._noter.gather(mine, seen, decision)
        # Undone by a power failure, the look would be done again, as after the end of this process here.
        with self._store.writing(durable=False) as connection:
            if not finish(connection, mine, {**settled, **labels, **sharing, **row}):
                raise LeaseLost(wrote=wrote)
            comment_id = str(row.get("comment_id", mine.comment_id))
            _append(connection, mine, seen, decision, policy=policy, comment_id=comment_id)
            more = self._noter.note(connection, mine, seen, decision, notes)
            mark_ticket(connection, mine.id, whole=more)
            self._look_on(connection, mine, seen)
        tell(seen, decision)

    def _look_on(self, connection: Connection, mine: Claim, seen: Seen) -> None:
        """Have the ticket looked at again where time alone may change something."""
        if mine.comment_state == CommentState.INTENDED:
            # A create that never answered may still arrive: look once more, after it must have ended.
            look_again(connection, mine.id, self._lease)
        elif settles := seen.conversation.settles:
            # Silence settles a question, and no webhook tells of silence.
            look_by(connection, mine.id, max(0.0, settles.timestamp() - seen.at) + 1.0)


def _append(
    connection: Connection, mine: Claim, seen: Seen, decision: Decision, *, policy: str, comment_id: str
) -> None:
    """Put review and decision on record."""
    review_id = record_review(
        connection,
        mine.id,
        mine.generation,
        found=seen.review,
        snapshot=seen.snapshot,
        policy=policy,
        author=seen.author,
        bulk=bool(seen.policy.silence),
    )
    record_decision(
        connection,
        mine.id,
        review_id=review_id,
        action=decision.action,
        reason=decision.reason,
        comment_id=comment_id,
    )


def tell(seen: Seen, decision: Decision) -> None:
    """Count a decision, and log it."""
    COMMENTS.add(action=decision.action)
    log.info(
        "reconciled",
        ticket=seen.snapshot.key,
        action=decision.action,
        reason=decision.reason,
        score=seen.review.score,
    )
