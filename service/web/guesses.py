"""Counts wrong tokens, so that guessing one takes for ever, whichever process is asked."""

from __future__ import annotations

import structlog

from service.store import Store, StoreUnavailable
from service.store.guessing import guesses_of, note_guess

MOST = 10
SECONDS = 60.0

log = structlog.get_logger(__name__)


class Guesses:
    """Wrong tokens by sender: so many in so many seconds are the most that is looked at, by all processes.

    While the database cannot be asked, nobody may guess: nothing else works then either.
    """

    def __init__(self, store: Store, most: int = MOST, seconds: float = SECONDS) -> None:
        self._store, self._most, self._seconds = store, most, seconds

    def allowed(self, sender: str) -> bool:
        """Whether another guess is looked at."""
        try:
            name = self._name(sender)
            with self._store.reading() as connection:
                return guesses_of(connection, name, self._seconds) < self._most
        except StoreUnavailable:
            return False

    def failed(self, sender: str) -> None:
        """Remember a wrong guess."""
        try:
            name = self._name(sender)
            with self._store.writing() as connection:
                note_guess(connection, name, self._seconds)
        except StoreUnavailable as error:
            log.warning("database not available", error=str(error))

    def _name(self, sender: str) -> str:
        return self._store.person("sender", sender)
