"""Reconcile: make one ticket's comment agree with the ticket's latest text and with what people say on it.

claim → fetch → review → react → fence → comment → done. A process may die between any two of these steps, or
freeze and wake up late: the next to claim the ticket starts from what the tracker shows.
"""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import structlog

from service import outage
from service.claiming import Ahead, backoff, claim_some
from service.commenting import Commenter, LeaseLost, Standing, standing
from service.conversation import Conversation, conversation
from service.feedback import compose, fingerprint
from service.metrics import COMMENTS, TRACKER_ERRORS
from service.policy import Policy, effective_policy, without
from service.reaction import Action, CommentState, Decision, Facts, react
from service.settings import Settings, SettingsError
from service.store import Store, StoreUnavailable
from service.store.forgetting import erase_tickets
from service.store.keeping import has_opted_out
from service.store.opinions import ignored
from service.store.policies import get_policy
from service.store.recording import last_spoke, record_decision, record_review
from service.store.working import (
    Claim,
    finish,
    look_again,
    release,
    saved_together,
)
from service.talk import Talk, talk_about
from service.ticket import Snapshot, Ticket
from service.trackers.base import CommentGone, TicketGone, Tracker, TrackerError, Unreachable
from service.verdict import Review

if TYPE_CHECKING:
    from service.rulebook import Rule

STORM_SECONDS = 600.0
STORM = "it came with many others, as in an import or a bulk edit"

log = structlog.get_logger(__name__)


class Reviewer(Protocol):
    """What scores a ticket, by these rules."""

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id, as they stand."""
        ...

    def review(self, ticket: Ticket, policy: Policy) -> Review:
        """Score one ticket under a policy."""
        ...

    def prepare(self, tickets: Sequence[tuple[Ticket, Policy]]) -> None:
        """Parse in one batch what is to be scored next."""
        ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything known about a claimed ticket once it is fetched and reviewed."""

    snapshot: Snapshot
    policy: Policy
    review: Review
    author: str
    standing: Standing
    conversation: Conversation
    talk: Talk


class Reconciler:
    """Works on due tickets, one or a few a call. `open_tracker(tracker, site)` gives the site's Tracker.

    Raises SettingsError where the HTTP timeout is not shorter than the lease, as nothing could be fenced then.
    """

    def __init__(
        self, store: Store, settings: Settings, reviewer: Reviewer, open_tracker: Callable[[str, str], Tracker]
    ) -> None:
        if settings.http_timeout_seconds >= settings.lease_seconds:
            raise SettingsError(
                f"HTTP_TIMEOUT_SECONDS ({settings.http_timeout_seconds:g}) has to be shorter than "
                f"LEASE_SECONDS ({settings.lease_seconds:g})."
            )
        self._store, self._settings, self._reviewer = store, settings, reviewer
        self._open_tracker = open_tracker
        self._lease = settings.lease_seconds
        self._ahead = Ahead()

    def run_one(self) -> bool:
        """Work on the ticket that has waited longest; False if none is due. Raises StoreUnavailable alone."""
        return self.run(1, lambda: False)

    def run(self, most: int, enough: Callable[[], bool]) -> bool:
        """Work on the ticket that has waited longest, and on up to `most` in all where more wait at its site.

        They are parsed in one batch. What is left once `enough` says so, half of the lease is over, or the site
        does not answer as it should, is given back. False if none is due. Raises StoreUnavailable alone.
        """
        began = time.monotonic()
        claims = claim_some(self._store, self._settings, most)
        goes_on = True
        self._prepare(claims)
        for number, mine in enumerate(claims):
            late = time.monotonic() - began > self._lease / 2
            if number and (late or enough() or not goes_on):
                self._give_back(mine)
            else:
                goes_on = self._attempt(mine)
        self._ahead.forget()
        return bool(claims)

    def _prepare(self, claims: Sequence[Claim]) -> None:
        """Fetch several tickets and have them parsed together."""
        self._ahead.forget()
        if len(claims) > 1:
            fetched = self._ahead.fetch(claims, self._open)
            given = [(snapshot.ticket, self._policy(mine, snapshot)) for mine, snapshot in fetched]
            with contextlib.suppress(Exception):  # what cannot be parsed is met again when its turn comes
                self._reviewer.prepare(given)

    def _give_back(self, mine: Claim) -> None:
        with self._store.writing() as connection:
            release(connection, mine, 0.0, "", forgiven=True)

    def _attempt(self, mine: Claim) -> bool:
        """Whether the site answers, so that it may be asked for the next ticket."""
        name = {"tracker": mine.ref.tracker, "site": mine.ref.site, "ticket": mine.ref.key or mine.ref.id}
        try:
            self._reconcile(mine)
            outage.over(self._store, mine)
        except LeaseLost as lost:
            log.warning("lease lost", **name, wrote=lost.wrote)
            if lost.wrote:
                self._look_again(mine)
        except TicketGone:
            log.info("ticket gone", **name)
            self._let_go(mine)
            outage.over(self._store, mine)
        except TrackerError as error:
            self._failed(mine, error, name)
            return error.permanent and error.pauses != "site"
        except StoreUnavailable:
            raise
        except Exception as error:
            fault = _without_text(error)
            delay = backoff(mine.attempts, first=5.0, most=3600.0)
            log.exception("reconcile failed", **name, retry_in=round(delay))
            self._release(mine, delay, fault)
        return True

    def _reconcile(self, mine: Claim) -> None:
        tracker = self._open(mine)
        commenter = Commenter(self._store, tracker, mine, self._lease)
        seen = self._look(mine, tracker, commenter)
        decision = self._decide(mine, seen)
        try:
            row = self._act(mine, seen, decision, commenter)
        except CommentGone:
            row = {"comment_state": CommentState.DELETED}
            decision = Decision(Action.SILENCE, "a person deleted our comment")
        self._record(mine, seen, decision, row, wrote=commenter.wrote)

    def _open(self, mine: Claim) -> Tracker:
        try:
            return self._open_tracker(mine.ref.tracker, mine.ref.site)
        except (SettingsError, TrackerError) as error:
            # Nothing is wrong with the ticket: whatever keeps a site from being opened, its tickets wait for it.
            raise TrackerError(str(error), permanent=True, pauses="site") from error

    def _look(self, mine: Claim, tracker: Tracker, commenter: Commenter) -> _Seen:
        snapshot = self._ahead.take(mine, tracker)
        rules = self._reviewer.rules
        said = conversation(snapshot, rules, datetime.now(UTC))
        in_panel = self._ignored(mine)
        policy = without(self._policy(mine, snapshot), {*said.ignored, *in_panel})
        commenter.fence()
        review = self._reviewer.review(snapshot.ticket, policy)
        author = self._store.person(mine.ref.site, snapshot.author.id) if snapshot.author else ""
        talk = talk_about(said, snapshot, review, rules, in_panel)
        return _Seen(snapshot, policy, review, author, standing(mine, snapshot), said, talk)

    def _ignored(self, mine: Claim) -> set[str]:
        with self._store.reading() as connection:
            return ignored(connection, mine.id)

    def _policy(self, mine: Claim, snapshot: Snapshot) -> Policy:
        project = snapshot.ticket.project
        with self._store.reading() as connection:
            layers = (self._settings.projects.get(project), get_policy(connection, project))
            policy = effective_policy(self._settings.policy, [layer for layer in layers if layer])
            most = policy.storm + 1
            together = saved_together(connection, mine, project, within=STORM_SECONDS, most=most)
        return effective_policy(policy, [], silence=STORM) if policy.storm and together == most else policy

    def _decide(self, mine: Claim, seen: _Seen) -> Decision:
        with self._store.reading() as connection:
            opted_out = has_opted_out(connection, seen.author)
        facts = Facts.of(seen.snapshot, connected_at=mine.connected_at, opted_out=opted_out)
        return react(seen.standing.said, seen.review, seen.policy, facts, seen.talk)

    def _act(self, mine: Claim, seen: _Seen, decision: Decision, commenter: Commenter) -> dict[str, object]:
        """Carry the decision out, and return what to remember of it."""
        now = seen.standing
        if decision.action is Action.WITHDRAW:
            return commenter.withdraw(seen.snapshot.our_comments)
        if decision.action is Action.SILENCE:
            given_up = now.said.state is CommentState.INTENDED
            row: dict[str, object] = {"comment_state": CommentState.NONE if given_up else now.said.state}
        else:
            row = self._write(mine, seen, decision, commenter)
        commenter.delete(now.extras)
        return row

    def _write(self, mine: Claim, seen: _Seen, decision: Decision, commenter: Commenter) -> dict[str, object]:
        now, points = seen.standing, decision.points
        tree = compose(seen.review, now.said, seen.talk, points=points)
        if now.comment is None:
            row = commenter.create(tree, internal=decision.internal)
        else:
            row = commenter.update(now.comment, tree, notify=self._asked_since(mine, seen.conversation))
        row["comment_hash"] = fingerprint(seen.review, seen.talk, points=points)
        if points:
            row["said_score"] = seen.review.score
            row["said_rules"] = list(dict.fromkeys(finding.rule for finding in seen.review.findings))
        return row

    def _asked_since(self, mine: Claim, said: Conversation) -> bool:
        """Whether somebody asked the author a question since we last wrote: an edit alone reaches nobody."""
        with self._store.reading() as connection:
            spoke = last_spoke(connection, mine.id)
        return any(question.asked.timestamp() > spoke for question in said.open_questions)

    def _record(
        self, mine: Claim, seen: _Seen, decision: Decision, row: Mapping[str, object], *, wrote: bool
    ) -> None:
        snapshot = seen.snapshot
        labels = {"key": snapshot.key[:200], "project": snapshot.ticket.project[:200], "gone": False}
        with self._store.writing() as connection:
            # A text that only its status keeps us silent about (a draft) is looked at afresh in the next one.
            settled: dict[str, object] = {"said_text_hash": seen.review.text_hash} if decision.settled else {}
            if not finish(connection, mine, {**settled, **labels, **row}):
                raise LeaseLost(wrote=wrote)
            review_id = record_review(
                connection,
                mine.id,
                mine.generation,
                found=seen.review,
                snapshot=snapshot,
                policy=seen.policy.hash,
                author=seen.author,
                bulk=bool(seen.policy.silence),
            )
            record_decision(
                connection,
                mine.id,
                review_id=review_id,
                action=decision.action,
                reason=decision.reason,
                comment_id=str(row.get("comment_id", mine.comment_id)),
            )
            if mine.comment_state == CommentState.INTENDED:
                # A create that never answered may still arrive: look once more, after it must have ended.
                look_again(connection, mine.id, self._lease)
            elif settles := seen.conversation.settles:
                # Silence settles a question, and no webhook tells of silence.
                look_again(connection, mine.id, max(0.0, settles.timestamp() - time.time()) + 1.0)
        COMMENTS.add(action=decision.action)
        log.info(
            "reconciled",
            ticket=snapshot.key,
            action=decision.action,
            reason=decision.reason,
            score=seen.review.score,
        )

    def _failed(self, mine: Claim, error: TrackerError, name: Mapping[str, str]) -> None:
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

    def _let_go(self, mine: Claim) -> None:
        """The tracker does not show the ticket. Where it also said that it was removed, nothing is kept of it."""
        self._conclude(mine, {"gone": True}, "the ticket is gone")
        if mine.gone:
            with self._store.writing() as connection:
                erase_tickets(connection, [mine.id])

    def _release(self, mine: Claim, delay: float, error: str) -> None:
        with self._store.writing() as connection:
            release(connection, mine, delay, error)

    def _look_again(self, mine: Claim) -> None:
        with self._store.writing() as connection:
            look_again(connection, mine.id, self._lease, rewrite=True)


def _without_text(error: Exception) -> str:
    """An unexpected error's kind and place; its message might quote a ticket."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.name}, {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
