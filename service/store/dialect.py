"""What SQLite and PostgreSQL say differently: the clock, and "insert unless it is there"."""

from __future__ import annotations

from sqlalchemy import Double, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Insert = sqlite.Insert | postgresql.Insert


class now(FunctionElement[float]):  # noqa: N801 (reads like the SQL functions beside it)
    """Seconds since the epoch, UTC, by the database's clock: the one clock that all processes share."""

    inherit_cache = True
    type = Double()


@compiles(now, "sqlite")
def _sqlite(_: now, __: SQLCompiler, **___: object) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _postgresql(_: now, __: SQLCompiler, **___: object) -> str:
    return "extract(epoch FROM clock_timestamp())::float8"


def insert(dialect: str, table: Table) -> Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
