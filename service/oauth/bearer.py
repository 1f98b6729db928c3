"""Signs requests by a grant: one process renews its token, the others wait for what that one writes down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import structlog
from requests import PreparedRequest, Response
from requests.auth import AuthBase

from service.oauth.grants import Tokens
from service.oauth.providers import AppRefused, NotGranted, Provider, ProviderDown
from service.store import Store
from service.store import grants as queries
from service.trackers.base import TrackerError, Unreachable

MARGIN = 120.0
LEASE = 60.0
PATIENCE = 20.0
TAKEN_BACK = "The access was taken back, or has ended. An admin has to connect it again on the page /oauth."
REFUSED = (
    "{} refused our token (401). It is renewed before the next try. If this stays, a permission is missing: "
    "connect it again on the page /oauth."
)

log = structlog.get_logger(__name__)


class Bearer(AuthBase):
    """Signs requests by a grant, and renews it in time. One for each process and grant; threads may share it."""

    def __init__(self, store: Store, provider: Provider, name: str, now: Callable[[], float] = time.time) -> None:
        self._store, self._provider, self._name, self._now = store, provider, name, now
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the token; raises TrackerError where there is none any more, or it is refused."""
        token = self.token()
        request.headers["Authorization"] = f"Bearer {token}"
        request.hooks["response"].append(lambda answer, **_: self._heard(answer, token))
        return request

    def _heard(self, answer: Response, token: str) -> None:
        """A token refused before its time has ended: whether access was taken back shows at the renewal."""
        if answer.status_code != 401:
            return
        with self._lock:
            self._tokens = None
        value = self._value()
        kept = Tokens.opened(self._store, self._name, value)
        if kept.access == token:
            ended = replace(kept, until=0.0).sealed(self._store, self._name)
            with self._store.writing() as connection:
                queries.put_grant(connection, self._name, ended, over=value)
        raise TrackerError(REFUSED.format(self._provider.name), pauses="site")

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

    def _value(self) -> bytes:
        with self._store.reading() as connection:
            value = queries.get_grant(connection, self._name)
        if value is None:
            raise TrackerError(TAKEN_BACK, permanent=True, pauses="site")
        return value

    def _kept(self) -> Tokens:
        return Tokens.opened(self._store, self._name, self._value())

    def _renewed(self) -> Tokens:
        """Under the lease, from what is kept now: another may have renewed it between our look and our lease.

        Should the lease end before we are done, what another process wrote meanwhile stands.
        """
        value = self._value()
        tokens = Tokens.opened(self._store, self._name, value)
        if self._is_good(tokens):
            self._release()
            return tokens
        tokens = self._asked(tokens, value)
        with self._store.writing() as connection:
            written = queries.put_grant(connection, self._name, tokens.sealed(self._store, self._name), over=value)
        return tokens if written else self._current()

    def _asked(self, tokens: Tokens, value: bytes) -> Tokens:
        try:
            return Tokens.told(self._provider.renewed(tokens.refresh), self._now(), tokens.scope)
        except AppRefused as error:
            self._release()
            raise TrackerError(str(error), permanent=True, pauses="site") from None
        except NotGranted as error:
            return self._taken_back(value, error)
        except ProviderDown as error:
            self._release()
            raise Unreachable(str(error)) from None

    def _taken_back(self, value: bytes, error: NotGranted) -> Tokens:
        """The tokens are deleted, unless it was another process's renewal that had spent them."""
        with self._store.writing() as connection:
            dropped = queries.drop_grant(connection, self._name, only=value)
        if not dropped:
            return self._current()
        log.error("access taken back", tracker=self._provider.tracker, error=str(error))
        raise TrackerError(TAKEN_BACK, permanent=True, pauses="site")

    def _release(self) -> None:
        with self._store.writing() as connection:
            queries.release_grant(connection, self._name)
