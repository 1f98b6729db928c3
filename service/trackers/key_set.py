"""A set of public keys at one address (JWKS): kept for a while, and asked for anew when an unknown one signs.

Anybody can make up a key's id, so that only so many questions are asked in a row, and then one every half minute;
and only so many wait for them.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import jwt

from service.bulkhead import Bulkhead, BulkheadFull
from service.trackers.base import Unreachable
from service.trackers.connect import PublicKey
from service.trackers.key_server import TOO_MANY_WAIT, Allowance, fetch

KEPT_SECONDS = 3_600.0
MOST_KEYS = 64
MOST_IN_A_ROW = 5
REFILL_SECONDS = 30.0
MOST_WAITING = 4  # for an answer, or for who waits for one: fewer than a web process has threads


class KeySet:
    """The keys at one address, by id. `get` raises Unreachable where they cannot be asked for."""

    def __init__(
        self,
        url: str,
        ask: Callable[[str], bytes | None] = fetch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._ask, self._clock = url, ask, clock
        self._kept: tuple[float, dict[str, PublicKey]] = (0.0, {})
        self._allowance = Allowance(MOST_IN_A_ROW, REFILL_SECONDS, clock)
        self._gate = threading.Lock()
        self._bulkhead = Bulkhead(MOST_WAITING)

    def get(self, key_id: str) -> PublicKey | None:
        """The key of this id; None for one that is not in the set. One that is known waits for no question."""
        if key := self._fresh(key_id):
            return key
        try:
            with self._bulkhead.entered(), self._gate:
                return self._fresh(key_id) or self._asked(key_id)
        except BulkheadFull:
            raise Unreachable(TOO_MANY_WAIT) from None

    def _fresh(self, key_id: str) -> PublicKey | None:
        until, keys = self._kept
        return keys.get(key_id) if self._clock() < until else None

    def _asked(self, key_id: str) -> PublicKey | None:
        if self._allowance.take():
            self._kept = (self._clock() + KEPT_SECONDS, _read(self._ask(self._url)))
        return self._kept[1].get(key_id)


def _read(body: bytes | None) -> dict[str, PublicKey]:
    """The RSA keys of a set; whatever else is in it is passed over."""
    try:
        told = json.loads(body or b"{}")
        listed = told.get("keys", []) if isinstance(told, dict) else []
    except (ValueError, RecursionError):
        return {}
    found: dict[str, PublicKey] = {}
    for one in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("kty") == "RSA" and isinstance(one.get("kid"), str):
            key = _public(one)
            if key is not None:
                found[one["kid"]] = key
    return found


def _public(told: dict[str, Any]) -> PublicKey | None:
    bare: dict[str, Any] = {name: told[name] for name in ("kty", "n", "e") if name in told}
    try:
        key: PublicKey = jwt.PyJWK.from_dict(bare, "RS256").key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key
