"""Where deliveries are written: on connections that are kept, as to borrow one takes as long as to write on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from service.store import sqlite
from service.store.prepared import Hand

REST_SECONDS = 1.0


class Desk:
    """The kept connections of one database: one for each thread that writes at the same time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: list[tuple[Connection, Hand, float]] = []

    @contextmanager
    def transaction(self) -> Iterator[Hand]:
        """Committed at the end, or rolled back on an error; on PostgreSQL each statement is one by itself.

        Raises the driver's own errors.
        """
        connection, hand = self._take()
        try:
            if hand.distributed:
                yield hand
            else:
                sqlite.begin_to_write(hand.driver)
                yield hand
                hand.driver.commit()
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._kept.append((connection, hand, time.monotonic()))

    def close(self) -> None:
        """Give back what is kept."""
        while self._kept:
            self._kept.pop()[0].close()

    def _take(self) -> tuple[Connection, Hand]:
        while self._kept:
            connection, hand, used = self._kept.pop()
            if time.monotonic() - used < REST_SECONDS or _lives(connection):
                return connection, hand
            connection.invalidate()
            connection.close()
        connection = self._engine.connect()
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        hand = Hand(connection, kept=True)
        if not hand.distributed:
            sqlite.flush_each_commit(hand.driver)
            sqlite.leave_waiting_to_us(hand.driver)
            sqlite.leave_emptying_to_others(hand.driver)
        return connection, hand


def _lives(connection: Connection) -> bool:
    """Whether the server still answers on it, as it may have gone while nobody wrote."""
    driver = connection.connection.dbapi_connection
    try:
        return driver is not None and connection.dialect.do_ping(driver)
    except connection.dialect.loaded_dbapi.Error:
        return False
