"""A worker process that is asked to score, and what it was asked."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection

from service.engine.base import Busy, CheckFailed
from service.engine.messages import Check, Checked
from service.engine.seat import Seat
from service.policy import Policy
from service.ticket import Ticket
from service.verdict import Review

MOST_WAITING = 8
HUNG_AFTER = 30.0


class Checker:
    """Hands out checks to the worker in a seat of its own. `changed` is called when that is ready or gone."""

    def __init__(self, run: Callable[[Connection], None], changed: Callable[[], None]) -> None:
        self._changed = changed
        self._numbers = itertools.count()
        self._asked: dict[int, tuple[Future[Review], float]] = {}
        self._gate = threading.Lock()
        self.seat = Seat("worker", run, self._seat_changed, self._answer)

    @property
    def waiting(self) -> int:
        """How many checks are waiting for an answer."""
        return len(self._asked)

    def ask(self, ticket: Ticket, policy: Policy, expires: float, *, suggest: bool = False) -> Future[Review]:
        """Have a ticket scored. Raises Busy where the worker has too much to do or is not there."""
        answer: Future[Review] = Future()
        with self._gate:
            self._end_if_hung()
            number = next(self._numbers)
            asked = Check(number, ticket, policy, expires, suggest)
            if len(self._asked) >= MOST_WAITING or not self.seat.tell(asked):
                raise Busy("all workers are busy")
            self._asked[number] = answer, time.monotonic()
        return answer

    def _end_if_hung(self) -> None:
        oldest = min((asked for _, asked in self._asked.values()), default=math.inf)
        if time.monotonic() - oldest > HUNG_AFTER:
            self.seat.end_hung()

    def _answer(self, message: Checked) -> None:
        with self._gate:
            answer, _ = self._asked.pop(message.number)
        if message.review:
            answer.set_result(message.review)
        else:
            answer.set_exception(CheckFailed("the worker failed while scoring; its log says more"))

    def _seat_changed(self) -> None:
        if not self.seat.ready:
            self._abandon()
        self._changed()

    def _abandon(self) -> None:
        with self._gate:
            abandoned, self._asked = self._asked, {}
        for answer, _ in abandoned.values():
            answer.set_exception(Busy("the worker died while scoring"))
