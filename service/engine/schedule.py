"""Does what is due by the clock. Several hosts may do so: the database gives each chore to one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from service.engine.bell import Bell
from service.housekeeping import JOBS
from service.settings import Settings
from service.store import Store, StoreUnavailable
from service.store.chores import (
    free_chores,
    hold_chore,
    know_chores,
    mend_times,
    next_chore,
    put_chore_back,
    take_chore,
)

AFTER_A_FAULT = 300.0
LONGEST_JOB = 7_200.0
LONGEST_PAUSE = 5.0

log = structlog.get_logger(__name__)


class Schedule:
    """Runs the jobs of service.housekeeping at their time, and `sweep` every few seconds.

    A job that fails or ends its process is tried again; the others are not held up. One that takes long holds up
    the others, but no `sweep`. What was due while nobody ran is done at once.
    """

    def __init__(self, store: Store, settings: Settings, sweep: Callable[[], None] | None = None) -> None:
        self._store, self._settings, self._sweep = store, settings, sweep
        self._woken = Bell()
        self._prepared = self._stopping = False

    def run(self) -> None:
        """Do what is due until told to stop. A job never done before is due at once."""
        while not self._stopping:
            try:
                wait = self._round()
            except StoreUnavailable as error:
                log.warning("database not available", error=str(error))
                wait = LONGEST_PAUSE
            except Exception as error:  # noqa: BLE001 (housekeeping must not end the service)
                log.error("schedule failed", error=type(error).__name__)
                wait = LONGEST_PAUSE
            self._woken.wait(min(max(wait, 0.0), LONGEST_PAUSE))

    def wake(self) -> None:
        """Look now for what is due; from any thread or signal handler."""
        self._woken.ring()

    def stop(self) -> None:
        """Run nothing more once the job under way is done; from any thread or signal handler."""
        self._stopping = True
        self.wake()

    def _round(self) -> float:
        """Do what is due; seconds until there is more."""
        if not self._prepared:
            self._prepare()
        self._keep_order()
        if not self._stopping and (name := self._take()):
            self._do(name)
            return 0.0
        with self._store.reading() as connection:
            return next_chore(connection, JOBS)

    def _keep_order(self) -> None:
        """What is done every few seconds, whatever job is under way."""
        with self._store.writing() as connection:
            jumped = mend_times(connection)
        if jumped:
            log.warning("the clock jumped: tickets wait for as long as they were meant to", tickets=jumped)
        if self._sweep:
            self._sweep()

    def _prepare(self) -> None:
        with self._store.writing() as connection:
            know_chores(connection, JOBS)
            # Where other hosts work too, a job may be theirs: what a dead one held is free after a while.
            cut_off = [] if self._store.distributed else free_chores(connection, AFTER_A_FAULT)
        self._prepared = True
        for name in cut_off:
            log.warning("job was cut off", job=name)

    def _take(self) -> str | None:
        with self._store.writing() as connection:
            return take_chore(connection, JOBS)

    def _do(self, name: str) -> None:
        """Do a job. Meanwhile no other host takes it unless it hangs, and what cannot wait for its end goes on."""
        wait, until = [AFTER_A_FAULT], time.monotonic() + LONGEST_JOB
        job = threading.Thread(target=self._run_job, args=(name, wait), name="job", daemon=True)
        job.start()
        while not self._is_over(job):
            self._go_on_beside(name, hangs=time.monotonic() > until)
        with self._store.writing() as connection:
            put_chore_back(connection, name, wait[-1])

    def _is_over(self, job: threading.Thread) -> bool:
        job.join(LONGEST_PAUSE)
        return not job.is_alive()

    def _go_on_beside(self, name: str, *, hangs: bool) -> None:
        try:
            if not hangs:
                with self._store.writing() as connection:
                    hold_chore(connection, name)
            self._keep_order()
        except StoreUnavailable as error:
            log.warning("database not available", error=str(error))
        except Exception as error:  # noqa: BLE001 (the job goes on)
            log.error("schedule failed", error=type(error).__name__)

    def _run_job(self, name: str, wait: list[float]) -> None:
        """Do a job, and add to `wait` in how many seconds it is due again."""
        try:
            wait.append(JOBS[name](self._store, self._settings))
        except Exception as error:  # noqa: BLE001 (one job's fault must not be the others')
            log.warning("job failed", job=name, error=type(error).__name__)
