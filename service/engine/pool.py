"""The worker processes of one machine."""

from __future__ import annotations

import threading
import time

from service.engine.base import Busy
from service.engine.seat import Seat
from service.engine.worker import Duty
from service.policy import Policy
from service.settings import Settings
from service.ticket import Ticket
from service.verdict import Review

FINISH_SECONDS = 10.0


class Pool:
    """So many seats, each filled by a worker process with the same duty."""

    def __init__(self, settings: Settings, duty: Duty, seats: int) -> None:
        self._changed = threading.Condition()
        self._seats = [Seat(settings, duty, self._tell) for _ in range(seats)]

    def start(self) -> None:
        """Spawn the workers."""
        for seat in self._seats:
            seat.start()

    def ask_to_stop(self) -> None:
        """Ask each worker to finish what it has in hand; `join` waits for that."""
        for seat in self._seats:
            seat.stop()

    def join(self) -> None:
        """Wait a few seconds for the workers to end, then end them."""
        until = time.monotonic() + FINISH_SECONDS
        for seat in self._seats:
            seat.join(max(0.0, until - time.monotonic()))

    @property
    def ready(self) -> bool:
        """Whether a worker has loaded its model and its rules."""
        return any(seat.ready for seat in self._seats)

    def wake(self) -> None:
        """Have a free worker look for due tickets at once."""
        for seat in self._seats:
            seat.wake()

    def check(self, ticket: Ticket, policy: Policy, deadline_seconds: float, *, suggest: bool = False) -> Review:
        """Score a ticket in the least busy worker. Raises Busy after the deadline, CheckFailed on a fault."""
        expires = time.monotonic() + deadline_seconds
        with self._changed:
            if not self._changed.wait_for(lambda: self.ready, deadline_seconds):
                raise Busy("no worker is ready yet")
        seat = min((seat for seat in self._seats if seat.ready), key=lambda seat: seat.waiting, default=None)
        if seat is None:
            raise Busy("no worker is ready")
        answer = seat.ask(ticket, policy, expires, suggest=suggest)
        try:
            return answer.result(max(0.0, expires - time.monotonic()))
        except TimeoutError as error:
            raise Busy("the workers could not answer in time") from error

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()
