"""What SQLite and PostgreSQL say differently: the clock, "insert unless it is there", and one at a time."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Double, Table, TableClause, case, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Insert = sqlite.Insert | postgresql.Insert
MIGRATION_LOCK = 7_204_511_963  # any number, as long as it stays the same


class now(FunctionElement[float]):  # noqa: N801 (reads like the SQL functions beside it)
    """Seconds since the epoch, UTC, by the database's clock: the one clock that all processes share."""

    inherit_cache = True
    type = Double()


@compiles(now, "sqlite")
def _sqlite(_: now, __: SQLCompiler, **___: object) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _postgresql(_: now, __: SQLCompiler, **___: object) -> str:
    # Not clock_timestamp(): that may change within a statement, so that no index could be searched for it.
    return "extract(epoch FROM statement_timestamp())::float8"


def noted(table: Table) -> ColumnElement[float]:
    """What `noted_at` becomes where a time to wait for is written. Never earlier: a wrong one has to be seen."""
    return case((table.c.noted_at > now(), table.c.noted_at), else_=now())


def insert(dialect: str, table: Table | TableClause) -> Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def storable(value: str) -> str:
    """Text without NUL, which PostgreSQL cannot store."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in value else value


def wait_for_turn(connection: Connection) -> None:
    """Let no other process migrate until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '120s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
