"""Ask a tracker who holds a role, and remember its answers for a few minutes.

An answer that does not come lets nobody in, and is asked for again after a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import structlog

from service.commands import commands
from service.metrics import TRACKER_ERRORS
from service.roles import NO_ROLES, Roles, wishes
from service.ticket import Person, Snapshot
from service.trackers.base import KnowsRoles, Tracker, TrackerError

SECONDS, UNTOLD_SECONDS = 300.0, 60.0
MOST_KEPT = 2_000
MOST_ASKED = 10
"""People of one ticket whose roles are asked for at one look."""

log = structlog.get_logger(__name__)


class RoleBook:
    """Who holds a role where, as far as asked. May be shared between threads; `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[object, ...], tuple[float, bool | None]] = {}

    def on(
        self,
        tracker: Tracker,
        snapshot: Snapshot,
        rules: Collection[str],
        wanted: frozenset[str],
        decided: Callable[[str, Person], bool],
    ) -> Roles:
        """What decides on the wishes of a ticket's comments. `wanted` are the roles that may have a rule ignored,
        and `decided` says whether a wish (rule, person) was granted on this ticket before.
        """
        asked = wishes(commands(snapshot.comments), snapshot, rules)
        before = frozenset((rule, person.id) for rule, person in asked if rule and decided(rule, person))
        people = {person.id: person for rule, person in asked if (rule, person.id) not in before}
        roles = self.of(tracker, snapshot, list(people.values())[:MOST_ASKED], wanted)
        return replace(roles, before=before)

    def of(self, tracker: Tracker, snapshot: Snapshot, people: Iterable[Person], wanted: frozenset[str]) -> Roles:
        """What is known of these people in this ticket's project; nothing where no role is `wanted`."""
        if not wanted or not isinstance(tracker, KnowsRoles):
            return NO_ROLES
        told = {person.id: self._told(tracker, snapshot, person, wanted) for person in people}
        return Roles(
            held=frozenset(person for person, holds in told.items() if holds),
            untold=frozenset(person for person, holds in told.items() if holds is None),
        )

    def _told(self, tracker: Tracker, snapshot: Snapshot, person: Person, wanted: frozenset[str]) -> bool | None:
        """Whether a person holds one of the roles; None where the tracker does not say."""
        project = (tracker.name, tracker.site, snapshot.ticket.project)
        key = (*project, person.id, wanted)
        for known in (key, project):
            until, told = self._known.get(known, (0.0, None))
            if self._clock() < until:
                return told
        try:
            assert isinstance(tracker, KnowsRoles)  # noqa: S101 (asked above; tells the type checker)
            return self._keep(key, SECONDS, told=not person.is_bot and tracker.has_role(snapshot, person, wanted))
        except TrackerError as error:
            TRACKER_ERRORS.add(tracker=tracker.name, then="left undone")
            log.warning("roles not told", tracker=tracker.name, ticket=snapshot.key, error=str(error))
            return self._keep(project, UNTOLD_SECONDS, told=None)

    def _keep(self, key: tuple[object, ...], seconds: float, *, told: bool | None) -> bool | None:
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[key] = (self._clock() + seconds, told)
        return told
