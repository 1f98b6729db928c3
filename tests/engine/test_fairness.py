"""One tenant's import of 50,000 tickets, and another's single new ticket."""

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, literal_column, select, text

from service.engine.jobworker import JobWorker
from service.inbox import Inbox
from service.policy import Policy
from service.store.accepting import register_site
from service.store.dialect import now
from service.store.schema import decision, ticket
from service.ticket import Saved, TicketRef
from service.trackers.base import Received, TrackerError
from tests.engine.test_reconcile import VAGUE
from tests.engine.world import Tracker

MANY = 50_000
SECONDS = 5.0
LATE = TicketRef("jira", "small", "late", "TINY-1")


@pytest.fixture
def busy(world):
    """A world in which the site "default" has 50,000 due tickets, each of which takes a while."""
    world.settings = replace(world.settings, policy=Policy(storm=50))
    world.reconciler = world.another()
    world.tracker.before["fetch"] = lambda: time.sleep(0.02)
    world.tracker.fetch = lambda ticket_id: Tracker.fetch(world.tracker, "1" if ticket_id != "late" else "late")
    world.tracker.put("1", VAGUE)
    world.tracker.put("late", VAGUE)
    with world.store.writing() as connection:
        register_site(connection, "jira", "default")
        register_site(connection, "jira", "small")
        numbers = text(NUMBERS[connection.dialect.name]).columns(literal_column("n")).subquery()
        columns = (
            "tracker",
            "site",
            "external_id",
            "key",
            "project",
            "generation",
            "due",
            "first_due",
            "saved_at",
        )
        rows = select(
            literal_column("'jira'"),
            literal_column("'default'"),
            literal_column("'m' || n"),
            literal_column("'SHOP-' || n"),
            literal_column("'SHOP'"),
            literal_column("1"),
            now() - 60,
            now() - 60,
            now() - 60,
        ).select_from(numbers)
        connection.execute(ticket.insert().from_select(columns, rows))
        if world.store.distributed:
            connection.execute(text(JOBS))
    return world


NUMBERS = {
    "sqlite": f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {MANY}) SELECT n FROM s",
    "postgresql": f"SELECT n FROM generate_series(1, {MANY}) AS s(n)",
}
JOBS = """INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)
SELECT 'tickets', 'reconcile', 'ticket ' || id, json_build_object('ticket_id', id)::jsonb FROM ticket ORDER BY id"""


def working(world, stopping):
    """What a worker process does on this database."""
    if world.store.distributed:
        JobWorker(world.settings, world.store, world.reconciler.run_one).run(stopping.is_set)
    else:
        while not stopping.is_set():
            world.reconciler.run_one()


def decided(world, external_id):
    query = select(func.count()).select_from(decision.join(ticket, decision.c.ticket_id == ticket.c.id))
    with world.store.reading() as connection:
        return connection.execute(query.where(ticket.c.external_id == external_id)).scalar_one()


def test_the_ticket_of_another_tenant_waits_no_more_than_five_seconds(busy):
    stopping = threading.Event()
    worker = threading.Thread(target=working, args=(busy, stopping))
    worker.start()
    try:
        until(lambda: served(busy) > 5, "at work on the import")
        inbox = Inbox(busy.store, busy.settings)
        began = time.monotonic()
        inbox.accept("jira", "small", Received("late", (Saved(LATE),)))
        until(lambda: decided(busy, "late"), "served")
        waited = time.monotonic() - began
        inbox.stop()
    finally:
        stopping.set()
        worker.join(30)
    assert waited < SECONDS
    assert served(busy) < 1_000


def served(world):
    with world.store.reading() as connection:
        done = select(func.count()).where(ticket.c.done_generation > 0)
        return connection.execute(done).scalar_one()


def until(true, what, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def test_a_pause_of_one_tenant_stops_no_other(busy):
    """All 50,000 wait for their site, and whoever comes next is served as if they were not there."""
    busy.tracker.faults["fetch"] = [TrackerError("429", retry_after=600, pauses="site")]
    assert busy.reconciler.run_one()
    assert not busy.reconciler.run_one()
    inbox = Inbox(busy.store, busy.settings)
    inbox.accept("jira", "small", Received("late", (Saved(LATE),)))
    inbox.stop()
    began = time.monotonic()
    assert busy.reconciler.run_one()
    assert decided(busy, "late") == 1
    assert time.monotonic() - began < SECONDS
    assert not busy.reconciler.run_one()
