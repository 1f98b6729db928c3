"""Store: transactions on one database."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

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

from service.settings import NO_SECRET, Secret, SettingsError
from service.store import migrate, pepper, sqlite

_OUR_FAULT = (DataError, IntegrityError, ProgrammingError)


class StoreUnavailable(Exception):
    """The database cannot be read or written now. Nothing was committed; try again later."""


class Store:
    """One database. Cheap to make: it connects when first used, and may be shared between threads.

    `url` is an SQLAlchemy URL; `secret_key` opens what the database keeps encrypted.
    Raises SettingsError where the URL cannot be used.
    """

    def __init__(self, url: str, secret_key: Secret = NO_SECRET) -> None:
        self.url: URL = _checked(url)
        self._secret_key = secret_key

    @cached_property
    def _engine(self) -> Engine:
        try:
            return sqlite.open_file(self.url)
        except OSError as error:
            raise SettingsError(
                f"DATABASE_URL: {self.url.database} cannot be opened: {error.strerror}. "
                "Name a file in a folder that this user may write."
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and writes nothing. Raises StoreUnavailable."""
        with _faults():
            connection = self._engine.connect().execution_options(reading=True)
            with connection, connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back on an error. Raises StoreUnavailable."""
        with _faults(), self._engine.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the schema to this version; several processes may try at once.

        Raises SettingsError where the database belongs to a newer version.
        """
        with self.reading() as connection:
            current = migrate.is_current(connection)
        if not current:
            with self.writing() as connection:
                migrate.upgrade(connection)

    def unlock(self) -> None:
        """Prove that the secret key opens this database. Raises SettingsError that says what to do."""
        _ = self._pepper

    @cached_property
    def _pepper(self) -> bytes:
        while (found := self._find_pepper()) is None:
            with self.writing() as connection:
                pepper.make(connection, self._secret_key)
        return found

    def _find_pepper(self) -> bytes | None:
        with self.reading() as connection:
            return pepper.find(connection, self._secret_key)

    def person(self, site: str, user_id: str) -> str:
        """The name under which we know a person: the same at every visit, and meaningless without the pepper."""
        return hmac.new(self._pepper, f"{site}\0{user_id}".encode(), hashlib.sha256).hexdigest()

    def close(self) -> None:
        """Close every idle connection."""
        self._engine.dispose()


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise SettingsError(
            "DATABASE_URL is not a database URL. Valid is sqlite:////path/to/clarity.db, with four slashes "
            "before an absolute path."
        ) from error
    if url.get_backend_name() != "sqlite":
        raise SettingsError(
            f"DATABASE_URL: {url.get_backend_name()} is not supported in this version. "
            "Valid is an SQLite file: sqlite:////path/to/clarity.db."
        )
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError(
            "DATABASE_URL must name a file, as the worker processes share it: sqlite:////path/to/clarity.db."
        )
    return url


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except _OUR_FAULT:
        raise
    except (DatabaseError, InterfaceError, PoolTimeout) as error:
        reason = str(error.orig) if isinstance(error, DatabaseError | InterfaceError) else "no free connection"
        raise StoreUnavailable(f"the database is not available: {reason}") from error
