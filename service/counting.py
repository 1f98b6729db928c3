"""Adds what this process counts to the database, every few seconds and once more at its end."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import structlog

from service.metrics import TALLY, Tally
from service.store import Store, StoreUnavailable
from service.store.counters import add_counts

SECONDS = 3.0
STOP_SECONDS = 4.0

log = structlog.get_logger(__name__)


class Counting:
    """A thread that keeps the counts, from entering the context to leaving it."""

    def __init__(self, store: Store, tally: Tally = TALLY, seconds: float = SECONDS) -> None:
        self._store, self._tally, self._seconds = store, tally, seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="counting", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join(STOP_SECONDS)  # no stop waits for a database that hangs

    def _run(self) -> None:
        while not self._stopping.wait(self._seconds):
            flush(self._store, self._tally)
        flush(self._store, self._tally)


def flush(store: Store, tally: Tally = TALLY) -> None:
    """Add what has gathered to the database; where that fails, it is kept for the next time."""
    counts = tally.take()
    if not counts:
        return
    try:
        with store.writing(durable=False) as connection:
            add_counts(connection, counts)
    except StoreUnavailable:
        tally.give_back(counts)
    except Exception as error:  # noqa: BLE001 (counting must end nothing)
        log.error("counts were lost", error=type(error).__name__)
