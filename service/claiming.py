"""Which tickets a worker takes, and what it has fetched of them ahead of their turn."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from service.settings import Settings
from service.store import Store
from service.store.working import Claim, anything_due, claim, claim_beside, put_off
from service.ticket import Snapshot
from service.trackers.base import Tracker, TrackerError

CRASHES_BEFORE_PUTTING_OFF = 3


def claim_some(store: Store, settings: Settings, most: int) -> list[Claim]:
    """The ticket that has waited longest, and up to `most` in all where others wait at its site.

    A ticket that was tried before, or whose site is in trouble, is taken alone.
    """
    lease, max_wait = settings.lease_seconds, settings.max_wait_seconds
    with store.reading() as connection:
        if not anything_due(connection):
            return []
    with store.writing(durable=False) as connection:  # a claim that is undone is lost at the fence at the latest
        mine = claim(connection, lease=lease, max_wait=max_wait)
        if mine is None:
            return []
        if mine.attempts > CRASHES_BEFORE_PUTTING_OFF:
            put_off(connection, mine, lease + backoff(mine.attempts, first=1.0, most=3600.0))
        if most == 1 or mine.attempts > 1 or mine.troubled:
            return [mine]
        terms = {"lease": lease, "max_wait": max_wait}
        return [mine, *claim_beside(connection, mine, **terms, most=most - 1, workers=settings.workers)]


class Ahead:
    """Tickets as they were fetched, or why one could not be, until each one's turn comes."""

    def __init__(self) -> None:
        self._found: dict[int, Snapshot | TrackerError] = {}

    def fetch(
        self, claims: Iterable[Claim], open_tracker: Callable[[Claim], Tracker], late: Callable[[], bool]
    ) -> Iterator[tuple[Claim, Snapshot]]:
        """Fetch the tickets, up to the first that cannot be, or until it is `late`."""
        for mine in claims:
            if late():
                return
            try:
                snapshot = open_tracker(mine).fetch(mine.ref.id)
            except TrackerError as error:
                self._found[mine.id] = error
                return
            self._found[mine.id] = snapshot
            yield mine, snapshot

    def in_turn(self, claims: Iterable[Claim]) -> list[Claim]:
        """The tickets in their order, but first the one at which the tracker asked its whole site to wait."""
        return sorted(claims, key=lambda mine: not self._pauses(self._found.get(mine.id)))

    @staticmethod
    def _pauses(found: Snapshot | TrackerError | None) -> bool:
        return isinstance(found, TrackerError) and found.pauses == "site"

    def take(self, mine: Claim, tracker: Tracker) -> Snapshot:
        """The ticket, fetched now if it was not before; raises what the tracker raises, or raised."""
        found = self._found.pop(mine.id, None)
        if isinstance(found, TrackerError):
            raise found
        return found or tracker.fetch(mine.ref.id)

    def forget(self) -> None:
        """What was not taken is of no use later."""
        self._found.clear()


def backoff(attempts: int, *, first: float, most: float) -> float:
    """Seconds to wait after so many attempts: doubling from `first`, at most `most`, spread so that none meet."""
    return min(first * 2.0 ** min(attempts - 1, 30), most) * random.uniform(0.5, 1.0)
