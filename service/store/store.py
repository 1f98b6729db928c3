"""Store: transactions on one database."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.settings import NO_SECRET, Secret, Settings, SettingsError
from service.store import dialect, jobs_schema, migrate, pepper, sqlite
from service.store.desk import Desk
from service.store.prepared import Hand
from service.store.vault import Vault

_OUR_FAULT = (DataError, IntegrityError, ProgrammingError)
_VALID = (
    "Valid is an SQLite file, sqlite:////path/to/clarity.db with four slashes before an absolute path, "
    "or PostgreSQL, postgresql://user:password@host/database."
)
# How a reading transaction is begun: where writers do not wait for readers, it has to be told to see one state.
_READING: dict[str, dict[str, object]] = {
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


WRITERS = 4


class StoreUnavailable(Exception):
    """The database cannot be read or written now. Nothing was committed; try again later."""


class Store:
    """One database. Cheap to make: it connects when first used, and may be shared between threads.

    `url` is an SQLAlchemy URL; `secret_key` opens what the database keeps encrypted, and so does `former_key`
    until all of it is encrypted anew.
    Raises SettingsError where the URL cannot be used.
    """

    def __init__(self, url: str, secret_key: Secret = NO_SECRET, former_key: Secret = NO_SECRET) -> None:
        self.url: URL = _checked(url)
        self._vault = Vault([secret_key, former_key])

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The database that settings name, with their keys."""
        return cls(settings.database_url, settings.secret_key, settings.former_secret_key)

    @cached_property
    def distributed(self) -> bool:
        """Whether several hosts may share this database."""
        return self.url.get_backend_name() == "postgresql"

    @property
    def writers(self) -> int:
        """How many transactions may be written at once: among several, one that waits delays no other."""
        return WRITERS if self.distributed else 1

    @cached_property
    def _engine(self) -> Engine:
        if self.distributed:
            from service.store import postgresql  # noqa: PLC0415 (the driver is not needed with SQLite)

            return postgresql.open_server(self.url)
        try:
            return sqlite.open_file(self.url)
        except OSError as error:
            raise SettingsError(
                f"DATABASE_URL: {self.url.database} cannot be opened: {error.strerror}. "
                "Name a file in a folder that this user may write."
            ) from error

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and writes nothing. Raises StoreUnavailable."""
        with self._faults(), self._engine.connect() as connection:
            told = connection.execution_options(**_READING[connection.dialect.name])
            with told.begin():
                yield told

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back on an error. Raises StoreUnavailable.

        Not `durable`: no flush of the disk is waited for. The death of our process undoes nothing, but a power
        failure, or the crash of a PostgreSQL, may undo the last of these transactions, each as a whole and in
        order. So for what would be done again, and may be done twice. A durable one makes all before it durable.
        """
        with self._faults(), self._engine.connect() as connection:
            told = connection if durable else connection.execution_options(durable=False)
            with told.begin():
                if self.distributed and not durable:
                    told.exec_driver_sql("SET LOCAL synchronous_commit TO off")
                yield told

    @contextmanager
    def accepting(self) -> Iterator[Hand]:
        """Like `writing`, for Prepared statements; on PostgreSQL each of them is its own transaction."""
        try:
            with self._desk.transaction() as hand:
                yield hand
        except Exception as error:
            if fault := self._fault(error):
                raise fault from error
            raise

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if fault := self._fault(error):
                raise fault from error
            raise

    def _fault(self, error: Exception) -> StoreUnavailable | None:
        """What an error means that is not our fault, of SQLAlchemy or of the driver itself."""
        if isinstance(error, _OUR_FAULT):
            return None
        if isinstance(error, DatabaseError | InterfaceError | PoolTimeout):
            reason = str(error.orig) if isinstance(error, DatabaseError | InterfaceError) else "no free connection"
            return StoreUnavailable(f"the database is not available: {reason}")
        driver = self._engine.dialect.loaded_dbapi
        ours = (driver.DataError, driver.IntegrityError, driver.ProgrammingError)
        if not isinstance(error, driver.Error) or isinstance(error, ours):
            return None
        return StoreUnavailable(f"the database is not available: {error}")

    def migrate(self) -> None:
        """Bring the schema to this version; several processes may try at once.

        Raises SettingsError where the database belongs to a newer version.
        """
        if not self.is_current():
            with self.writing() as connection:
                dialect.wait_for_turn(connection)
                migrate.upgrade(connection)
                if self.distributed and not jobs_schema.is_current(connection):
                    jobs_schema.upgrade(connection)

    def is_current(self) -> bool:
        """Whether the schema is of this version. Raises StoreUnavailable."""
        with self.reading() as connection:
            return migrate.is_current(connection) and (not self.distributed or jobs_schema.is_current(connection))

    def is_ready(self) -> bool:
        """Whether there is a database, of this version; an SQLite file that is not there is not made.

        Raises StoreUnavailable.
        """
        return (self.distributed or Path(self.url.database or "").exists()) and self.is_current()

    def unlock(self) -> None:
        """Prove that the secret key opens this database. Raises SettingsError that says what to do."""
        _ = self._pepper

    @cached_property
    def _pepper(self) -> bytes:
        while (found := self._find_pepper()) is None:
            with self.writing() as connection:
                pepper.make(connection, self._vault)
        return found

    def _find_pepper(self) -> bytes | None:
        with self.reading() as connection:
            return pepper.find(connection, self._vault)

    def seal(self, name: str, plain: str) -> bytes:
        """Encrypt a secret of this name for the database. Raises SettingsError."""
        return self._vault.seal(name, plain.encode())

    def unseal(self, name: str, sealed: bytes) -> Secret:
        """Decrypt it. Raises SettingsError where no key opens it."""
        return Secret(self._vault.unseal(name, sealed).decode())

    def reseal(self) -> int:
        """Encrypt what the database keeps encrypted under the present key; how many secrets.

        Raises SettingsError where neither key opens them, and StoreUnavailable; then nothing was changed.
        """
        with self.writing() as connection:
            return self._vault.reseal(connection)

    def person(self, realm: str, user_id: str) -> str:
        """The name under which we know a person: the same at every visit, and meaningless without the pepper.

        `realm` is the one of `service.ticket` at a tracker, or says which other ids these are.
        """
        return hmac.new(self._pepper, f"{realm}\0{user_id}".encode(), hashlib.sha256).hexdigest()

    def scrub(self) -> None:
        """Leave nothing of what was deleted in an SQLite file or its log, if nobody is reading there just now."""
        if not self.distributed:
            sqlite.empty_log(self._engine)

    def close(self) -> None:
        """Close every idle connection."""
        self._desk.close()
        self._engine.dispose()


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise SettingsError(f"DATABASE_URL is not a database URL. {_VALID}") from error
    backend = url.get_backend_name()
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql")
    if backend != "sqlite":
        raise SettingsError(f"DATABASE_URL: {backend} is not supported. {_VALID}")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError(
            "DATABASE_URL must name a file, as the worker processes share it: sqlite:////path/to/clarity.db."
        )
    return url
