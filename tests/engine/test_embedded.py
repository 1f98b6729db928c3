import os
import time
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from service.bulkhead import MOST_IN_ALL
from service.engine import checker, clock, pool, seat
from service.engine.base import Busy, CheckFailed
from service.engine.embedded import EmbeddedEngine
from service.policy import Policy, RuleOverride
from service.settings import JiraSite, Secret, Settings, SettingsError
from service.store import Store
from service.store.schema import site, ticket
from service.ticket import Text, Ticket
from service.web.server import THREADS
from tests.engine import workers
from tests.store.conftest import KEY

POLICY = Policy(ready=71, rules=MappingProxyType({"no-benefit": RuleOverride(enabled=False)}))


def until(true, what, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.01)


@pytest.fixture
def url(sqlite_url):
    return sqlite_url


@pytest.fixture
def engine_of(url, monkeypatch):
    monkeypatch.setattr(pool, "work", workers.work)
    monkeypatch.setattr(clock, "keep_time", workers.work)
    monkeypatch.setattr(seat, "FINISH_SECONDS", 0.5)
    engines = []

    def make(**settings):
        given = {"secret_key": KEY, "workers": 1} | settings
        engine = EmbeddedEngine(Settings(url, Path(), **given))
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.stop()


@pytest.fixture
def engine(engine_of):
    engine = engine_of()
    engine.start()
    return engine


def check(engine, title="A title", seconds=20):
    return engine.check(Ticket("1", title, Text("a text")), POLICY, seconds)


def test_a_check_is_answered_by_another_process(engine):
    review = check(engine)
    assert (review.score, review.text_hash) == (71, "a text")
    assert int(review.reason) != os.getpid()
    assert engine.ready


def test_a_ticket_of_a_megabyte_passes_through_the_pipe(engine):
    ticket = Ticket("1", "A title", Text("x" * 1_000_000))
    assert len(engine.check(ticket, POLICY, 20).text_hash) == 1_000_000


def test_a_worker_that_dies_is_replaced(engine):
    first = check(engine).reason
    with pytest.raises(Busy, match="died"):
        check(engine, "die")
    assert check(engine).reason != first


def test_a_worker_that_hangs_holds_nobody_up(engine):
    check(engine)
    with pytest.raises(Busy, match="in time"):
        check(engine, "hang", 0.2)
    with pytest.raises(Busy, match="in time"):
        check(engine, seconds=0.2)


def test_more_than_can_be_answered_is_refused_at_once(engine, monkeypatch):
    check(engine)
    monkeypatch.setattr(checker, "MOST_WAITING", 2)
    for _ in range(2):
        with pytest.raises(Busy, match="in time"):
            check(engine, "hang", 0.05)
    with pytest.raises(Busy, match="all workers are busy"):
        check(engine)


def test_who_waits_for_a_score_leaves_threads_to_deliveries(engine_of, monkeypatch):
    assert pool.MOST_ASKING < MOST_IN_ALL < THREADS
    monkeypatch.setattr(pool, "MOST_ASKING", 1)
    engine = engine_of()
    engine.start()
    check(engine)
    ask = checker.Checker.ask

    def ask_meanwhile(*given, **named):
        with pytest.raises(Busy, match="too many ask at once"):
            check(engine)
        return ask(*given, **named)

    monkeypatch.setattr(checker.Checker, "ask", ask_meanwhile)
    assert [check(engine).score for _ in range(2)] == [71, 71]


def test_a_worker_that_hangs_for_long_is_replaced(engine, monkeypatch):
    first = check(engine).reason
    monkeypatch.setattr(checker, "HUNG_AFTER", 0.05)
    with pytest.raises(Busy, match="in time"):
        check(engine, "hang", 0.1)
    with pytest.raises(Busy, match="busy"):
        check(engine)
    assert check(engine).reason != first


def test_a_fault_while_scoring_is_told(engine):
    with pytest.raises(CheckFailed):
        check(engine, "fail")
    assert check(engine).score == 71


def test_a_worker_that_leaves_is_replaced_at_once_and_drops_nothing(engine, monkeypatch):
    monkeypatch.setattr(seat, "HEALTHY_AFTER", 0.0)
    with capture_logs() as logs:
        first = check(engine, "leave").reason
        assert check(engine).reason != first
    assert [log["event"] for log in logs if log["event"].startswith("worker")] == ["worker replaced"]


def test_a_worker_that_leaves_as_soon_as_it_comes_is_not_replaced_in_a_hot_loop(engine, monkeypatch):
    monkeypatch.setattr(seat, "HEALTHY_AFTER", 1e9)
    first = check(engine, "leave").reason
    with capture_logs() as logs:
        assert check(engine).reason != first
    assert [log["restart_in"] for log in logs if log["event"] == "worker died"] == [0.2]


def test_a_worker_that_cannot_start_is_tried_again_and_again_but_slower(engine_of):
    engine = engine_of(model="stillborn")
    engine.start()
    with pytest.raises(Busy, match="no worker is ready yet"):
        check(engine, seconds=0.5)
    assert not engine.ready


def test_a_worker_that_will_not_stop_is_ended(engine_of):
    engine = engine_of(model="stubborn")
    engine.start()
    pid = int(check(engine).reason)
    engine.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_stopped_engine_is_busy(engine):
    check(engine)
    engine.stop()
    with pytest.raises(Busy):
        check(engine, seconds=0.1)


def test_a_database_has_one_owner(engine, engine_of):
    with pytest.raises(SettingsError, match="another `clarity serve`"):
        engine_of().start()
    engine.stop()
    engine.stop()
    engine_of().start()


def test_a_wrong_key_stops_the_start(engine_of):
    first = engine_of()
    first.start()
    first.stop()
    other = engine_of(secret_key=Secret("another key of thirty-two characters"))
    with pytest.raises(SettingsError, match="former key"):
        other.start()


def test_configured_sites_are_known_from_the_start_and_old_leases_are_void(engine_of, url):
    store = Store(url, KEY)
    store.migrate()
    with store.writing() as connection:
        row = {"tracker": "jira", "site": "x", "external_id": "1", "generation": 1, "due": 0, "first_due": 0}
        connection.execute(ticket.insert().values(row | {"lease_until": 9e9, "lease_token": "dead"}))
    engine_of(jira={"x": JiraSite("x", "https://jira.example")}).start()
    with store.reading() as connection:
        assert connection.execute(select(ticket.c.lease_until, ticket.c.lease_token)).one() == (0.0, "")
        assert ("jira", "x") in connection.execute(select(site.c.tracker, site.c.name)).all()
    store.close()


def test_waking_before_anybody_is_there_is_no_fault(engine_of):
    engine = engine_of()
    engine.wake(None)
    engine.start()
    check(engine)
    engine.wake(None)
    assert check(engine).score == 71


def test_a_job_unknown_is_told(engine):
    with pytest.raises(KeyError, match="choose one of"):
        engine.schedule("sweep", 0)
