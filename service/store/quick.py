"""Statements that workers run for every ticket, given on SQLite to the driver itself.

SQLite has one writer, and what SQLAlchemy has around a statement takes several times as long as SQLite: a webhook
that comes meanwhile waits for both. PostgreSQL, where each statement is a trip, gets them through SQLAlchemy.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.type_api import TypeEngine

from service.store.prepared import Hand

FEW = 64  # a plan is kept for each length of a list up to this
Statement = Select[Any] | Insert | Update | Delete
Told = Mapping[str, Any]
Value = Any
"""What a column holds."""
Row = Any
"""The values of some columns, by their names."""
_Process = Callable[[Value], Value]


class Quick:
    """A statement of SQLAlchemy's that is compiled once for each set of names that it is told values of.

    What it is told and gives goes through the types of its columns, as by SQLAlchemy, and a row's columns have
    their names. `several` names the one list that it may be told: `bindparam(…, expanding=True)`.
    Raises SQLAlchemy's errors, and on SQLite the driver's own: `Store.writing` knows both.
    """

    __slots__ = ("_columns", "_compiled", "_plans", "_several", "statement")

    def __init__(self, statement: Statement, *, several: str = "") -> None:
        self.statement, self._several = statement, several
        self._compiled: dict[tuple[str, ...], SQLCompiler] = {}
        self._plans: dict[tuple[int | str, ...], _Plan] = {}
        self._columns: _Columns | None = None

    def rows(self, connection: Connection, /, **told: Value) -> list[Row]:
        """Every row."""
        plan = self._plan(connection, told)
        if plan is None:
            return list(connection.execute(self.statement, told))
        columns = self._columns
        if columns is None:
            columns = self._columns = _Columns(self.statement, connection.dialect)
        return columns.rows(Hand.of(connection).driver.execute(plan.text, plan.values(told)))

    def row(self, connection: Connection, /, **told: Value) -> Row | None:
        """The row there is, or None. Raises MultipleResultsFound."""
        rows = self.rows(connection, **told)
        if len(rows) > 1:
            raise MultipleResultsFound("Multiple rows were found when one or none was required")
        return rows[0] if rows else None

    def one(self, connection: Connection, /, **told: Value) -> Row:
        """The only row. Raises NoResultFound and MultipleResultsFound."""
        row = self.row(connection, **told)
        if row is None:
            raise NoResultFound("No row was found when one was required")
        return row

    def values(self, connection: Connection, /, **told: Value) -> list[Value]:
        """The first column of every row."""
        return [row[0] for row in self.rows(connection, **told)]

    def value(self, connection: Connection, /, **told: Value) -> Value:
        """The first column of the only row. Raises NoResultFound and MultipleResultsFound."""
        return self.one(connection, **told)[0]

    def run(self, connection: Connection, /, **told: Value) -> int:
        """How many rows it wrote, of a statement that returns none."""
        plan = self._plan(connection, told)
        if plan is None:
            done: Any = connection.execute(self.statement, told)
        else:
            done = Hand.of(connection).driver.execute(plan.text, plan.values(told))
        return int(done.rowcount)

    def run_each(self, connection: Connection, rows: Sequence[Told]) -> None:
        """Run it for each of these, of which there is at least one; all have the same names."""
        plan = self._plan(connection, rows[0])
        if plan is None:
            connection.execute(self.statement, rows)
        else:
            Hand.of(connection).driver.executemany(plan.text, [plan.values(row) for row in rows])

    def _plan(self, connection: Connection, told: Told) -> _Plan | None:
        """None where SQLAlchemy has to run it."""
        if connection.dialect.name != "sqlite":
            return None
        key: tuple[int | str, ...] = tuple(told)
        if self._several:
            if len(told[self._several]) > FEW:
                return None
            key = (len(told[self._several]), *key)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = _Plan(self._compile(connection.dialect, told), connection.dialect, told)
        return plan

    def _compile(self, dialect: Dialect, told: Told) -> SQLCompiler:
        names = tuple(sorted(told))
        made = self._compiled.get(names)
        if made is None:
            made = self._compiled[names] = self.statement.compile(dialect=dialect, column_keys=names)
        return made


class _Plan:
    """How a statement is run that is told values of these names: `text` is what the driver gets."""

    __slots__ = ("_constants", "_lists", "_pick", "_write", "text")

    def __init__(self, compiled: SQLCompiler, dialect: Dialect, told: Told) -> None:
        state = compiled.construct_expanded_state(told, escape_names=False)
        parts = {part: name for name, several in state.parameter_expansion.items() for part in several}
        names: Sequence[str] = state.positiontup or ()
        written = {name: _writing(compiled.binds[parts.get(name, name)].type, dialect) for name in names}
        varies = {name for name in names if parts.get(name, name) in told}
        self.text = state.statement
        self._lists = {name: several for name, several in state.parameter_expansion.items() if name in told}
        self._write = [(name, write) for name, write in written.items() if write and name in varies]
        self._constants = {
            name: write(state.parameters[name]) if write else state.parameters[name]
            for name, write in written.items()
            if name not in varies
        }
        self._pick = _picking(names)

    def values(self, told: Told) -> Sequence[Value]:
        """What the driver is given, in the order of the text, each as its type has it."""
        row = {**self._constants, **told}
        for name, several in self._lists.items():
            row.update(zip(several, told[name], strict=True))
        for name, write in self._write:
            row[name] = write(row[name])
        return self._pick(row)


class _Columns:
    """What becomes of the rows that the driver gives."""

    __slots__ = ("_make", "_read")

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        columns = list(statement.exported_columns)
        self._read = [(at, read) for at, one in enumerate(columns) if (read := _reading(one.type, dialect))]
        names: Any = [one.key for one in columns]
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # known when it runs
        self._make: Callable[[Sequence[Value]], Row] = row._make

    def rows(self, found: Iterable[Sequence[Value]]) -> list[Row]:
        """All of them, each value as its type has it."""
        if not self._read:
            return list(map(self._make, found))
        return [self._make(self._as_told(row)) for row in found]

    def _as_told(self, row: Sequence[Value]) -> Sequence[Value]:
        values = list(row)
        for at, read in self._read:
            values[at] = read(values[at])
        return values


def _writing(kind: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reading(kind: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _picking(names: Sequence[str]) -> Callable[[Told], Sequence[Any]]:
    """What takes the values of these names, in this order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: [row[name] for name in names]
