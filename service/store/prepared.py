"""Statements whose text is made once and given to the driver itself, as every delivery waits for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    FromClause,
    Text,
    cast,
    column,
    func,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.type_api import TypeEngine

from service.store.dialect import storable

Row = Mapping[str, object]
Kinds = Mapping[str, type[TypeEngine[Any]]]


class Hand:
    """The driver's own end of a connection: what SQLAlchemy has around it takes as long as a short statement.

    `distributed`: on PostgreSQL, where each statement is a trip; else on SQLite, which is where we are.
    """

    __slots__ = ("dialect", "distributed", "driver", "line")

    def __init__(self, connection: Connection, *, kept: bool = False) -> None:
        """`kept`: nobody else runs statements on this connection."""
        self.dialect: Dialect = connection.dialect
        self.distributed = self.dialect.name == "postgresql"
        driver: Any = connection.connection.driver_connection
        self.driver = driver
        self.line: Line | None = None
        if self.distributed:
            from service.store import postgresql  # noqa: PLC0415 (the driver is not needed with SQLite)

            self.line = postgresql.Kept(driver) if kept else postgresql.Shared(driver)

    @classmethod
    def of(cls, connection: Connection | Hand) -> Hand:
        """The one of this connection, made when first asked for."""
        if isinstance(connection, Hand):
            return connection
        kept = connection.connection.info
        made: Hand = kept.get("hand") or kept.setdefault("hand", cls(connection))
        return made


class Line(Protocol):
    """A way to have PostgreSQL run statements."""

    def ask(self, name: bytes, text: str, values: Sequence[str | float]) -> list[tuple[Any, ...]]:
        """What a statement of this name, with `$1` and so on in it, returns. Raises psycopg.Error."""


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
def _postgresql_given(told: _Given, compiler: SQLCompiler, **___: object) -> str:
    return f"CAST(%({told.given})s AS {told.type.compile(compiler.dialect)})"


def given_row(columns: Kinds) -> Mapping[str, ColumnElement[Any]]:
    """The values that a Prepared statement is run with, of one row."""
    return {name: _Given(name, kind) for name, kind in columns.items()}


def given_rows(name: str, columns: Kinds) -> FromClause:
    """Rows that a Prepared statement is run with, however many, on PostgreSQL alone: they are one JSON array."""
    typed = [column(one, kind) for one, kind in columns.items()]
    rows = func.json_to_recordset(cast(_Given(name, Text), JSON)).table_valued(*typed)
    return rows.render_derived(name=name, with_types=True)


class Prepared:
    """A statement whose text is made once.

    `build(dialect)` makes the statement, with what is `given`; all else that it knows is written into the text.
    Raises the driver's own errors.
    """

    def __init__(self, build: Callable[[str], Executable]) -> None:
        self._build = build
        self._name = f"{build.__module__}.{build.__name__}".encode()  # one connection runs those of many modules
        self._made: dict[str, tuple[str, list[str]]] = {}

    def run(self, hand: Hand, **rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """On PostgreSQL, execute it once with all the rows of each `given_rows`; what it returns."""
        return self._ask(hand, {name: _json(some) for name, some in rows.items()})

    def wrote(self, hand: Hand, row: Row) -> bool:
        """Execute it with one `given_row`; whether that wrote a row, or on PostgreSQL returned one."""
        if hand.line:
            return bool(self._ask(hand, row))
        return bool(hand.driver.execute(self._text(hand)[0], row).rowcount)

    def write_each(self, hand: Hand, rows: Sequence[Row]) -> None:
        """On SQLite, execute it for each row that is given."""
        hand.driver.executemany(self._text(hand)[0], rows)

    def _ask(self, hand: Hand, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        assert hand.line  # noqa: S101 (on PostgreSQL there is one)
        text, names = self._text(hand)
        return hand.line.ask(self._name, text, [values[name] for name in names])

    def _text(self, hand: Hand) -> tuple[str, list[str]]:
        """The statement; on PostgreSQL the names of what is given, in the order of their numbers."""
        return self._made.get(hand.dialect.name) or self._make(hand.dialect)

    def _make(self, dialect: Dialect) -> tuple[str, list[str]]:
        statement: Any = self._build(dialect.name)
        text, names = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})), _Numbers()
        made = (text % names if dialect.name == "postgresql" else text), list(names)
        self._made[dialect.name] = made
        return made


class _Numbers(dict[str, str]):
    """PostgreSQL's own placeholders for the driver's, `%(name)s`, in the order in which they are met."""

    def __missing__(self, name: str) -> str:
        self[name] = number = f"${len(self) + 1}"
        return number


def _json(rows: Sequence[Row]) -> str:
    # Without escapes: what cannot be encoded has to fail here rather than to be stored as something else.
    text = json.dumps(rows, ensure_ascii=False)
    if "\\u0000" not in text:
        return text
    clean = [{name: storable(one) if isinstance(one, str) else one for name, one in row.items()} for row in rows]
    return json.dumps(clean, ensure_ascii=False)
