import os
import socket
import sqlite3
import stat
import threading
import time
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from service.settings import Secret, SettingsError
from service.store import Store, StoreUnavailable, desk, postgresql
from service.store.dialect import insert, now
from service.store.migrate import FOLDER, HEAD
from service.store.schema import metadata, secret, site, welcomed
from tests import postgres
from tests.postgres import free_port
from tests.store.conftest import KEY


def test_migrations_and_schema_agree(store):
    with store.reading() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("procrastinate_")}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, metadata) == []
        places = {
            "sqlite": ("sql", "sqlite_master", "name"),
            "postgresql": ("indexdef", "pg_indexes", "indexname"),
        }
        column, table, name = places[connection.dialect.name]
        made = connection.execute(
            text(f"SELECT {column} FROM {table} WHERE {name} = 'ix_ticket_due'")
        ).scalar_one()
        assert "generation > done_generation" in made.partition("WHERE")[2]


def test_head_is_the_last_migration():
    assert ScriptDirectory(str(FOLDER)).get_heads() == [HEAD]


def test_migrating_again_changes_nothing(store):
    store.migrate()
    with store.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [HEAD]


COMMENTED = (
    ("INSERT INTO ticket (id, tracker, site, external_id, generation, due, first_due) "
    "VALUES (:n, 'jira', 'default', :key, 1, 0, 0)"),
    ("INSERT INTO review (id, ticket_id, generation, at, rulebook, policy, text_hash, status_category, created, "
    "text_changed, author) VALUES (:n, :n, 1, 1, 'r', 'p', 't', 'new', 1, 1, :author)"),
    "INSERT INTO decision (ticket_id, review_id, at, action, reason) VALUES (:n, :n, :n, :action, '')",
)  # fmt: skip


def test_who_was_commented_on_before_there_was_a_welcome_is_no_newcomer(empty_url):
    store = Store(empty_url, KEY)
    told = [("ada", "post"), ("ada", "post"), ("ben", "silence"), ("", "post")]
    with store.writing() as connection:
        to_version(connection, "0016")
        for number, (author, action) in enumerate(told, start=1):
            given = {"n": number, "key": str(number), "author": author, "action": action}
            for sentence in COMMENTED:
                connection.execute(text(sentence), given)
    store.migrate()
    with store.reading() as connection:
        rows = connection.execute(select(welcomed.c.person, welcomed.c.ticket_id, welcomed.c.at)).all()
    assert [tuple(row) for row in rows] == [("ada", None, 1.0)]
    store.close()


def to_version(connection, version):
    """An older database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def test_several_starts_at_once_make_one_database(empty_url):
    stores = [Store(empty_url, KEY) for _ in range(8)]
    ready, faults = threading.Barrier(8), []

    def start(store):
        try:
            ready.wait(10)
            store.migrate()
            store.unlock()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=start, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len({store.person("default", "u1") for store in stores}) == 1
    for store in stores:
        store.close()


def test_a_newer_database_is_refused(store, url):
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="newer version"):
        Store(url, KEY).migrate()


def test_the_file_is_the_owners_alone_and_durable(sqlite_store):
    store = sqlite_store
    with store.writing() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for suffix in ("", "-wal", "-shm"):
        assert stat.S_IMODE(Path(store.url.database + suffix).stat().st_mode) == 0o600


WAITS = "synchronous_commit"


def test_only_what_may_be_done_again_is_not_waited_for(store):
    """The connection is the same each time: what held for one transaction holds for no other."""
    asked, waits, waits_not = "PRAGMA synchronous", 2, 1
    if store.distributed:  # a server of ours waits for nothing anyway: who says so tells
        asked, waits, waits_not = (
            f"SELECT source FROM pg_settings WHERE name = '{WAITS}'",
            "command line",
            "session",
        )
    for durable in (True, False, True, False, False, True):
        with store.writing(durable=durable) as connection:
            assert connection.execute(text(asked)).scalar_one() == (waits if durable else waits_not)
    if not store.distributed:
        with store.writing(durable=False) as connection:
            pass
        with store.accepting() as hand:
            assert hand.driver.execute(asked).fetchone() == (waits,)


@pytest.mark.parametrize("durable", [True, False])
def test_a_transaction_is_undone_by_an_error(store, durable):
    def fail():
        with store.writing(durable=durable) as connection:
            connection.execute(text("INSERT INTO chore (name, due) VALUES ('one', 0)"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM chore")).scalar_one() == 0


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://host/db", "mysql is not supported"),
        ("clarity.db", "not a database URL"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
    ],
)
def test_urls_that_cannot_be_used(url, says):
    with pytest.raises(SettingsError, match=says):
        Store(url)


def test_a_delivery_leaves_it_to_others_to_empty_the_log(sqlite_store):
    def deliver():
        with sqlite_store.accepting() as hand:
            hand.driver.execute("INSERT INTO filler VALUES (zeroblob(6000000))")
        return Path(sqlite_store.url.database + "-wal").stat().st_size

    def work():
        with sqlite_store.writing() as connection:
            connection.execute(text("INSERT INTO filler VALUES ('a review')"))

    with sqlite_store.writing() as connection:
        connection.execute(text("CREATE TABLE filler (words text)"))
    first, second = deliver(), deliver()
    assert second > first > 6_000_000
    work()
    assert deliver() <= second + 100_000


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be opened"):
        Store(f"sqlite:///{tmp_path}/file/clarity.db").migrate()


def test_a_failed_transaction_leaves_nothing(store):
    row = {"tracker": "jira", "name": "default", "connected_at": 1.0}

    def write():
        with store.writing() as connection:
            connection.execute(site.insert().values(row))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(site)).scalar_one() == 0


def test_a_locked_database_is_unavailable(sqlite_store, monkeypatch):
    monkeypatch.setattr("service.store.sqlite.BUSY_MILLISECONDS", 10)
    other = sqlite3.connect(sqlite_store.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"), Store(str(sqlite_store.url)).writing():
        pass
    other.close()


def test_a_row_locked_for_long_is_unavailable(postgres_store):
    row = {"tracker": "jira", "name": "default", "connected_at": 1.0}

    def wait_for_it():
        with postgres_store.writing() as second:
            second.execute(text("SET LOCAL lock_timeout = '10ms'"))
            second.execute(insert("postgresql", site).values(row).on_conflict_do_nothing())

    with postgres_store.writing() as first:
        first.execute(site.insert().values(row))
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            wait_for_it()


def test_a_frozen_transaction_is_ended_by_the_server(postgres_store):
    def freeze():
        with postgres_store.writing() as connection:
            connection.execute(text("SET idle_in_transaction_session_timeout = '50ms'"))
            time.sleep(0.5)
            connection.execute(text("SELECT 1"))

    with pytest.raises(StoreUnavailable):
        freeze()
    with postgres_store.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux bounds how long data is sent again"
)
def test_a_statement_is_not_sent_to_a_host_that_vanished_for_a_quarter_of_an_hour(postgres_store):
    with postgres_store.reading() as connection:
        driver = connection.connection.driver_connection
        with socket.socket(fileno=os.dup(driver.fileno())) as line:
            milliseconds = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert 0 < milliseconds <= 60_000


def test_a_server_that_is_not_there_is_unavailable():
    with pytest.raises(StoreUnavailable, match="not available"):
        Store(f"postgresql://clarity@127.0.0.1:{free_port()}/clarity").migrate()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_what_people_write_is_refused_with_what_to_do(encoding):
    server, _ = postgres.shared()
    url = server.create(options=f"ENCODING '{encoding}'")
    try:
        with pytest.raises(SettingsError, match=f"DATABASE_URL: the database clarity.* as {encoding}.*'UTF8'"):
            Store(url, KEY).migrate()
    finally:
        server.drop(url)


def test_a_reader_cannot_write_and_sees_one_state(postgres_store):
    row = {"tracker": "jira", "name": "default", "connected_at": 1.0}
    with postgres_store.reading() as reader:
        assert reader.execute(select(func.count()).select_from(site)).scalar_one() == 0
        with postgres_store.writing() as writer:
            writer.execute(site.insert().values(row))
        assert reader.execute(select(func.count()).select_from(site)).scalar_one() == 0
    with pytest.raises(StoreUnavailable, match="read-only"), postgres_store.reading() as reader:
        reader.execute(site.insert().values(row))


def test_what_cannot_be_stored_in_a_text_is_replaced(store):
    with store.writing() as connection:
        connection.execute(site.insert().values(tracker="jira", name="a\0b", connected_at=1.0))
    with store.reading() as connection:
        assert connection.execute(select(site.c.name)).scalar_one() in {"a\0b", "a\N{REPLACEMENT CHARACTER}b"}


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / "clarity.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        Store(f"sqlite:///{tmp_path}/clarity.db").migrate()


def test_the_clock_is_in_seconds_since_the_epoch(store):
    with store.reading() as connection:
        assert abs(connection.execute(select(now())).scalar_one() - time.time()) < 2


def test_persons_are_the_same_in_each_process_and_differ_between_sites(store, url):
    again = Store(url, KEY)
    assert again.person("default", "u1") == store.person("default", "u1")
    assert store.person("default", "u1") != store.person("other", "u1")
    assert "u1" not in store.person("default", "u1")
    again.close()


def test_the_pepper_is_not_in_the_file(store):
    store.unlock()
    with store.reading() as connection:
        assert connection.execute(select(secret.c.value)).scalar_one().startswith(b"gAAAA")


def test_a_wrong_key_is_told_with_what_to_do(store, url):
    store.unlock()
    with pytest.raises(SettingsError, match="Set the former key again"):
        Store(url, Secret("another key of thirty-two characters")).unlock()
    with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
        Store(url).unlock()


def test_a_kept_connection_that_broke_while_nothing_came_is_replaced(postgres_store, monkeypatch):
    monkeypatch.setattr(desk, "REST_SECONDS", 0.0)
    with postgres_store.accepting() as kept:
        (pid,) = kept.driver.execute("SELECT pg_backend_pid()").fetchone()
    with psycopg.connect(postgres_store.url.render_as_string(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [pid])
    with postgres_store.accepting() as another:
        assert another.driver.execute("SELECT pg_backend_pid()").fetchone() != (pid,)


def test_what_a_kept_connection_cannot_do_is_told_by_kind(postgres_store):
    with pytest.raises(StoreUnavailable, match="terminat"), postgres_store.accepting() as kept:
        kept.line.ask(b"end", "SELECT pg_terminate_backend(pg_backend_pid())::text", [])
    with pytest.raises(psycopg.errors.UndefinedTable), postgres_store.accepting() as kept:
        kept.line.ask(b"nowhere", "SELECT name FROM nowhere", [])
    with pytest.raises(psycopg.errors.InvalidTextRepresentation), postgres_store.accepting() as kept:
        kept.line.ask(b"number", "SELECT CAST($1 AS INTEGER)::text", ["one"])
    with postgres_store.accepting() as kept:
        asked = "SELECT $1 || CAST(CAST($2 AS DOUBLE PRECISION) AS TEXT)"
        assert kept.line.ask(b"both", asked, ["Größe\0 ", 1.5]) == [("Größe\N{REPLACEMENT CHARACTER} 1.5",)]


def test_a_connection_that_broke_while_nobody_used_it_is_replaced(postgres_store, monkeypatch):
    monkeypatch.setattr(postgresql, "REST_SECONDS", 0.0)
    with postgres_store.reading() as one, postgres_store.reading() as other:
        pids = [connection.execute(text("SELECT pg_backend_pid()")).scalar_one() for connection in (one, other)]
    with psycopg.connect(postgres_store.url.render_as_string(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
    with postgres_store.accepting() as one, postgres_store.writing() as other:
        assert one.driver.execute("SELECT 1").fetchone() == other.execute(text("SELECT 1")).one() == (1,)
