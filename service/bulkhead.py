"""Bounds how many threads of a web process wait for others, as for a tracker, so that deliveries find one free."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MOST_IN_ALL = 6
"""Fewer than a web process has threads."""

_in_all = threading.BoundedSemaphore(MOST_IN_ALL)


class BulkheadFull(Exception):
    """As many wait already as may."""


class Bulkhead:
    """At most so many threads wait for one thing, and for all such things together at most MOST_IN_ALL."""

    def __init__(self, most: int) -> None:
        self._here = threading.BoundedSemaphore(most)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait for others within. Raises BulkheadFull at once where too many do."""
        with _held(self._here), _held(_in_all):
            yield


@contextmanager
def _held(places: threading.BoundedSemaphore) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise BulkheadFull
    try:
        yield
    finally:
        places.release()
