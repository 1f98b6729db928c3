"""Jobs on PostgreSQL: written with the delivery, derived again when lost, one a ticket."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import procrastinate
import psycopg
import pytest
from sqlalchemy import text

from service.engine import jobs, jobworker
from service.engine.jobs import sweep
from service.engine.jobworker import JobWorker
from service.inbox import Inbox
from service.settings import Settings
from service.store import Store, jobs_schema
from service.store.accepting import register_site
from service.store.jobs import QUEUE, TASK, write_jobs
from service.store.pausing import pause_site
from service.store.schema import site, ticket
from service.store.working import claim
from service.ticket import Saved, TicketRef
from service.trackers.base import Received
from tests import postgres
from tests.store.conftest import KEY


@pytest.fixture
def url(postgres_url):
    return postgres_url


@pytest.fixture
def inbox(store, url):
    inbox = Inbox(store, Settings(url, Path(), debounce_seconds=0.0))
    yield inbox
    inbox.stop()


def save(inbox, number, ticket_id):
    ref = TicketRef("jira", "default", ticket_id, f"SHOP-{ticket_id}")
    return inbox.accept("jira", "default", Received(f"d{number}", (Saved(ref),)))


def waiting(store):
    with store.reading() as connection:
        query = "SELECT queueing_lock, status::text FROM procrastinate_jobs ORDER BY id"
        return [tuple(row) for row in connection.execute(text(query))]


def execute(store, query):
    with store.writing() as connection:
        connection.execute(text(query))


def test_a_job_is_written_with_its_delivery_and_once_a_ticket(store, inbox):
    for number, ticket_id in enumerate(("1", "2", "1")):
        assert save(inbox, number, ticket_id)
    assert waiting(store) == [("ticket 1", "todo"), ("ticket 2", "todo")]


def test_no_delivery_no_job(store, inbox):
    with pytest.raises(UnicodeEncodeError):
        save(inbox, "\ud800", "1")
    execute(store, "ALTER TABLE procrastinate_jobs ADD CONSTRAINT none CHECK (queueing_lock <> 'ticket 1')")
    with pytest.raises(psycopg.errors.CheckViolation):
        save(inbox, 1, "1")
    execute(store, "ALTER TABLE procrastinate_jobs DROP CONSTRAINT none")
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM delivery")).scalar_one() == 0
    assert waiting(store) == []


def test_a_job_is_what_procrastinate_would_write(store, inbox):
    save(inbox, 1, "1")
    theirs = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=str(store.url)))
    with theirs.open():
        task = theirs.configure_task(TASK, queue=QUEUE, queueing_lock="ticket 0", schedule_at=datetime.now(UTC))
        task.defer(ticket_id=1)
    with store.reading() as connection:
        found = connection.execute(text("SELECT * FROM procrastinate_jobs ORDER BY id")).mappings()
        ours, theirs = ({name: type(value) for name, value in row.items()} | shown(row) for row in found)
    assert ours == theirs


def shown(row):
    return {
        name: row[name] for name in ("queue_name", "task_name", "priority", "lock", "args", "status", "attempts")
    }


def test_only_a_job_that_is_due_calls_the_workers(store, url):
    with psycopg.connect(url, autocommit=True) as listening:
        listening.execute(f'LISTEN "procrastinate_queue_v1#{QUEUE}"')
        with store.writing() as connection:
            at = connection.execute(text("SELECT extract(epoch FROM now())::float8")).scalar_one()
            write_jobs(connection, [(1, at), (2, at + 3600)])
            due = connection.execute(
                text("SELECT id FROM procrastinate_jobs WHERE queueing_lock = 'ticket 1'")
            ).scalar_one()
        called = [json.loads(one.payload)["job_id"] for one in listening.notifies(timeout=5, stop_after=1)]
        called += [json.loads(one.payload)["job_id"] for one in listening.notifies(timeout=0)]
    assert called == [due]


def test_no_history_of_jobs_is_kept(store, inbox):
    save(inbox, 1, "1")
    execute(store, "UPDATE procrastinate_jobs SET status = 'doing'")
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_events")).scalar_one() == 0


def test_what_comes_in_during_the_work_gets_a_job_of_its_own(store, inbox):
    save(inbox, 1, "1")
    execute(store, "UPDATE procrastinate_jobs SET status = 'doing'")
    execute(store, "UPDATE ticket SET done_generation = generation")
    save(inbox, 2, "1")
    assert waiting(store) == [("ticket 1", "doing"), ("ticket 1", "todo")]


def test_a_job_that_waits_already_spoils_no_transaction(store):
    with store.writing() as connection:
        register_site(connection, "jira", "first")
        write_jobs(connection, [(7, 0.0)])
        write_jobs(connection, [(7, 0.0)])
        write_jobs(connection, [(9, 0.0), (7, 0.0), (8, 0.0)])
        register_site(connection, "jira", "second")
    assert waiting(store) == [("ticket 7", "todo"), ("ticket 8", "todo"), ("ticket 9", "todo")]
    with store.reading() as connection:
        assert set(connection.execute(site.select()).scalars()) == {"jira"}


def test_lost_jobs_are_derived_again(store, inbox):
    for number in range(5):
        save(inbox, number, str(number))
    execute(store, "DELETE FROM procrastinate_jobs WHERE queueing_lock <> 'ticket 2'")
    sweep(store)
    assert sorted(waiting(store)) == [(f"ticket {number}", "todo") for number in range(1, 6)]
    sweep(store)
    assert len(waiting(store)) == 5


def test_nobody_gets_a_job_before_there_is_something_to_do(store, inbox):
    for number in range(4):
        save(inbox, number, str(number))
    execute(store, "DELETE FROM procrastinate_jobs")
    with store.writing() as connection:
        first = claim(connection, lease=60, max_wait=600)
        connection.execute(ticket.update().where(ticket.c.external_id == "1").values(not_before=9e12))
        connection.execute(ticket.update().where(ticket.c.external_id == "2").values(done_generation=9))
    assert first.ref.id == "0"
    sweep(store)
    assert waiting(store) == [("ticket 4", "todo")]
    execute(store, "DELETE FROM procrastinate_jobs")
    with store.writing() as connection:
        pause_site(connection, "jira", "default", 60.0, "Jira asked us to slow down")
    sweep(store)
    assert waiting(store) == []


def test_the_job_of_a_dead_worker_is_dropped_and_its_ticket_is_not(store, inbox):
    save(inbox, 1, "1")
    worker = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '{} seconds')"
    execute(store, worker.format(5))
    execute(
        store,
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)",
    )
    execute(store, "UPDATE ticket SET lease_until = 9e12")
    sweep(store)
    assert waiting(store) == [("ticket 1", "doing")]
    execute(store, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
    sweep(store)
    assert waiting(store) == []
    execute(store, "UPDATE ticket SET lease_until = 0")
    sweep(store)
    assert waiting(store) == [("ticket 1", "todo")]


def test_the_job_of_a_worker_that_is_forgotten_is_dropped_too(store, inbox):
    save(inbox, 1, "1")
    execute(store, "UPDATE procrastinate_jobs SET status = 'doing'")
    execute(store, "UPDATE ticket SET done_generation = generation")
    sweep(store)
    assert waiting(store) == []


def test_one_host_sweeps_at_a_time(store, inbox):
    save(inbox, 1, "1")
    execute(store, "DELETE FROM procrastinate_jobs")
    with store.writing() as connection:
        assert jobs.my_turn(connection)
        sweep(store)
        assert waiting(store) == []
    sweep(store)
    assert len(waiting(store)) == 1


def test_a_job_set_for_later_than_its_ticket_is_hastened(store, inbox):
    save(inbox, 1, "1")
    execute(store, "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '3 hours'")
    sweep(store)
    with store.reading() as connection:
        query = text("SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NULL")
        assert connection.execute(query).scalar_one() == 1


class TestWorker:
    """A worker over real jobs, with an attempt that a test decides."""

    @pytest.fixture
    def run(self, store, url, monkeypatch):
        monkeypatch.setattr(jobworker, "POLL_SECONDS", 0.2)

        def run(attempt, times):
            done = []

            def counted():
                done.append(1)
                return attempt()

            settings = Settings(url, Path(), secret_key=KEY)
            JobWorker(settings, store, counted).run(lambda: len(done) >= times)
            return len(done)

        return run

    def test_each_job_is_one_attempt_and_leaves_nothing_behind(self, store, inbox, run):
        for number in range(3):
            save(inbox, number, str(number))

        def attempt():
            execute(
                store,
                "UPDATE ticket SET done_generation = generation WHERE id = (SELECT min(id) FROM ticket WHERE generation > done_generation)",
            )
            return True

        assert run(attempt, 3) == 3
        assert waiting(store) == []

    def test_what_is_still_to_be_done_gets_another_job(self, store, inbox, run):
        save(inbox, 1, "1")
        assert run(lambda: False, 2) >= 2
        assert waiting(store) == [("ticket 1", "todo")]

    def test_an_attempt_that_fails_is_tried_again_by_the_sweeper(self, store, inbox, run):
        save(inbox, 1, "1")

        def attempt():
            raise ZeroDivisionError

        run(attempt, 1)
        assert waiting(store) == []
        sweep(store)
        assert waiting(store) == [("ticket 1", "todo")]


@pytest.mark.parametrize("more", ["?options=-csearch_path%3Dours", "?host=127.0.0.1:{}&host=127.0.0.1:{}"])
def test_what_the_databases_url_asks_of_each_connection_holds_for_jobs_too(more):
    with postgres.database(empty=True) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA ours")
            here, name = connection.info.port, connection.info.dbname
        place = f"postgresql://{postgres.USER}@/{name}" if "host" in more else url
        database = place + more.format(here, postgres.free_port())
        settings = Settings(database, Path(), secret_key=KEY, debounce_seconds=0.0)
        store, done, end = Store.of(settings), [], time.monotonic() + 30
        store.migrate()
        inbox = Inbox(store, settings)
        save(inbox, 1, "1")
        JobWorker(settings, store, lambda: not done.append(1)).run(lambda: bool(done) or time.monotonic() > end)
        inbox.stop()
        store.close()
    assert done


def test_the_tables_of_a_newer_procrastinate_are_made_by_its_migrations(store, tmp_path, monkeypatch):
    for name in ("03.01.00_50_post_old.sql", "03.04.00_01_pre_known.sql"):
        (tmp_path / name).write_text("SELECT must_not_run();")
    (tmp_path / "99.02.00_01_pre_a.sql").write_text("CREATE TABLE procrastinate_new (id int);")
    (tmp_path / "99.02.00_50_post_b.sql").write_text("INSERT INTO procrastinate_new VALUES (1);")
    monkeypatch.setattr("procrastinate.schema.migrations_path", tmp_path)
    monkeypatch.setattr(jobs_schema, "installed", lambda: "99.2.0")
    again = Store(str(store.url), KEY)
    again.migrate()
    again.migrate()
    with store.writing() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_new")).scalar_one() == 1
        connection.execute(text("DROP TABLE procrastinate_new"))
        connection.execute(text("UPDATE procrastinate_version SET version = '3.10.0'"))
    again.close()
