"""A thread that does what is due by the clock. Several hosts may run it: the database gives each chore to one."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from service.housekeeping import JOBS
from service.settings import Settings
from service.store import Store, StoreUnavailable
from service.store.chores import hasten_chore, know_chores, mend_times, next_chore, put_chore_back, take_chore

AFTER_A_FAULT = 300.0
LONGEST_PAUSE = 5.0

log = structlog.get_logger(__name__)


class Schedule:
    """Runs the jobs of service.housekeeping at their time, and `sweep` every few seconds.

    A job that fails is tried again; the others are not held up. What was due while nobody ran is done at once.
    """

    def __init__(self, store: Store, settings: Settings, sweep: Callable[[], None] | None = None) -> None:
        self._store, self._settings, self._sweep = store, settings, sweep
        self._changed = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin. A job never done before is due at once."""
        with self._store.writing() as connection:
            know_chores(connection, JOBS)
        self._thread.start()

    def stop(self) -> None:
        """Run nothing more, and return when the job under way is done."""
        self._stopping = True
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join()

    def add(self, name: str, when: float) -> None:
        """Run the job `when` seconds from now; raises KeyError for a name unknown."""
        if name not in JOBS:
            raise KeyError(f"no job {name!r}; choose one of: {', '.join(JOBS)}")
        with self._store.writing() as connection:
            hasten_chore(connection, name, when)
        self._changed.set()

    def _run(self) -> None:
        while not self._stopping:
            self._changed.clear()
            try:
                wait = self._round()
            except StoreUnavailable as error:
                log.warning("database not available", error=str(error))
                wait = LONGEST_PAUSE
            except Exception as error:  # noqa: BLE001 (housekeeping must not end the service)
                log.error("schedule failed", error=type(error).__name__)
                wait = LONGEST_PAUSE
            self._changed.wait(min(max(wait, 0.0), LONGEST_PAUSE))

    def _round(self) -> float:
        """Do what is due; seconds until there is more."""
        with self._store.writing() as connection:
            jumped = mend_times(connection)
        if jumped:
            log.warning("the clock jumped: tickets wait for as long as they were meant to", tickets=jumped)
        if self._sweep:
            self._sweep()
        while not self._stopping and (name := self._take()):
            self._do(name)
        with self._store.reading() as connection:
            return next_chore(connection, JOBS)

    def _take(self) -> str | None:
        with self._store.writing() as connection:
            return take_chore(connection, JOBS)

    def _do(self, name: str) -> None:
        try:
            again = JOBS[name](self._store, self._settings)
        except Exception as error:  # noqa: BLE001 (one job's fault must not be the others')
            log.warning("job failed", job=name, error=type(error).__name__)
            again = AFTER_A_FAULT
        with self._store.writing() as connection:
            put_chore_back(connection, name, again)
