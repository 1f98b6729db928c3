"""The panel on an issue: what is found in it at this moment, and what people think of that.

Its words are fetched from the tracker whenever somebody looks, and kept nowhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service import rulebook
from service.bulkhead import Bulkhead, BulkheadFull
from service.contract import review_to_json
from service.conversation import Conversation, conversation
from service.engine.base import Busy, Engine
from service.phrases import in_words
from service.policy import Policy, effective_policy, without
from service.reaction import Action
from service.responding import voting
from service.resting import NO_EDITS
from service.rolebook import RoleBook
from service.roles import May, is_concerned
from service.settings import Settings
from service.store import Store
from service.store.accepting import raise_generation, register_site
from service.store.looking import edits, is_resting, is_waiting
from service.store.opinions import Opinion, held_by, hold, ignored, take_back, ticket_id
from service.store.policies import get_policy
from service.store.responses import granted, project_of, voiceless
from service.store.showing import Before, before, last_decision
from service.store.stale import mark_ticket
from service.ticket import Person, Snapshot, TicketRef
from service.trackers.base import Refused, Tracker
from service.verdict import Review, Suggestion

DEADLINE_SECONDS = 5.0
MOST_ASKING = 4
"""How many may wait for a tracker: fewer than a web process has threads. One that hangs is waited for long."""
ONLY_THEIRS = "A rule is left out by the ticket's author, its assignee, or somebody who runs the project."


class OpinionBody(BaseModel):
    """What the panel's buttons send: a rule, and whether it is of no use here, or to be left out here."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rule: str = Field(min_length=1, max_length=100, pattern=r"^[a-z0-9-]+$")
    kind: str = Field(pattern="^(?:" + "|".join(Opinion) + ")$")
    on: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at an issue, named by id or key, at one site.

    `person` is the tracker's own id of them; "" where nobody is named.
    """

    tracker: Tracker
    issue: str
    person: str

    def ref(self, snapshot: Snapshot) -> TicketRef:
        """The issue as we know it."""
        return TicketRef(self.tracker.name, self.tracker.site, snapshot.ticket.id, snapshot.key)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel shows, and how long the tracker and all the rest took, in seconds."""

    body: dict[str, Any]
    fetched: float
    rest: float

    @property
    def timing(self) -> str:
        """As the header Server-Timing says it."""
        return f"tracker;dur={self.fetched * 1000:.1f}, clarity;dur={self.rest * 1000:.1f}"


class Panel:
    """What the panel shows and keeps, whichever way it was opened. Methods raise what tracker and engine raise."""

    def __init__(self, settings: Settings, store: Store, engine: Engine) -> None:
        self._settings, self._store, self._engine = settings, store, engine
        self._roles = RoleBook()
        self._bulkhead = Bulkhead(MOST_ASKING)

    def show(self, viewer: Viewer) -> Shown:
        """The issue as it is now."""
        began = time.perf_counter()
        snapshot = self._fetched(viewer)
        fetched = time.perf_counter()
        body = self._told(viewer, snapshot)
        return Shown(body, fetched - began, time.perf_counter() - fetched)

    def opine(self, viewer: Viewer, said: OpinionBody) -> Shown:
        """Keep what somebody thinks of a rule, or that they do not any more; then the issue as it is now."""
        kind = Opinion(said.kind)
        snapshot = self._fetched(viewer)
        if kind is Opinion.IGNORED and not self._may_ignore(viewer, snapshot, self._policy_for(snapshot)):
            raise Refused(403, ONLY_THEIRS)
        self._keep(viewer.ref(snapshot), self._name(viewer), said.rule, kind, on=said.on)
        return self.show(viewer)

    def _fetched(self, viewer: Viewer) -> Snapshot:
        with self._asking():
            return viewer.tracker.fetch(viewer.issue)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask the tracker within. Raises Busy where too many do."""
        try:
            with self._bulkhead.entered():
                yield
        except BulkheadFull:
            raise Busy("too many ask the tracker") from None

    def _keep(self, ref: TicketRef, person: str, rule: str, kind: Opinion, *, on: bool) -> None:
        with self._store.writing() as connection:
            row = ticket_id(connection, ref)
            waits = row is not None and is_resting(connection, row, self._settings.max_wait_seconds)
            if row is None or (kind is Opinion.IGNORED and not waits):
                # What is left out shows in the comment too, once somebody looks at the ticket again; but no button
                # makes us speak while the author still types.
                register_site(connection, ref.tracker, ref.site)
                raise_generation(connection, ref, debounce=0.0, max_wait=0.0, saved=False)
                row = ticket_id(connection, ref)
            assert row is not None  # noqa: S101 (just written; tells the type checker)
            if on:
                with voting(connection, project_of(connection, row)):
                    hold(connection, row, rule, kind, person)
            else:
                take_back(connection, row, rule, kind, "" if kind is Opinion.IGNORED else person)
            mark_ticket(connection, row, whole=True)

    def _told(self, viewer: Viewer, snapshot: Snapshot) -> dict[str, Any]:
        with self._store.reading() as connection:
            row = ticket_id(connection, viewer.ref(snapshot))
            left_out = ignored(connection, row) if row else set()
            mine = held_by(connection, row, self._name(viewer)) if row else set()
            before = granted(connection, row)
        policy = self._policy_for(snapshot)
        said = self._conversation(viewer, snapshot, policy, before)
        mine |= {rule for rule, by in said.not_useful if by.id == viewer.person}
        policy = without(policy, {*said.ignored, *left_out})
        review = self._engine.check(snapshot.ticket, policy, DEADLINE_SECONDS, suggest=True)
        reasons = {rule: told.reason for rule, told in said.ignored.items()}
        return {
            "key": snapshot.key,
            "review": _findings(snapshot, review, mine),
            "before": self._before(row, review),
            "said": self._said(row, policy),
            "ignored": [
                {"rule": rule, "title": in_words(rule), "reason": reasons.get(rule, ""), "here": rule in left_out}
                for rule in sorted({*reasons, *left_out})
            ],
            "may_ignore": self._may_ignore(viewer, snapshot, policy),
        }

    def _conversation(
        self, viewer: Viewer, snapshot: Snapshot, policy: Policy, before: set[tuple[str, str]]
    ) -> Conversation:
        def decided(rule: str, person: Person) -> bool:
            return (rule, self._store.person(viewer.tracker.site, person.id)) in before

        rules = self._rules()
        with self._asking():
            roles = self._roles.on(viewer.tracker, snapshot, rules, policy.ignore_roles, decided)
        return conversation(snapshot, rules, datetime.now(UTC), roles)

    def _policy_for(self, snapshot: Snapshot) -> Policy:
        project = snapshot.ticket.project
        with self._store.reading() as connection:
            layers = (self._settings.projects.get(project), get_policy(connection, project))
            off = voiceless(connection, project)
        return effective_policy(self._settings.patient_policy, [layer for layer in layers if layer], voiceless=off)

    def _before(self, row: int | None, review: Review) -> dict[str, Any] | None:
        if row is None:
            return None
        with self._store.reading() as connection:
            then = before(connection, row, review.text_hash)
        return None if then is None else _change(then, review)

    def _said(self, row: int | None, policy: Policy) -> dict[str, str] | None:
        """What we decided about our comment when we last looked, and why; or that we do not look yet."""
        if row is None:
            return None
        with self._store.reading() as connection:
            decided = last_decision(connection, row)
            lately = edits(connection, row) if is_waiting(connection, row) else NO_EDITS
        if lately.writing_until(policy.debounce, policy.max_wait):
            return {"action": Action.SILENCE, "reason": lately.in_words}
        return None if decided is None else {"action": decided.action, "reason": decided.reason}

    def _may_ignore(self, viewer: Viewer, snapshot: Snapshot, policy: Policy) -> bool:
        if not viewer.person:
            return False
        person = Person(viewer.person)
        asked = [] if is_concerned(person, snapshot) else [person]
        with self._asking():
            roles = self._roles.of(viewer.tracker, snapshot, asked, policy.ignore_roles)
        return roles.may(person, snapshot) is May.YES

    def _name(self, viewer: Viewer) -> str:
        return self._store.person(viewer.tracker.site, viewer.person)

    def _rules(self) -> frozenset[str]:
        """What rules there are, to know one in a comment by."""
        return rulebook.names([self._settings.rules] if self._settings.rules else [])


def _change(then: Before, review: Review) -> dict[str, Any]:
    """What became of what was found before. Only what was looked for and passed counts as mended."""
    found = list(dict.fromkeys(finding.rule for finding in review.findings))
    return {
        "score": then.score,
        "mended": [review.passed[rule] or in_words(rule) for rule in then.rules if rule in review.passed],
        "new": [in_words(rule) for rule in found if rule not in then.rules],
    }


def _findings(snapshot: Snapshot, review: Review, not_useful: set[str]) -> dict[str, Any]:
    told: dict[str, Any] = review_to_json(snapshot.ticket.id, review)
    left = dict(review.suggestions)
    told["findings"] = [
        {
            **shown,
            "gain": found.gain,
            "why": found.why,
            "not_useful": found.rule in not_useful,
            "suggestion": _instead(left.pop(found.rule, None)),
        }
        for shown, found in zip(told["findings"], review.findings, strict=True)
    ]
    return told


def _instead(suggestion: Suggestion | None) -> dict[str, Any] | None:
    """What would pass, as the comment says it: with the first finding of its rule."""
    return None if suggestion is None else asdict(suggestion)
