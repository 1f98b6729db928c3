"""Wakes a thread that waits."""

from __future__ import annotations

import queue
from contextlib import suppress


class Bell:
    """One thread waits for it; anybody may ring it, a signal handler on that thread too.

    There an Event would wait forever for the lock that its own thread holds while it clears the event or begins to
    wait.
    """

    def __init__(self) -> None:
        self._rung: queue.SimpleQueue[None] = queue.SimpleQueue()

    def ring(self) -> None:
        """Wake the thread that waits, or the next time that it would."""
        self._rung.put(None)

    def hush(self) -> None:
        """Forget what was rung."""
        while self.wait(0.0):
            pass

    def wait(self, seconds: float) -> bool:
        """Wait until it rings, for so many seconds at most; whether it did."""
        with suppress(queue.Empty):
            self._rung.get(timeout=seconds)
            return True
        return False
