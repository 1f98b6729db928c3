"""Counts wrong tokens, so that guessing one takes for ever."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict


class Guesses:
    """Wrong tokens by sender: ten a minute are the most that is looked at. Each process counts for itself."""

    def __init__(self, most: int = 10, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._gate = threading.Lock()

    def allowed(self, sender: str) -> bool:
        """Whether another guess is looked at."""
        now = time.monotonic()
        with self._gate:
            recent = [at for at in self._failures.get(sender, ()) if now - at < self._seconds]
            return len(recent) < self._most

    def failed(self, sender: str) -> None:
        """Remember a wrong guess."""
        now = time.monotonic()
        with self._gate:
            recent = [at for at in self._failures.pop(sender, ()) if now - at < self._seconds]
            self._failures[sender] = [*recent, now][-self._most :]
            while len(self._failures) > 1_000:
                self._failures.popitem(last=False)
