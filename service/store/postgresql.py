"""PostgreSQL: one database that any number of hosts share."""

from __future__ import annotations

import math
import time

import psycopg
from psycopg.types.string import StrDumper
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

CONNECT_SECONDS = 4  # below the 5 seconds in which a webhook has to be answered
REST_SECONDS = 1.0
# A process that freezes in a transaction must not hold its locks for longer than the others can wait.
_SESSION = "SET lock_timeout = '4s'; SET idle_in_transaction_session_timeout = '10s'; SET TIME ZONE 'UTC'"


class _Storable(StrDumper):
    """Text without NUL, which PostgreSQL cannot store."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in obj else obj)


def open_server(url: URL) -> Engine:
    """An engine on the database in `url`; connects when first used."""
    engine = create_engine(
        driver_url(url),
        pool_size=16,
        max_overflow=16,
        pool_timeout=CONNECT_SECONDS,
        pool_use_lifo=True,
        connect_args=CONNECTING,
    )
    event.listen(engine, "connect", _settle)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _look_after_a_rest)
    return engine


CONNECTING = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "ticket-clarity",
    # A host that vanished is noticed within a minute.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def driver_url(url: URL) -> URL:
    """The URL with the one driver that we use."""
    return url.set(drivername="postgresql+psycopg")


def _settle(connection: psycopg.Connection[object], _: ConnectionPoolEntry) -> None:
    connection.adapters.register_dumper(str, _Storable)
    connection.execute(_SESSION)
    connection.commit()


def _note_use(_: object, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()


def _look_after_a_rest(connection: psycopg.Connection[object], entry: ConnectionPoolEntry, _: object) -> None:
    # To ask each time whether the server is still there would cost a third of a short transaction.
    if time.monotonic() - entry.info.get("used", math.inf) > REST_SECONDS:
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.Error as error:
            raise DisconnectionError from error
