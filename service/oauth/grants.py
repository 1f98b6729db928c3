"""What we were granted: tokens that live for an hour or a day, and a refresh token that is spent by each renewal.

Several tenants may stand on one grant, as Atlassian's holds for every site that was consented to.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from requests import PreparedRequest
from requests.auth import AuthBase

from service.oauth.providers import NotGranted, Provider, ProviderDown
from service.settings import Secret
from service.store import Store
from service.store import grants as queries
from service.trackers.base import TrackerError, Unreachable

MARGIN = 120.0
LEASE = 60.0
PATIENCE = 20.0
TAKEN_BACK = "The access was taken back, or has ended. An admin has to connect it again on the page /oauth."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, until when it is good (seconds since the epoch), and what renews it."""

    access: Secret
    refresh: Secret
    until: float

    def sealed(self, store: Store, name: str) -> bytes:
        """For the database."""
        return store.seal(name, json.dumps([self.access, self.refresh, self.until]))

    @classmethod
    def opened(cls, store: Store, name: str, value: bytes) -> Tokens:
        """From the database. Raises SettingsError where no key opens it."""
        access, refresh, until = json.loads(store.unseal(name, value))
        return cls(Secret(access), Secret(refresh), float(until))

    @classmethod
    def told(cls, answer: Mapping[str, Any], now: float) -> Tokens:
        """As a provider tells them."""
        seconds = answer.get("expires_in", 3600)
        lives = float(seconds) if isinstance(seconds, int | float | str) and str(seconds).isdecimal() else 3600.0
        return cls(Secret(answer["access_token"]), Secret(answer["refresh_token"]), now + lives)


def keep(store: Store, tracker: str, tokens: Tokens) -> str:
    """Write a new grant down; its name."""
    name = f"grant:{secrets.token_hex(12)}"
    with store.writing() as connection:
        queries.add_grant(connection, name, tracker, tokens.sealed(store, name))
    return name


def holds(store: Store, name: str) -> bool:
    """Whether a grant is there, and was not taken back as far as we know."""
    with store.reading() as connection:
        return queries.get_grant(connection, name) is not None


class Bearer(AuthBase):
    """Signs requests by a grant, and renews it in time. One for each process and grant; threads may share it."""

    def __init__(self, store: Store, provider: Provider, name: str, now: Callable[[], float] = time.time) -> None:
        self._store, self._provider, self._name, self._now = store, provider, name, now
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the token; raises TrackerError where there is none any more."""
        request.headers["Authorization"] = f"Bearer {self.token()}"
        return request

    def token(self) -> str:
        """A token that is good for some minutes. Raises TrackerError."""
        with self._lock:
            if self._tokens is None or not self._is_good(self._tokens):
                self._tokens = self._current()
            return self._tokens.access

    def _is_good(self, tokens: Tokens) -> bool:
        return tokens.until - MARGIN > self._now()

    def _current(self) -> Tokens:
        """The kept tokens, or new ones: one process renews, the others wait for what it writes down."""
        end = time.monotonic() + PATIENCE
        while True:
            tokens = self._kept()
            if self._is_good(tokens):
                return tokens
            with self._store.writing() as connection:
                mine = queries.lease_grant(connection, self._name, LEASE)
            if mine:
                return self._renewed()
            if time.monotonic() > end:
                raise Unreachable(
                    f"{self._provider.name}'s token is being renewed elsewhere, and that takes long."
                )
            time.sleep(0.2)

    def _kept(self) -> Tokens:
        with self._store.reading() as connection:
            value = queries.get_grant(connection, self._name)
        if value is None:
            raise TrackerError(TAKEN_BACK, permanent=True, pauses="site")
        return Tokens.opened(self._store, self._name, value)

    def _renewed(self) -> Tokens:
        """Under the lease, from what is kept now: another may have renewed it between our look and our lease."""
        tokens = self._kept()
        if not self._is_good(tokens):
            tokens = self._asked(tokens)
        with self._store.writing() as connection:
            queries.put_grant(connection, self._name, tokens.sealed(self._store, self._name))
        return tokens

    def _asked(self, tokens: Tokens) -> Tokens:
        try:
            return Tokens.told(self._provider.renewed(tokens.refresh), self._now())
        except NotGranted as error:
            log.error("access taken back", tracker=self._provider.tracker, error=str(error))
            with self._store.writing() as connection:
                queries.drop_grant(connection, self._name)
            raise TrackerError(TAKEN_BACK, permanent=True, pauses="site") from None
        except ProviderDown as error:
            with self._store.writing() as connection:
                queries.release_grant(connection, self._name)
            raise Unreachable(str(error)) from None
