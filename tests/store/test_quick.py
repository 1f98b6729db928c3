"""Statements that are given to SQLite's driver itself do what SQLAlchemy makes of them."""

import sqlite3

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, Double, Integer, MetaData, String, Table, bindparam, select

from service.store import StoreUnavailable
from service.store.quick import FEW, Quick
from tests.store.twice import both, same_rows

THING = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(20), nullable=False, unique=True),
    Column("key", String(20), server_default="usual"),
    Column("flag", Boolean),
    Column("real", Double),
    Column("many", JSON),
)
ADDED = THING.insert().returning(THING)
ADD, ADDING = Quick(ADDED), Quick(THING.insert())
ALL = Quick(select(THING).order_by(THING.c.id))
NAMED = Quick(select(THING.c.id, THING.c.name.label("called")).where(THING.c.name == bindparam("asked")))
AMONG = Quick(
    select(THING.c.name).where(THING.c.id.in_(bindparam("ids", expanding=True))).order_by(THING.c.id),
    several="ids",
)
FLAGGING = Quick(
    THING.update()
    .where(THING.c.name == bindparam("asked"))
    .values(flag=True, real=bindparam("given", type_=Double))
)
EMPTYING = Quick(THING.delete())
DROPPING = Quick(THING.delete().where(THING.c.name.in_(("a", "b"))))

texts = st.text(st.characters(exclude_categories=())) | st.sampled_from(["\0", "a\0b", "\ud800", "é", ""])
numbers = st.floats() | st.integers(-(2**65), 2**65)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts, lambda one: st.lists(one) | st.dictionaries(texts, one)
)


@pytest.fixture
def table(store):
    with store.writing() as connection:
        THING.create(connection)
    yield
    with store.writing() as connection:
        THING.drop(connection)


@pytest.fixture
def connection(table, store):
    with store.writing() as connection:
        yield connection


def test_rows_have_names_and_types_on_both_engines(connection):
    added = ADD.one(connection, name="a", flag=True, real=1.5, many={"a": [1, None]})
    assert (added.id, added.name, added.key, added.flag, added.real) == (1, "a", "usual", True, 1.5)
    assert added.many == {"a": [1, None]}
    assert (type(added.flag), type(added.real)) == (bool, float)
    nothing = ADD.one(connection, name="b", key=None, flag=None, real=None, many=None)
    assert tuple(nothing) == (2, "b", None, None, None, None)
    assert [tuple(row) for row in ALL.rows(connection)] == [tuple(added), tuple(nothing)]
    found = NAMED.row(connection, asked="b")
    assert (found.id, found.called) == (2, "b")


def test_what_is_not_there_is_none_or_an_error(connection):
    assert NAMED.rows(connection, asked="b") == []
    assert NAMED.row(connection, asked="b") is None
    with pytest.raises(sqlalchemy.exc.NoResultFound):
        NAMED.one(connection, asked="b")
    with pytest.raises(sqlalchemy.exc.NoResultFound):
        NAMED.value(connection, asked="b")
    ADDING.run_each(connection, [{"name": "a"}, {"name": "b"}])
    with pytest.raises(sqlalchemy.exc.MultipleResultsFound):
        ALL.row(connection)


def test_it_says_how_many_rows_it_wrote(connection):
    ADDING.run_each(connection, [{"name": "a", "flag": False}, {"name": "b", "flag": None}])
    assert FLAGGING.run(connection, asked="a", given=2.5) == 1
    assert FLAGGING.run(connection, asked="c", given=2.5) == 0
    assert [(row.flag, row.real) for row in ALL.rows(connection)] == [(True, 2.5), (None, None)]
    assert DROPPING.run(connection) == 2


def test_what_is_told_beside_goes_into_columns_and_over_what_was_said(connection):
    ADDING.run(connection, name="a")
    FLAGGING.run(connection, asked="a", given=1.0, flag=False, key="other")
    FLAGGING.run(connection, asked="a", given=1.0, key="other")
    FLAGGING.run(connection, asked="a", given=1.0, flag=False)
    (row,) = ALL.rows(connection)
    assert (row.flag, row.key) == (False, "other")


@pytest.mark.parametrize("count", [0, 1, 2, FEW, FEW + 1])
def test_a_list_may_have_any_length(connection, count):
    ADDING.run_each(connection, [{"name": str(number)} for number in range(FEW + 3)])
    for ids in (range(1, count + 1), range(3, count + 3)):
        assert AMONG.values(connection, ids=list(ids)) == [str(number - 1) for number in ids]


def test_who_forgets_a_value_is_told(connection):
    with pytest.raises(sqlalchemy.exc.SQLAlchemyError, match="asked"):
        NAMED.rows(connection)


def test_a_rule_that_is_broken_is_our_fault(store, table):
    with pytest.raises((sqlite3.IntegrityError, sqlalchemy.exc.IntegrityError)), store.writing() as connection:
        ADDING.run_each(connection, [{"name": "a"}, {"name": "a"}])
    with store.reading() as connection:
        assert ALL.rows(connection) == []


def test_a_database_that_cannot_be_written_is_not(store, table):
    def write():
        with store.reading() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only=1")
            ADD.rows(connection, name="a")

    with pytest.raises(StoreUnavailable, match="read"):
        write()
    if not store.distributed:
        with store.reading() as connection:
            connection.exec_driver_sql("PRAGMA query_only=0")


def test_what_was_written_is_undone_with_its_transaction(store, table):
    def write():
        with store.writing() as connection:
            ADD.rows(connection, name="a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with store.reading() as connection:
        assert ALL.rows(connection) == []


def test_any_value_is_written_read_and_refused_as_by_sqlalchemy(sqlite_store):
    @given(
        name=texts,
        key=st.none() | texts | numbers,
        flag=st.none() | st.booleans() | st.sampled_from([0, 1, 2, "x"]),
        real=st.none() | numbers,
        many=plain,
    )
    def check(**told):
        (usual, wanted), (quick, asked) = both(
            connection,
            lambda connection: connection.execute(ADDED, told).all(),
            lambda connection: ADD.rows(connection, **told),
        )
        assert asked == wanted
        if isinstance(quick, list):
            same_rows(usual, quick)
            EMPTYING.run(connection)
        else:
            assert usual is quick

    with sqlite_store.writing() as connection:
        THING.create(connection)
        check()


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, 1 + 1j])
def test_what_the_driver_cannot_take_is_the_same_fault(sqlite_store, value):
    with sqlite_store.writing() as connection:
        THING.create(connection)
        (usual, _), (quick, _) = both(
            connection,
            lambda connection: connection.execute(ADDED, {"name": value}).all(),
            lambda connection: ADD.rows(connection, name=value),
        )
        assert usual is quick
        assert isinstance(quick, type)
