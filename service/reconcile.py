"""Reconcile: make one ticket's comment agree with the ticket's latest text and with what people say on it.

claim → fetch → review → react → fence → comment → done. A process may die between any two of these steps, or
freeze and wake up late: the next to claim the ticket starts from what the tracker shows.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from service import outage
from service.circumstances import policy_of
from service.claiming import Ahead, claim_some
from service.coaching import curves, depths
from service.commenting import Commenter, LeaseLost, standing
from service.conversation import Conversation, conversation
from service.exemplar import Sharing
from service.exemplars import with_exemplar
from service.feedback import compose, fingerprint
from service.marker import Marker
from service.marking import Memory, Now
from service.noting import Seen
from service.policy import without
from service.reaction import Action, CommentState, Decision, Facts, react
from service.recorder import Recorder, tell
from service.reviewing import Reviewer
from service.rolebook import RoleBook
from service.setbacks import Setbacks
from service.settings import Settings, SettingsError
from service.store import Store, StoreUnavailable
from service.store.choices import is_coached
from service.store.clock import time_of
from service.store.exemplars import Place
from service.store.keeping import has_opted_out
from service.store.looking import edits
from service.store.opinions import ignored
from service.store.pausing import paused_since
from service.store.recording import last_spoke
from service.store.responses import granted, history
from service.store.working import Claim, others_wait
from service.talk import talk_about
from service.ticket import Person
from service.trackers.base import CommentGone, Marking, TicketGone, Tracker, TrackerError
from service.welcoming import opening

if TYPE_CHECKING:
    from service.comment import Node

TURN_SECONDS = 2.0
"""For how long a site's tickets may keep those of another site waiting, beside the one that is being worked on."""

log = structlog.get_logger(__name__)


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
        self._setbacks = Setbacks(store, self._lease)
        self._ahead = Ahead()
        self._roles = RoleBook()
        self._recorder = Recorder(store, self._lease)
        self._claimed = 0.0

    def run_one(self) -> bool:
        """Work on the ticket that has waited longest; False if none is due. Raises StoreUnavailable alone."""
        return self.run(1, lambda: False)

    def run(self, most: int, enough: Callable[[], bool]) -> bool:
        """Work on the ticket that has waited longest, and on up to `most` in all where more wait at its site.

        They are parsed in one batch. What is left once `enough` says so, the turn is over, or the site does not
        answer as it should, is given back. False if none is due. Raises StoreUnavailable alone.
        """
        self._claimed = time.monotonic()
        claims = claim_some(self._store, self._settings, most)
        goes_on = True
        self._prepare(claims)
        for number, mine in enumerate(self._ahead.in_turn(claims)):
            if number and (not goes_on or enough() or self._turn_is_over(mine)):
                self._setbacks.give_back(mine)
            else:
                goes_on = self._attempt(mine)
        self._ahead.forget()
        return bool(claims)

    def _turn_is_over(self, mine: Claim) -> bool:
        """Whether half of the lease is gone, another worker was asked to let the site be, or it answers slowly and
        has kept another one waiting.
        """
        taken = time.monotonic() - self._claimed
        if taken > self._lease / 2:
            return True
        with self._store.reading() as connection:
            paused = paused_since(connection, mine.ref.tracker, mine.ref.site, mine.paused_until)
            return paused or (taken >= TURN_SECONDS and others_wait(connection, mine))

    def _prepare(self, claims: Sequence[Claim]) -> None:
        """Fetch several tickets, for at most half a turn, and have them parsed together."""
        self._ahead.forget()
        if len(claims) > 1:
            late = self._claimed + TURN_SECONDS / 2
            fetched = list(self._ahead.fetch(claims, self._open, lambda: time.monotonic() > late))
            with self._store.reading() as connection:
                given = [(one.ticket, policy_of(connection, self._settings, mine, one)) for mine, one in fetched]
            with contextlib.suppress(Exception):  # what cannot be parsed is met again when its turn comes
                self._reviewer.prepare(given)

    def _attempt(self, mine: Claim) -> bool:
        """Whether the site answers, so that it may be asked for the next ticket."""
        name = {"tracker": mine.ref.tracker, "site": mine.ref.site, "ticket": mine.ref.key or mine.ref.id}
        try:
            self._reconcile(mine)
            outage.over(self._store, mine)
        except LeaseLost as lost:
            log.warning("lease lost", **name, wrote=lost.wrote)
            if lost.wrote:
                self._setbacks.wrote_late(mine)
        except TicketGone:
            log.info("ticket gone", **name)
            self._setbacks.gone(mine)
            outage.over(self._store, mine)
        except TrackerError as error:
            self._setbacks.failed(mine, error, name)
            return error.permanent and error.pauses != "site"
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 (told, and tried again later)
            self._setbacks.broke(mine, error, name)
        return True

    def _reconcile(self, mine: Claim) -> None:
        tracker = self._open(mine)
        commenter = Commenter(self._store, tracker, mine, self._lease, self._claimed)
        seen = self._look(mine, tracker, commenter)
        since = 0.0 if mine.invited else mine.connected_at
        facts = Facts.of(seen.snapshot, connected_at=since, opted_out=seen.opted_out)
        facts = replace(facts, retracted=seen.example.retracted, edits=seen.edits)
        decision = react(seen.standing.said, seen.review, seen.policy, facts, seen.talk)
        if decision.again:
            # Nothing is kept of a text that is not finished.
            self._setbacks.too_early(mine, decision, seen.edits.latest(seen.policy.max_wait))
            tell(seen, decision)
            return
        try:
            row = self._act(mine, seen, decision, commenter)
        except CommentGone:
            row = {"comment_state": CommentState.DELETED}
            decision = Decision(Action.SILENCE, "a person deleted our comment")
        marks = self._mark(mine, seen, facts, tracker, commenter)
        self._recorder.record(mine, seen, decision, row | marks, wrote=commenter.wrote)

    def _open(self, mine: Claim) -> Tracker:
        try:
            return self._open_tracker(mine.ref.tracker, mine.ref.site)
        except (SettingsError, TrackerError) as error:
            # Nothing is wrong with the ticket: whatever keeps a site from being opened, its tickets wait for it.
            raise TrackerError(str(error), permanent=True, pauses="site") from error

    def _look(self, mine: Claim, tracker: Tracker, commenter: Commenter) -> Seen:
        snapshot = self._ahead.take(mine, tracker)
        rules = self._reviewer.rules
        author = self._name(mine, snapshot.author) if snapshot.author else ""
        with self._store.reading() as connection:
            at = time_of(connection)
            in_panel, before = ignored(connection, mine.id), granted(connection, mine.id)
            policy = policy_of(connection, self._settings, mine, snapshot)
            opted_out = has_opted_out(connection, author)
            learner = author if is_coached(connection, [author]) else ""
            known = curves(history(connection, learner, but=mine.id)) if learner and _coached(mine) else {}
        roles = self._roles.on(
            tracker, snapshot, rules, policy.ignore_roles, lambda rule, by: (rule, self._name(mine, by)) in before
        )
        said = conversation(snapshot, rules, datetime.fromtimestamp(at, UTC), roles)
        policy = without(policy, {*said.ignored, *in_panel})
        commenter.renew()
        review = self._reviewer.review(snapshot.ticket, policy)
        review = self._reviewer.suggest(snapshot.ticket, policy, review)
        place = Place(mine.ref.tracker, mine.ref.site, snapshot.ticket.project[:200])
        with self._store.reading() as connection:
            review, example = with_exemplar(
                connection, mine.id, place, review, depths=depths(known), sharing=policy.exemplars
            )
            lately = edits(connection, mine.id)
        shares = policy.exemplars is not Sharing.OFF
        talk = talk_about(said, snapshot, review, rules, in_panel, shares=shares)
        stands = standing(mine, snapshot)
        return Seen(
            at, lately, snapshot, policy, review, author, opted_out, stands, said, talk, known, learner, example
        )

    def _name(self, mine: Claim, person: Person) -> str:
        return self._store.person(mine.ref.realm, person.id)

    def _mark(
        self, mine: Claim, seen: Seen, facts: Facts, tracker: Tracker, commenter: Commenter
    ) -> dict[str, object]:
        """Let label and score on the ticket itself agree, where policy wants them; what to remember of it."""
        if not isinstance(tracker, Marking):
            return {}
        asked = [question.asked.isoformat() for question in seen.conversation.open_questions]
        now = Now.of(seen.snapshot.ticket.labels, seen.review, seen.policy, facts, asked)
        before = Memory.read(mine.marks)
        after = Marker(tracker, commenter, mine.ref, self._settings.base_url).carry_out(now, before)
        return {} if after == before else {"marks": after.plain()}

    def _act(self, mine: Claim, seen: Seen, decision: Decision, commenter: Commenter) -> dict[str, object]:
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

    def _write(self, mine: Claim, seen: Seen, decision: Decision, commenter: Commenter) -> dict[str, object]:
        now, points = seen.standing, decision.points
        welcome = self._welcome(mine, seen, decision)
        told = depths(seen.curves)
        tree = compose(seen.review, now.said, seen.talk, points=points, depths=told, welcome=welcome)
        if now.comment is None:
            row = commenter.create(tree, internal=decision.internal, visible_to=seen.policy.visible_to)
        else:
            notify = self._asked_since(mine, seen.conversation)
            row = commenter.update(now.comment, tree, notify=notify, visible_to=seen.policy.visible_to)
        row["comment_hash"] = fingerprint(seen.review, seen.talk, points=points)
        if points:
            row["said_score"] = seen.review.score
            row["said_rules"] = list(dict.fromkeys(finding.rule for finding in seen.review.findings))
        return row

    def _welcome(self, mine: Claim, seen: Seen, decision: Decision) -> tuple[Node, ...]:
        """What a newcomer's first comment opens with."""
        if not (seen.policy.welcome and decision.points) or decision.internal:
            return ()
        return opening(
            self._store,
            mine,
            seen.snapshot,
            seen.review,
            author=seen.author,
            templates=self._settings.templates,
            first=seen.standing.comment is None,
        )

    def _asked_since(self, mine: Claim, said: Conversation) -> bool:
        """Whether somebody asked the author a question since we last wrote: an edit alone reaches nobody."""
        with self._store.reading() as connection:
            spoke = last_spoke(connection, mine.id)
        return any(question.asked.timestamp() > spoke for question in said.open_questions)


def _coached(mine: Claim) -> bool:
    """The playground's visitors are many and go by one name."""
    return mine.ref.tracker != "local"
