"""What SQLite and PostgreSQL say differently: the clock, "insert unless it is there", rows as one parameter, and
one at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Executable,
    FromClause,
    Table,
    TableClause,
    Text,
    case,
    cast,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.type_api import TypeEngine

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


def time_of(connection: Connection) -> float:
    """The time by that clock."""
    return float(connection.execute(select(now())).scalar_one())


def noted(table: Table) -> ColumnElement[float]:
    """What `noted_at` becomes where a time to wait for is written. Never earlier: a wrong one has to be seen."""
    return case((table.c.noted_at > now(), table.c.noted_at), else_=now())


def insert(dialect: str, table: Table | TableClause) -> Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


class _Given(FunctionElement[Any]):
    """What a Prepared statement is run with, by name."""

    inherit_cache = False

    def __init__(self, name: str, kind: type[TypeEngine[Any]]) -> None:
        self.given, self.type = name, kind()
        super().__init__()


@compiles(_Given, "sqlite")
def _sqlite_given(told: _Given, __: SQLCompiler, **___: object) -> str:
    return f":{told.given}"


@compiles(_Given, "postgresql")
def _postgresql_given(told: _Given, __: SQLCompiler, **___: object) -> str:
    return f"%({told.given})s"


def given(dialect: str, name: str, columns: Mapping[str, type[TypeEngine[Any]]]) -> FromClause:
    """The rows that a Prepared statement is run with.

    On PostgreSQL they are one parameter, a JSON array: one trip to the server, however many there are. On SQLite,
    where no way is long, the statement is run for each.
    """
    if dialect == "postgresql":
        typed = [column(one, kind) for one, kind in columns.items()]
        rows = func.json_to_recordset(cast(_Given(name, Text), JSON)).table_valued(*typed)
        return rows.render_derived(name=name, with_types=True)
    return select(*(_Given(one, kind).label(one) for one, kind in columns.items())).subquery(name)


class Prepared:
    """A statement whose text is made once and given to the driver itself, as every delivery waits for it.

    `build(dialect)` makes the statement, with what is `given`; all else that it knows is written into the text.
    Raises the driver's own errors.
    """

    def __init__(self, build: Callable[[str], Executable]) -> None:
        self._build = build
        self._made: dict[str, str] = {}

    def run(self, connection: Connection, **rows: Sequence[Mapping[str, object]]) -> list[tuple[Any, ...]]:
        """Execute it with the rows of each `given`; what it returns."""
        dialect = connection.dialect
        made = self._made.get(dialect.name) or self._make(dialect)
        if dialect.name == "postgresql":
            cursor = _cursor(connection)
            cursor.execute(made, {name: _json(some) for name, some in rows.items()})
            return list(cursor.fetchall()) if cursor.description else []
        driver: Any = connection.connection.driver_connection
        (each,) = rows.values()
        return [found for row in each for found in driver.execute(made, row).fetchall()]

    def _make(self, dialect: Dialect) -> str:
        statement: Any = self._build(dialect.name)
        made = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        self._made[dialect.name] = made
        return made


def _cursor(connection: Connection) -> DBAPICursor:
    """One that is made once a connection: to make it takes as long as to send a short statement."""
    kept = connection.connection.info
    made: DBAPICursor = kept.get("cursor") or kept.setdefault("cursor", connection.connection.cursor())
    return made


def storable(value: str) -> str:
    """Text without NUL, which PostgreSQL cannot store."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _json(rows: Sequence[Mapping[str, object]]) -> str:
    # Without escapes: what cannot be encoded has to fail here rather than to be stored as something else.
    text = json.dumps(rows, ensure_ascii=False)
    if "\\u0000" not in text:
        return text
    clean = [{name: storable(one) if isinstance(one, str) else one for name, one in row.items()} for row in rows]
    return json.dumps(clean, ensure_ascii=False)


def wait_for_turn(connection: Connection) -> None:
    """Let no other process migrate until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '120s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
