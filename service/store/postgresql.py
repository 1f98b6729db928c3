"""PostgreSQL: one database that any number of hosts share."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.types.string import StrDumper
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from service.settings import SettingsError
from service.store.dialect import storable

CONNECT_SECONDS = 4  # below the 5 seconds in which a webhook has to be answered
REST_SECONDS = 1.0
# A process that freezes in a transaction must not hold its locks for longer than the others can wait.
_SESSION = "SET lock_timeout = '4s'; SET idle_in_transaction_session_timeout = '10s'; SET TIME ZONE 'UTC'"


class _Storable(StrDumper):
    """Text without NUL, which PostgreSQL cannot store."""

    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        return super().dump(storable(obj))


def open_server(url: URL) -> Engine:
    """An engine on the database in `url`; connects when first used.

    What connects raises SettingsError where the database keeps text in another encoding than UTF-8.
    """
    engine = create_engine(
        driver_url(url),
        pool_size=16,
        max_overflow=16,
        pool_timeout=CONNECT_SECONDS,
        pool_use_lifo=True,
        connect_args=CONNECTING,
    )
    event.listen(engine, "connect", _settle, insert=True)  # before SQLAlchemy asks the server what it is
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
    # That asks only while nothing is under way: a statement would be sent again for a quarter of an hour.
    "tcp_user_timeout": 20_000,
}


def as_told(url: URL) -> dict[str, Any]:
    """What the driver is told to connect to the database in `url`, as by the engine: several hosts, too."""
    named = driver_url(url)
    _, told = named.get_dialect()().create_connect_args(named)
    return {**told, **CONNECTING}


def driver_url(url: URL) -> URL:
    """The URL with the one driver that we use."""
    return url.set(drivername="postgresql+psycopg")


def _settle(connection: psycopg.Connection[object], _: ConnectionPoolEntry) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise SettingsError(
            f"DATABASE_URL: the database {connection.info.dbname} keeps text as {encoding}, which cannot hold "
            "what people write. Make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name that."
        )
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


class Shared:
    """A connection on which others run statements too."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._cursor = psycopg.RawCursor(connection)

    def ask(self, _: bytes, text: str, values: Sequence[str | float]) -> list[tuple[Any, ...]]:
        """What a statement returns. Raises psycopg.Error."""
        self._cursor.execute(text.encode(), values)
        return self._cursor.fetchall() if self._cursor.description else []


class Kept:
    """A connection of one user, whose few statements are prepared once, by name, and sent through libpq itself.

    The driver's cursor takes longer to send one than PostgreSQL to write a row.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._base = connection.pgconn
        self._encoding = connection.info.encoding
        self._prepared: set[bytes] = set()

    def ask(self, name: bytes, text: str, values: Sequence[str | float]) -> list[tuple[str, ...]]:
        """What a statement returns, as text: none of it may be null. Raises psycopg.Error."""
        if name not in self._prepared:
            self._done(self._base.prepare(name, text.encode(self._encoding)))
            self._prepared.add(name)
        sent = [
            storable(one).encode(self._encoding) if isinstance(one, str) else repr(one).encode() for one in values
        ]
        result = self._done(self._base.exec_prepared(name, sent))
        columns = range(result.nfields)
        return [tuple(self._read(result, row, column) for column in columns) for row in range(result.ntuples)]

    def _read(self, result: pq.abc.PGresult, row: int, column: int) -> str:
        return (result.get_value(row, column) or b"").decode(self._encoding)

    def _done(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return result
        state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
        try:
            kind = psycopg.errors.lookup(state)
        except KeyError:  # none where the connection broke, or one that the driver does not know
            kind = psycopg.OperationalError
        raise kind(result.error_message.decode(self._encoding, "replace").strip())
