"""A thread that runs named jobs at their time, one after the other."""

from __future__ import annotations

import heapq
import threading
import time

import structlog

from service.housekeeping import JOBS
from service.store import Store

AFTER_A_FAULT = 300.0

log = structlog.get_logger(__name__)


class Schedule:
    """Jobs and their times. A job that fails is tried again; the others are not held up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._times: list[tuple[float, str]] = []
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin with every job due soon."""
        for name in JOBS:
            self.add(name, 1.0)
        self._thread.start()

    def stop(self) -> None:
        """Run nothing more, and return when the job under way is done."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def add(self, name: str, when: float) -> None:
        """Run the job `when` seconds from now; raises KeyError for a name unknown."""
        if name not in JOBS:
            raise KeyError(f"no job {name!r}; choose one of: {', '.join(JOBS)}")
        with self._changed:
            heapq.heappush(self._times, (time.monotonic() + when, name))
            self._changed.notify()

    def _run(self) -> None:
        while (name := self._next()) is not None:
            try:
                again = JOBS[name](self._store)
            except Exception as error:  # noqa: BLE001 (housekeeping must not end the service)
                log.warning("job failed", job=name, error=type(error).__name__)
                again = AFTER_A_FAULT
            self.add(name, again)

    def _next(self) -> str | None:
        with self._changed:
            while not self._stopping:
                wait = self._times[0][0] - time.monotonic() if self._times else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._times)[1]
                self._changed.wait(wait)
        return None
