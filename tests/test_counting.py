"""What each process counts comes together in the database, and nothing is lost on the way but to a kill."""

import threading

import pytest

from service.counting import Counting, flush
from service.metrics import COUNTERS, DELIVERIES, HISTOGRAMS, TALLY, Histogram, Tally
from service.store import StoreUnavailable
from service.store.counters import add_counts, totals
from tests.store.conftest import store, url

__all__ = ["store", "url"]

TIMES = Histogram("test_seconds", "For tests.", (0.1, 1.0))


@pytest.fixture(autouse=True)
def _afresh():
    TALLY.take()
    yield
    TALLY.take()


def known(store):
    with store.reading() as connection:
        return totals(connection)


def test_what_several_processes_count_adds_up(store):
    first, second = Tally(), Tally()
    first.add("apples", (("kind", "red"),), 2.0)
    second.add("apples", (("kind", "red"),), 3.0)
    second.add("apples", (("kind", 'gr"ee\\n'),), 1.0)
    for tally in (first, second, first):
        flush(store, tally)
    assert known(store) == {("apples", (("kind", "red"),)): 5.0, ("apples", (("kind", 'gr"ee\\n'),)): 1.0}


def test_nothing_is_lost_between_threads(store):
    tally = Tally()

    def count():
        for _ in range(500):
            tally.add("apples", (), 1.0)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        flush(store, tally)
    flush(store, tally)
    assert known(store) == {("apples", ()): 2_000.0}


class Broken:
    def __init__(self, error):
        self.error = error

    def writing(self, *, durable):
        raise self.error


def test_what_cannot_be_kept_now_is_kept_later(store):
    tally = Tally()
    tally.add("apples", (), 2.0)
    flush(Broken(StoreUnavailable("locked")), tally)
    tally.add("apples", (), 1.0)
    flush(store, tally)
    assert known(store) == {("apples", ()): 3.0}


def test_a_fault_ends_nothing():
    tally = Tally()
    tally.add("apples", (), 2.0)
    flush(Broken(ValueError("odd")), tally)
    assert tally.take() == {}


def test_the_last_counts_are_kept_at_the_end(store):
    tally = Tally()
    with Counting(store, tally, seconds=3_600):
        tally.add("apples", (), 1.0)
    assert known(store) == {("apples", ()): 1.0}


def test_counts_are_kept_while_it_runs(store):
    tally, kept = Tally(), threading.Event()
    with Counting(store, tally, seconds=0.01):
        tally.add("apples", (), 1.0)
        for _ in range(1_000):
            if known(store):
                break
            kept.wait(0.01)
        assert known(store) == {("apples", ()): 1.0}


@pytest.mark.parametrize(("seconds", "bound"), [(0.0, "0.1"), (0.1, "0.1"), (0.5, "1"), (60.0, "+Inf")])
def test_a_measurement_falls_into_one_bucket(seconds, bound):
    TIMES.observe(seconds)
    assert TALLY.take() == {("test_seconds_bucket", (("le", bound),)): 1.0, ("test_seconds_sum", ()): seconds}


def test_a_label_that_is_missing_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        DELIVERIES.add(tracker="jira")


def test_every_name_fits_its_column_and_is_told_once():
    names = [metric.name for metric in (*COUNTERS, *HISTOGRAMS)]
    assert len(set(names)) == len(names)
    assert all(name.startswith("clarity_") and len(name) + len("_bucket") <= 64 for name in names)


def test_counts_are_added_in_one_order():
    """Else two processes could each wait for a row that the other holds."""
    seen = []

    class Connection:
        dialect = type("", (), {"name": "sqlite"})

        def execute(self, _, rows):
            seen.extend(row["labels"] for row in rows)

    add_counts(Connection(), {("b", (("x", "2"),)): 1.0, ("a", (("x", "3"),)): 1.0, ("a", (("x", "1"),)): 1.0})
    assert seen == ['[["x", "1"]]', '[["x", "3"]]', '[["x", "2"]]']


def test_no_stop_waits_for_a_database_that_hangs(store, monkeypatch):
    hangs, real, tally = threading.Event(), store.writing, Tally()

    def writing(**options):
        assert hangs.wait(60)
        return real(**options)

    monkeypatch.setattr(store, "writing", writing)
    monkeypatch.setattr("service.counting.STOP_SECONDS", 0.01)
    tally.add("apples", (), 1.0)
    counting = Counting(store, tally)
    counting.__enter__()
    leaving = threading.Thread(target=counting.__exit__)
    leaving.start()
    leaving.join(30)
    left = not leaving.is_alive()
    hangs.set()
    leaving.join()
    counting._thread.join()
    assert left
