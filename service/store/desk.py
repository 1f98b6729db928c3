"""Where deliveries are written: on connections that are kept, as to borrow one takes as long as to write on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from service.store import sqlite

REST_SECONDS = 1.0


class Desk:
    """The kept connections of one database: one for each thread that writes at the same time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: list[tuple[Connection, float]] = []

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Committed at the end, or rolled back on an error; on PostgreSQL each statement is one by itself.

        Only for statements that are given to the driver itself. Raises the driver's own errors.
        """
        connection = self._take()
        try:
            if connection.dialect.name == "sqlite":
                with sqlite.pen(connection):
                    yield connection
            else:
                yield connection
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._kept.append((connection, time.monotonic()))

    def close(self) -> None:
        """Give back what is kept."""
        while self._kept:
            self._kept.pop()[0].close()

    def _take(self) -> Connection:
        while self._kept:
            connection, used = self._kept.pop()
            if time.monotonic() - used < REST_SECONDS or _lives(connection):
                return connection
            connection.invalidate()
            connection.close()
        connection = self._engine.connect()
        if connection.dialect.name == "sqlite":
            return connection
        return connection.execution_options(isolation_level="AUTOCOMMIT")


def _lives(connection: Connection) -> bool:
    """Whether the server still answers on it, as it may have gone while nobody wrote."""
    driver = connection.connection.dbapi_connection
    try:
        return driver is not None and connection.dialect.do_ping(driver)
    except connection.dialect.loaded_dbapi.Error:
        return False
