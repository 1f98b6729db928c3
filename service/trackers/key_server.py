"""Public keys that sign what comes in, fetched from one address and kept for a while, a few at a time.

Anybody can make up a key's id, so that only so many that are not there are asked for in a row.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

import requests

from service.bulkhead import Bulkhead, BulkheadFull
from service.trackers.base import Unreachable
from service.trackers.outgoing import SentElsewhere, bind

SECONDS = 5.0
MOST_BYTES = 100_000
KEPT_SECONDS = 3_600.0
MOST_KEPT = 64
TOO_MANY_WAIT = "Too many wait for the key server. Try again in a moment."
MOST_UNKNOWN_IN_A_ROW = 4  # fewer than a web process has threads, as each may wait for its answer
REFILL_SECONDS = 5.0


def fetch(url: str, seconds: float = SECONDS) -> bytes | None:
    """What is at an address; None where the server knows of nothing there.

    Raises Unreachable where it does not answer as it should: asked again later, it may.
    """
    with requests.Session() as session:
        session.trust_env = False
        bind(session, url, seconds)
        try:
            answer = session.get(url, timeout=seconds, allow_redirects=False)
        except (requests.RequestException, SentElsewhere) as error:
            raise Unreachable(f"The key server could not be reached ({type(error).__name__}).") from None
    if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
        raise Unreachable(f"The key server answered {answer.status_code}.")
    good = answer.status_code == 200 and len(answer.content) <= MOST_BYTES
    return answer.content if good else None


class Allowance:
    """So many questions in a row, and then one more each `seconds`. Not for several threads at once."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._left, self._filled = float(most), clock()

    def take(self) -> bool:
        """Whether one more may be asked."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._filled) / self._seconds)
        self._filled = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """The last one does not count."""
        self._left += 1


class KeptKeys:
    """Keys by their ids. `ask` gets one from its server; None for one that it does not know."""

    def __init__(self, ask: Callable[[str], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._clock = ask, clock
        self._allowance = Allowance(MOST_UNKNOWN_IN_A_ROW, REFILL_SECONDS, clock)
        self._kept: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._gate = threading.Lock()
        self._bulkhead = Bulkhead(MOST_UNKNOWN_IN_A_ROW)

    def get(self, key_id: str) -> str | None:
        """The key of this id. Raises Unreachable."""
        with self._gate:
            until, key = self._kept.get(key_id, (0.0, ""))
            if key and self._clock() < until:
                return key
        try:
            with self._bulkhead.entered():
                found = self._asked(key_id)
        except BulkheadFull:
            raise Unreachable(TOO_MANY_WAIT) from None
        if found:
            self._keep(key_id, found)
        return found

    def _asked(self, key_id: str) -> str | None:
        with self._gate:
            if not self._allowance.take():
                raise Unreachable("Too many keys that are not there were asked for. Try again in a moment.")
        return self._ask(key_id)

    def _keep(self, key_id: str, key: str) -> None:
        with self._gate:
            self._allowance.give_back()
            self._kept[key_id] = (self._clock() + KEPT_SECONDS, key)
            self._kept.move_to_end(key_id)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
