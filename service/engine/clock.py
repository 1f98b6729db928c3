"""The timekeeper, as the process sees it that starts it."""

from __future__ import annotations

from functools import partial

from service.engine.seat import Seat
from service.engine.timekeeper import keep_time
from service.housekeeping import JOBS
from service.settings import Settings
from service.store import Store
from service.store.chores import hasten_chore


class Clock:
    """A process that does what is due by the clock, kept running from `start` on."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store = store
        self._seat = Seat("timekeeper", partial(keep_time, settings))

    def start(self) -> None:
        """Spawn the process, and another whenever it dies."""
        self._seat.start()

    def ask_to_stop(self) -> None:
        """Ask it to end once the job under way is done; `join` waits for that."""
        self._seat.stop()

    def join(self) -> None:
        """Wait until a few seconds have passed since it was asked, then end it."""
        self._seat.join()

    def add(self, name: str, when: float) -> None:
        """Run the job `when` seconds from now, here or on another host; raises KeyError for a name unknown."""
        if name not in JOBS:
            raise KeyError(f"no job {name!r}; choose one of: {', '.join(JOBS)}")
        with self._store.writing() as connection:
            hasten_chore(connection, name, when)
        self._seat.wake()
