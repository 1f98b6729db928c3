"""SQLite as one durable file that several processes share."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MILLISECONDS = 4_000  # below the 5 seconds in which a webhook has to be answered
SHORTEST_WAIT, LONGEST_WAIT = 0.0002, 0.001
PAGES_BEFORE_WE_EMPTY = 8_000


def open_file(url: URL) -> Engine:
    """An engine on the file in `url`, created readable by its owner alone. Raises OSError."""
    path = Path(url.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"), pool_size=16, max_overflow=16, pool_timeout=10, pool_use_lifo=True
    )
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver must not open transactions of its own: it would begin them late, deferred, and never around DDL.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    _write_ahead(connection)
    flush_each_commit(connection)
    connection.execute("PRAGMA secure_delete=ON")  # what was deleted is overwritten, not only unlinked
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: sqlite3.Connection) -> None:
    # SQLite does not wait here: several starts over a new file collide at once, whatever the timeout says.
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def empty_log(engine: Engine) -> None:
    """Bring the write-ahead log into the file and cut it off, as it still holds what has been deleted since."""
    connection = engine.raw_connection()
    with contextlib.closing(connection), contextlib.suppress(sqlite3.OperationalError):  # busy: the next one will
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _begin(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (a connection in use has one)
    if connection.get_execution_options().get("reading", False):
        driver.execute("BEGIN")
        return
    _settle_durability(connection, driver)
    leave_waiting_to_us(driver)
    try:
        begin_to_write(driver)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _settle_durability(connection: Connection, driver: sqlite3.Connection) -> None:
    # Whoever has the one write lock holds it through the flush, and all others wait for both.
    durable = connection.get_execution_options().get("durable", True)
    if connection.info.get("durable", True) != durable:
        flush_each_commit(driver) if durable else leave_flushing_to_others(driver)
        connection.info["durable"] = durable


def flush_each_commit(driver: sqlite3.Connection) -> None:
    """Let a commit on this connection return when the disk has it."""
    driver.execute("PRAGMA synchronous=FULL")


def leave_flushing_to_others(driver: sqlite3.Connection) -> None:
    """Let a commit return when the operating system has it: the next that is flushed takes it along."""
    driver.execute("PRAGMA synchronous=NORMAL")


def leave_waiting_to_us(driver: sqlite3.Connection) -> None:
    """Let nothing on this connection wait by itself: what `begin_to_write` asks for.

    SQLite's own wait tries again after 1, 2, 5, 10 … ms, while most writers are done within half of one.
    """
    driver.execute("PRAGMA busy_timeout=0")


def leave_emptying_to_others(driver: sqlite3.Connection) -> None:
    """Let no delivery wait while the write-ahead log is brought into the file, unless nobody else does it.

    By itself every connection does that after its commit once the log has a thousand pages, and as most of what is
    written is written for tickets, they are there to do it.
    """
    driver.execute(f"PRAGMA wal_autocheckpoint={PAGES_BEFORE_WE_EMPTY}")


def begin_to_write(driver: sqlite3.Connection) -> None:
    """Begin a transaction that writes, as soon as nobody else does. Raises sqlite3.OperationalError.

    A deferred transaction that reads first cannot wait for that later: it fails at once.
    """
    until, pause = 0.0, SHORTEST_WAIT
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            until = until or time.monotonic() + BUSY_MILLISECONDS / 1000
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 1.5, LONGEST_WAIT)
        else:
            return
