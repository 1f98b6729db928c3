"""A seat for a worker process, filled again whenever it falls empty."""

from __future__ import annotations

import itertools
import math
import multiprocessing
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import structlog

from service.engine.base import Busy, CheckFailed
from service.engine.messages import Check, Checked, FromWorker, Leaving, Ready, Stop, ToWorker, Wake
from service.engine.worker import Duty, work
from service.policy import Policy
from service.settings import Settings
from service.ticket import Ticket
from service.verdict import Review

MOST_WAITING = 8
HUNG_AFTER = 30.0
HEALTHY_AFTER = 30.0
SLOWEST_RESTART = 30.0

log = structlog.get_logger(__name__)
_spawn = multiprocessing.get_context("spawn")


class Seat:
    """One worker process and what it was asked. `changed` is called when it becomes ready or falls empty."""

    def __init__(self, settings: Settings, duty: Duty, changed: Callable[[], None]) -> None:
        self._settings, self._duty, self._changed = settings, duty, changed
        self._numbers = itertools.count()
        self._asked: dict[int, tuple[Future[Review], float]] = {}
        self._gate = threading.Lock()
        self._stopping = threading.Event()
        self._outbox: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()
        self._process: SpawnProcess | None = None
        self._leaving = False
        self.ready = False
        self._thread = threading.Thread(target=self._keep_filled, name="seat", daemon=True)

    @property
    def waiting(self) -> int:
        """How many checks are waiting for an answer."""
        return len(self._asked)

    def start(self) -> None:
        """Spawn the worker, and another whenever it dies."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the worker that a ticket is due; while it has not heard the last word, that is left out."""
        if self.ready and self._outbox.empty():
            self._outbox.put(Wake())

    def ask(self, ticket: Ticket, policy: Policy, expires: float, *, suggest: bool = False) -> Future[Review]:
        """Have a ticket scored. Raises Busy where the worker has too much to do or is not there."""
        with self._gate:
            self._end_if_hung()
            if not self.ready or len(self._asked) >= MOST_WAITING:
                raise Busy("all workers are busy")
            number = next(self._numbers)
            answer: Future[Review] = Future()
            self._asked[number] = answer, time.monotonic()
            self._outbox.put(Check(number, ticket, policy, expires, suggest))
        return answer

    def _end_if_hung(self) -> None:
        oldest = min((asked for _, asked in self._asked.values()), default=math.inf)
        if time.monotonic() - oldest > HUNG_AFTER and self._process:
            log.error("worker hangs: ending it", worker=self._process.pid)
            self.ready = False
            self._process.kill()

    def stop(self) -> None:
        """Ask the worker to end; `join` waits for it."""
        self._stopping.set()
        self._outbox.put(Stop())

    def join(self, limit: float) -> None:
        """Wait up to `limit` seconds for the worker to end, then end it."""
        self._thread.join(limit)
        for end in ("terminate", "kill"):
            if self._thread.is_alive() and self._process:
                log.warning("worker did not end in time", worker=self._process.pid, now=end)
                getattr(self._process, end)()
                self._thread.join(2.0)

    def _keep_filled(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._fill()
            if self._stopping.is_set():
                return
            failures = 0 if time.monotonic() - began > HEALTHY_AFTER else failures + 1
            if self._leaving and code == 0 and not failures:
                log.info("worker replaced")
                continue
            pause = min(0.1 * 2**failures, SLOWEST_RESTART)
            log.error("worker died", exit_code=code, restart_in=round(pause, 1))
            self._stopping.wait(pause)

    def _fill(self) -> int | None:
        """Run one worker process from its birth to its death; its exit code."""
        ours, theirs = _spawn.Pipe(duplex=True)
        outbox: queue.SimpleQueue[ToWorker | None] = queue.SimpleQueue()
        self._outbox, self._leaving = outbox, False
        if self._stopping.is_set():
            return None
        self._process = process = _spawn.Process(
            target=work, args=(self._settings, theirs, self._duty), daemon=True
        )
        try:
            process.start()
        except OSError as error:
            log.warning("worker cannot be started", error=str(error))
            ours.close()
            return None
        finally:
            theirs.close()
        sender = threading.Thread(target=_send, args=(ours, outbox), name="seat-sender", daemon=True)
        sender.start()
        try:
            while True:
                self._hear(ours.recv())
        except (EOFError, OSError):
            pass
        finally:
            self._empty()
            outbox.put(None)
            process.join()
            sender.join()
            ours.close()
        return process.exitcode

    def _hear(self, message: FromWorker) -> None:
        if isinstance(message, Ready):
            with self._gate:
                self.ready = True
            self._changed()
        elif isinstance(message, Leaving):
            with self._gate:  # what was asked before is answered before it reads the word to stop
                self.ready, self._leaving = False, True
                self._outbox.put(Stop())
        elif isinstance(message, Checked):
            with self._gate:
                answer, _ = self._asked.pop(message.number)
            if message.review:
                answer.set_result(message.review)
            else:
                answer.set_exception(CheckFailed("the worker failed while scoring; its log says more"))

    def _empty(self) -> None:
        with self._gate:
            self.ready = False
            abandoned, self._asked = self._asked, {}
        for answer, _ in abandoned.values():
            answer.set_exception(Busy("the worker died while scoring"))
        self._changed()


def _send(pipe: Connection, outbox: queue.SimpleQueue[ToWorker | None]) -> None:
    # A thread of its own: a full pipe must never hold up who asks.
    while (message := outbox.get()) is not None:
        try:
            pipe.send(message)
        except OSError:
            return
