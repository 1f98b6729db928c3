"""One owner for a database file: two services over one file would void each other's leases."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from service.settings import SettingsError


class Ownership:
    """Held from `take` until `release` or the death of the process, by SQLite's own file lock."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._held: sqlite3.Connection | None = None

    def take(self) -> None:
        """Become the owner; raises SettingsError where another process is."""
        path = Path(f"{self._database}.owner")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            connection.close()
            raise SettingsError(
                f"DATABASE_URL: another `clarity serve` is working on {self._database}. "
                "Stop it, or give this one a database of its own."
            ) from error
        self._held = connection

    def release(self) -> None:
        """Let another process become the owner."""
        if self._held:
            self._held.close()
            self._held = None
