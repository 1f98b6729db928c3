"""The tables of Procrastinate, brought up to date with the installed version of it."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from sqlalchemy import Connection, inspect, text

Version = tuple[int, ...]

_HISTORIANS = """
    SELECT tgname FROM pg_trigger
    WHERE tgrelid = 'procrastinate_jobs'::regclass AND NOT tgisinternal AND tgname LIKE '%\\_events\\_%'
"""
_CALLERS = """
    SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgrelid = 'procrastinate_jobs'::regclass AND tgname LIKE '%\\_job\\_inserted\\_%'
"""
_DUE = "coalesce(new.scheduled_at <= clock_timestamp(), true)"


def installed() -> str:
    """The version of Procrastinate whose tables we need."""
    return metadata.version("procrastinate")


def is_current(connection: Connection) -> bool:
    """Whether nothing is to be done."""
    if not inspect(connection).has_table("procrastinate_version"):
        return False
    return _recorded(connection) == installed()


def upgrade(connection: Connection) -> None:
    """Make the tables, or run the migrations that came since they were made, in the caller's transaction."""
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 (not needed with SQLite)

    if inspect(connection).has_table("procrastinate_version"):
        since = _parsed(_recorded(connection))
        for file in migrations(Path(SchemaManager.get_migrations_path()), since):
            _run(connection, file.read_text(encoding="utf-8"))
        connection.execute(text("UPDATE procrastinate_version SET version = :version"), {"version": installed()})
    else:
        _run(connection, SchemaManager.get_schema())
        connection.execute(text("CREATE TABLE procrastinate_version (version varchar(40) NOT NULL)"))
        connection.execute(text("INSERT INTO procrastinate_version VALUES (:version)"), {"version": installed()})
    _keep_no_history(connection)
    _call_when_due(connection)


def _keep_no_history(connection: Connection) -> None:
    """Switch off what writes down each step of each job.

    The history goes with its job, which goes when it is done, and nobody reads it before: three rows a ticket.
    """
    for name in connection.execute(text(_HISTORIANS)).scalars():
        connection.execute(text(f'ALTER TABLE procrastinate_jobs DISABLE TRIGGER "{name}"'))


def _call_when_due(connection: Connection) -> None:
    """Let a new job call the workers only when it is due: the others have nothing to come for yet.

    While a transaction that has called is made durable, PostgreSQL lets no other commit that has called too.
    """
    for name, definition in connection.execute(text(_CALLERS)).all():
        if "scheduled_at" not in definition:
            _run(connection, f'DROP TRIGGER "{name}" ON procrastinate_jobs')
            _run(connection, definition.replace("WHEN (", f"WHEN ({_DUE} AND ", 1))


def migrations(folder: Path, since: Version) -> list[Path]:
    """The migrations of later versions, in the order in which they have to run: 03.02.00_50_post_….sql."""
    return [file for file in sorted(folder.glob("*.sql")) if _parsed(file.name.partition("_")[0]) > since]


def _recorded(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version FROM procrastinate_version")).scalar_one())


def _parsed(version: str) -> Version:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _run(connection: Connection, script: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (a connection in use has one)
    driver.execute(script)
