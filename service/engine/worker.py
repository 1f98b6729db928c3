"""A worker process: reconciles due tickets, and scores what the web process asks for.

The model is loaded once. One thread reconciles, another listens to the web process, so that a tracker that
answers slowly holds up no check; a lock lets one of them score at a time.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from multiprocessing.connection import Connection
from types import FrameType

import structlog

from service.counting import Counting
from service.engine import child, memory
from service.engine.bell import Bell
from service.engine.messages import Check, Checked, Leaving, Ready, Stop
from service.reconcile import Reconciler
from service.settings import Settings
from service.store import Store, StoreUnavailable
from service.trackers.registry import opener
from service.verdict import Review

IDLE_SECONDS = 1.0
TOGETHER = 8
"""Tickets taken in one claim at most: parsing gains little by more, and each waits for those before it."""
LEASES_BEFORE_HUNG = 5

log = structlog.get_logger(__name__)


class Duty(StrEnum):
    """What a worker process does besides scoring on request: nothing, look for due tickets, or take jobs."""

    SCORE = "score"
    POLL = "poll"
    JOBS = "jobs"


def work(settings: Settings, pipe: Connection, duty: Duty = Duty.POLL) -> None:
    """Run until told to stop, or until the process that started us is gone."""
    child.settle(settings)
    from service.document.language import ModelError  # noqa: PLC0415 (the web process never loads spaCy)

    try:
        Worker(settings, pipe).run(duty)
    except ModelError as error:
        log.critical("worker cannot start", error=str(error))
        sys.exit(1)


class Worker:
    """One worker: its loop over due tickets and its ear on the pipe."""

    def __init__(self, settings: Settings, pipe: Connection) -> None:
        self._settings, self._pipe = settings, pipe
        self._due = Bell()
        self._stopping = self._leaving = False
        from service.engine.scoring import Scorer  # noqa: PLC0415 (the web process never loads spaCy)

        self._scorer = Scorer(settings)

    def run(self, duty: Duty) -> None:
        """Do our duty until told to stop."""
        store = Store.of(self._settings)
        reconciler = Reconciler(store, self._settings, self._scorer, opener(self._settings, store))
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        signal.signal(signal.SIGTERM, self._on_signal)
        child.say(self._pipe, Ready())

        def attempt() -> bool:
            worked = duty is not Duty.SCORE and self._work(reconciler)
            self._leave_if_swollen()
            return worked

        with Counting(store):
            if duty is Duty.JOBS:
                from service.engine.jobworker import JobWorker  # noqa: PLC0415 (not needed with SQLite)

                JobWorker(self._settings, store, attempt).run(lambda: self._stopping)
            else:
                self._poll(attempt)
        store.close()

    def _poll(self, attempt: Callable[[], bool]) -> None:
        while not self._stopping:
            self._due.hush()
            if not attempt():
                self._due.wait(IDLE_SECONDS)

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        # A service manager may signal every process: what is in hand is finished all the same.
        self._stopping = True
        self._due.ring()

    def _work(self, reconciler: Reconciler) -> bool:
        # Who hangs in one ticket is ended, and started again by the seat; the ticket waits longer each time.
        faulthandler.dump_traceback_later(LEASES_BEFORE_HUNG * self._settings.lease_seconds, exit=True)
        try:
            return reconciler.run(TOGETHER, lambda: self._stopping)
        except StoreUnavailable as error:
            log.warning("database not available", error=str(error))
            return False
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _leave_if_swollen(self) -> None:
        """Ask to be replaced once: what is asked meanwhile is still answered, and nothing is dropped."""
        if not self._leaving and (held := memory.megabytes()) > self._settings.worker_megabytes:
            self._leaving = True
            log.info("worker leaves to give back memory", megabytes=round(held))
            child.say(self._pipe, Leaving())

    def _listen(self) -> None:
        while True:
            message = child.hear(self._pipe)
            if isinstance(message, Check):
                child.say(self._pipe, Checked(message.number, self._check(message)))
            else:
                self._stopping = self._stopping or isinstance(message, Stop)
                self._due.ring()

    def _check(self, asked: Check) -> Review | None:
        if time.monotonic() > asked.expires:
            return None
        try:
            review = self._scorer.review(asked.ticket, asked.policy)
            return self._scorer.suggest(asked.ticket, asked.policy, review) if asked.suggest else review
        except Exception:
            log.exception("check failed")
            return None
