"""SQLite as one durable file that several processes share."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 4_000  # below the 5 seconds in which a webhook has to be answered


def open_file(url: URL) -> Engine:
    """An engine on the file in `url`, created readable by its owner alone. Raises OSError."""
    path = Path(url.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), pool_size=16, max_overflow=16, pool_timeout=10)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver must not open transactions of its own: it would begin them late, deferred, and never around DDL.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A deferred transaction that reads first cannot wait for the write lock later: it fails at once.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
