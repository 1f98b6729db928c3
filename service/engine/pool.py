"""The worker processes of one machine."""

from __future__ import annotations

import threading
import time
from functools import partial

from service.bulkhead import Bulkhead, BulkheadFull
from service.engine.base import Busy
from service.engine.checker import Checker
from service.engine.worker import Duty, work
from service.policy import Policy
from service.settings import Settings
from service.ticket import Ticket
from service.verdict import Review

MOST_ASKING = 5
"""How many may wait for a ticket to be scored: fewer than a web process has threads."""


class Pool:
    """So many seats, each filled by a worker process with the same duty."""

    def __init__(self, settings: Settings, duty: Duty, seats: int) -> None:
        self._changed = threading.Condition()
        self._bulkhead = Bulkhead(MOST_ASKING)
        self._checkers = [Checker(partial(work, settings, duty=duty), self._tell) for _ in range(seats)]

    def start(self) -> None:
        """Spawn the workers."""
        for one in self._checkers:
            one.seat.start()

    def ask_to_stop(self) -> None:
        """Ask each worker to finish what it has in hand; `join` waits for that."""
        for one in self._checkers:
            one.seat.stop()

    def join(self) -> None:
        """Wait until a few seconds have passed since they were asked, then end them."""
        for one in self._checkers:
            one.seat.join()

    @property
    def ready(self) -> bool:
        """Whether a worker has loaded its model and its rules."""
        return any(one.seat.ready for one in self._checkers)

    def wake(self) -> None:
        """Have a free worker look for due tickets at once."""
        for one in self._checkers:
            one.seat.wake()

    def check(self, ticket: Ticket, policy: Policy, deadline_seconds: float, *, suggest: bool = False) -> Review:
        """Score a ticket in the least busy worker. Raises Busy after the deadline, CheckFailed on a fault.

        Busy at once where as many ask as may: who waits here keeps a thread from the deliveries of trackers.
        """
        try:
            with self._bulkhead.entered():
                return self._check(ticket, policy, deadline_seconds, suggest=suggest)
        except BulkheadFull:
            raise Busy("too many ask at once") from None

    def _check(self, ticket: Ticket, policy: Policy, deadline_seconds: float, *, suggest: bool) -> Review:
        expires = time.monotonic() + deadline_seconds
        with self._changed:
            if not self._changed.wait_for(lambda: self.ready, deadline_seconds):
                raise Busy("no worker is ready yet")
        ready = (one for one in self._checkers if one.seat.ready)
        idlest = min(ready, key=lambda one: one.waiting, default=None)
        if idlest is None:
            raise Busy("no worker is ready")
        answer = idlest.ask(ticket, policy, expires, suggest=suggest)
        try:
            return answer.result(max(0.0, expires - time.monotonic()))
        except TimeoutError as error:
            raise Busy("the workers could not answer in time") from error

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()
