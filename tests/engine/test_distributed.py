"""The distributed engine with real worker processes, without rules and model."""

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from service.engine import pool, seat
from service.engine.base import Busy
from service.engine.distributed import DistributedEngine
from service.inbox import Inbox
from service.policy import Policy
from service.settings import Secret, Settings, SettingsError
from service.store.local import Draft, add_ticket
from service.store.schema import decision, ticket
from service.ticket import Saved, Text, Ticket, TicketRef
from service.trackers.base import Received
from tests.engine import real_worker
from tests.store.conftest import KEY


@pytest.fixture
def url(postgres_url):
    return postgres_url


@pytest.fixture
def engine_of(url, monkeypatch):
    monkeypatch.setattr(pool, "work", real_worker.real)
    monkeypatch.setattr(seat, "FINISH_SECONDS", 5.0)
    engines = []

    def make(*, reconciles=True, **settings):
        given = {"secret_key": KEY, "workers": 1, "debounce_seconds": 0.0} | settings
        engines.append(DistributedEngine(Settings(url, Path(), **given), reconciles=reconciles))
        return engines[-1]

    yield make
    for engine in engines:
        engine.stop()


def until(true, what, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def file(store, inbox, name):
    with store.writing() as connection:
        add_ticket(connection, name, Draft("", "A title", "A text", "plain"))
    ref = TicketRef("local", "playground", name)
    assert inbox.accept("local", "playground", Received("", (Saved(ref),)))


def pending(store):
    with store.reading() as connection:
        left = select(ticket.c.external_id).where(ticket.c.generation > ticket.c.done_generation)
        return connection.execute(left).scalars().all()


def test_two_hosts_share_the_work_of_a_third(engine_of, store, url):
    inbox = Inbox(store, Settings(url, Path()))
    engines = [engine_of(), engine_of(), engine_of(reconciles=False)]
    for engine in engines:
        engine.start()
    for number in range(20):
        file(store, inbox, f"t{number}")
    until(lambda: not pending(store), "done")
    with store.reading() as connection:
        decided = connection.execute(select(decision.c.ticket_id)).scalars().all()
    assert len(decided) == len(set(decided)) == 20
    inbox.stop()


def test_a_web_host_scores_and_leaves_the_tickets_to_others(engine_of, store, url):
    inbox = Inbox(store, Settings(url, Path()))
    engine = engine_of(reconciles=False)
    engine.start()
    file(store, inbox, "t1")
    review = engine.check(Ticket("1", "A title", Text("a text")), Policy(ready=71), 20)
    assert (review.score, engine.ready) == (71, True)
    assert int(review.reason) != os.getpid()
    engine.wake(TicketRef("local", "playground", "t1"))
    time.sleep(1.5)
    assert pending(store) == ["t1"]
    inbox.stop()


def test_a_wrong_key_stops_the_start(engine_of):
    engine_of().start()
    with pytest.raises(SettingsError, match="former key"):
        engine_of(secret_key=Secret("another key of thirty-two characters")).start()


def test_a_stopped_engine_is_busy_and_stops_twice(engine_of):
    engine = engine_of()
    engine.start()
    engine.stop()
    engine.stop()
    with pytest.raises(Busy):
        engine.check(Ticket("1", "A title", Text("a text")), Policy(), 0.1)


def test_a_job_by_the_clock_is_set_by_any_host(engine_of):
    engine = engine_of(reconciles=False)
    engine.start()
    engine.schedule("forget deliveries", 0)
    with pytest.raises(KeyError, match="choose one of"):
        engine.schedule("sweep", 0)
