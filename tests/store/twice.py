"""Run a statement both ways: by SQLAlchemy, which is then undone, and as it is given to SQLite's driver itself."""

import importlib
import math
import pkgutil
import sqlite3

from sqlalchemy.exc import DBAPIError, StatementError

import service.store
from service.store.quick import Quick

_ANONYMOUS = ("anon_", "count_", "max_")


def every():
    """The statements of service.store that are made once, by name."""
    for found in pkgutil.iter_modules(service.store.__path__):
        module = importlib.import_module(f"service.store.{found.name}")
        for name, value in vars(module).items():
            several = value.items() if isinstance(value, dict) else [("", value)]
            for key, one in several:
                if isinstance(one, Quick) and key != "postgresql":
                    yield f"{found.name}.{name}{key}", one


def both(connection, usual, quick):
    """What came of the usual way and of the quick one: what it gave, or its error, and what SQLite was asked."""
    driver = connection.connection.driver_connection
    driver.execute("SAVEPOINT twice")
    try:
        before = _outcome(driver, lambda: usual(connection))
    finally:
        driver.execute("ROLLBACK TO twice")
        driver.execute("RELEASE twice")
    return before, _outcome(driver, lambda: quick(connection))


def _outcome(driver, run):
    asked = []
    driver.set_trace_callback(asked.append)
    try:
        return run(), asked
    except (sqlite3.Error, StatementError, UnicodeError, OverflowError, TypeError, ValueError) as error:
        return type(error.orig if isinstance(error, DBAPIError | StatementError) else error), asked
    finally:
        driver.set_trace_callback(None)


def same(one, other):
    """Whether both are the same in value and type, but for how late it is."""
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-6)
    return type(one) is type(other) and one == other


def same_rows(usual, quick):
    """Whether the rows are the same, and their columns have the same names."""
    assert len(usual) == len(quick)
    for one, other in zip(usual, quick, strict=True):
        names = [
            (name, given)
            for name, given in zip(one._fields, other._fields, strict=True)
            if not name.startswith(_ANONYMOUS)
        ]
        assert all(name == given for name, given in names)
        assert all(same(value, given) for value, given in zip(one, other, strict=True)), (one, other)
    return True


class Twice:
    """While it is in place, every statement is run both ways; `met` are those that were."""

    def __init__(self, monkeypatch):
        self.met = set()
        for name in ("rows", "run", "run_each"):
            monkeypatch.setattr(Quick, name, self._twice(name, getattr(Quick, name)))

    def _twice(self, name, quick_way):
        def usual(statement, connection, *given, **told):
            done = connection.execute(statement, *given or [told])
            return done.rowcount if name == "run" else done.all() if name == "rows" else None

        def run(quick, connection, *given, **told):
            (before, wanted), (after, asked) = both(
                connection,
                lambda connection: usual(quick.statement, connection, *given, **told),
                lambda connection: quick_way(quick, connection, *given, **told),
            )
            assert asked == wanted
            assert same_rows(before, after) if name == "rows" else before == after
            self.met.add(quick)
            return after

        return run
