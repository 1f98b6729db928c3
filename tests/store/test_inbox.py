import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.inbox import Inbox
from service.policy import PolicyChange
from service.settings import Settings
from service.store import StoreUnavailable
from service.store.accepting import Delivered, Wanted, accept_deliveries
from service.store.dialect import now
from service.store.schema import delivery, site, ticket
from service.store.working import anything_due, claim, finish
from service.ticket import Commented, Removed, Saved, TicketRef
from service.trackers.base import Received

REF = TicketRef("jira", "default", "10001", "SHOP-1")


def received(delivery_id, *events):
    return Received(delivery_id, events or (Saved(REF),))


@pytest.fixture
def inbox_of(store):
    inboxes = []

    def make(**settings):
        given = {"debounce_seconds": 90.0, "max_wait_seconds": 600.0} | settings
        woken = []
        inbox = Inbox(store, Settings(str(store.url), Path(), **given), woken.append)
        inbox.woken = woken
        inboxes.append(inbox)
        return inbox

    yield make
    for inbox in inboxes:
        inbox.stop()


def row(store, ref=REF):
    where = (ticket.c.tracker == ref.tracker, ticket.c.external_id == ref.id)
    with store.reading() as connection:
        return connection.execute(select(ticket, (ticket.c.due - now()).label("due_in")).where(*where)).one()


def count(store, table):
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def shift(store, seconds):
    """Let time pass, as far as the ticket can tell."""
    with store.writing() as connection:
        connection.execute(
            ticket.update().values(due=ticket.c.due - seconds, first_due=ticket.c.first_due - seconds)
        )


def test_a_delivery_is_accepted_once(store, inbox_of):
    inbox = inbox_of()
    assert inbox.accept("jira", "default", received("d1"))
    assert not inbox.accept("jira", "default", received("d1"))
    assert row(store).generation == 1
    assert count(store, delivery) == 1


def test_the_same_id_at_another_site_is_another_delivery(store, inbox_of):
    inbox = inbox_of()
    for tracker, name in (("jira", "default"), ("jira", "second"), ("linear", "default")):
        assert inbox.accept(tracker, name, received("d1", Saved(TicketRef(tracker, name, REF.id))))


def test_a_delivery_cannot_tell_of_a_ticket_of_another_site(store, inbox_of):
    with pytest.raises(ValueError, match="jira/second"):
        inbox_of().accept("jira", "second", received("d1", Saved(REF)))
    assert count(store, delivery) == count(store, ticket) == 0


def test_a_delivery_without_an_id_is_always_new(store, inbox_of):
    inbox = inbox_of()
    assert inbox.accept("jira", "default", received(""))
    assert inbox.accept("jira", "default", received(""))
    assert row(store).generation == 2


def test_a_very_long_id_is_told_apart_by_its_end(store, inbox_of):
    inbox = inbox_of()
    assert inbox.accept("jira", "default", received("x" * 300 + "1"))
    assert inbox.accept("jira", "default", received("x" * 300 + "2"))
    assert not inbox.accept("jira", "default", received("x" * 300 + "2"))


def test_each_event_raises_its_ticket(store, inbox_of):
    other = TicketRef("jira", "default", "10002", "SHOP-2")
    inbox_of().accept("jira", "default", received("d1", Saved(REF), Commented(other), Saved(REF)))
    assert row(store).generation == 2
    assert row(store, other).generation == 1


def test_no_events_are_still_deduplicated(store, inbox_of):
    inbox = inbox_of()
    assert inbox.accept("jira", "default", Received("d1", (), "a sprint started"))
    assert not inbox.accept("jira", "default", Received("d1", (), "a sprint started"))
    assert count(store, ticket) == 0


def test_the_site_is_known_from_its_first_delivery(store, inbox_of):
    inbox = inbox_of()
    inbox.accept("jira", "default", received("d1"))
    with store.writing() as connection:
        connection.execute(site.update().values(connected_at=5.0))
    inbox.accept("jira", "default", received("d2"))
    with store.reading() as connection:
        assert connection.execute(select(site.c.connected_at)).scalars().all() == [5.0]


def test_debounce_puts_off_but_never_beyond_the_longest_wait(store, inbox_of):
    inbox = inbox_of(debounce_seconds=90.0, max_wait_seconds=120.0)
    inbox.accept("jira", "default", received("d1"))
    assert 85 < row(store).due_in <= 90
    shift(store, 20)
    inbox.accept("jira", "default", received("d2"))
    assert 85 < row(store).due_in <= 90
    shift(store, 80)
    inbox.accept("jira", "default", received("d3"))
    assert 15 < row(store).due_in <= 20
    shift(store, 30)
    inbox.accept("jira", "default", received("d4"))
    assert row(store).due_in < 0


def test_a_debounce_longer_than_the_longest_wait_is_cut(store, inbox_of):
    inbox_of(debounce_seconds=90.0, max_wait_seconds=10.0).accept("jira", "default", received("d1"))
    assert row(store).due_in <= 10


def test_a_project_rests_as_long_as_it_says(store, inbox_of):
    projects = {
        "SHOP": PolicyChange(debounce=20.0),
        "owner/name": PolicyChange(debounce=500.0),
        "PAY": PolicyChange(),
    }
    inbox = inbox_of(max_wait_seconds=120.0, projects=projects)
    keys = {"SHOP-1": 20, "owner/name#7": 120, "PAY-1": 90, "OTHER-1": 90, "": 90}
    for number, (key, rest) in enumerate(keys.items()):
        ref = TicketRef("jira", "default", str(number), key)
        inbox.accept("jira", "default", received(f"d{number}", Saved(ref)))
        assert rest - 5 < row(store, ref).due_in <= rest, key


def test_it_is_known_since_when_nobody_answered(store, inbox_of):
    inbox = inbox_of()
    inbox.accept("jira", "default", received("d1", Commented(REF)))
    assert row(store).unanswered_since == 0
    inbox.accept("jira", "default", received("d2"))
    first = row(store).unanswered_since
    assert first == row(store).saved_at > 0
    inbox.accept("jira", "default", received("d3"))
    after = row(store)
    assert after.unanswered_since == first < after.saved_at
    shift(store, 600)
    with store.writing() as connection:
        mine = claim(connection, lease=60, max_wait=600)
        assert finish(connection, mine, {})
    assert row(store).unanswered_since == 0


def test_what_comes_in_during_the_work_is_a_new_burst(store, inbox_of):
    inbox = inbox_of(debounce_seconds=90.0, max_wait_seconds=120.0)
    inbox.accept("jira", "default", received("d1"))
    shift(store, 119)
    with store.writing() as connection:
        mine = claim(connection, lease=60, max_wait=120)
    inbox.accept("jira", "default", received("d2"))
    with store.writing() as connection:
        assert finish(connection, mine, {})
    after = row(store)
    assert (after.generation, after.done_generation) == (2, 1)
    assert 85 < after.due_in <= 90


def test_no_debounce_is_possible_and_wakes(store, inbox_of):
    inbox = inbox_of(debounce_seconds=0.0)
    inbox.accept("jira", "default", received("d1"))
    assert inbox.woken == [REF]
    with store.reading() as connection:
        assert anything_due(connection)


def test_the_local_tracker_never_waits(store, inbox_of):
    inbox = inbox_of()
    local = TicketRef("local", "playground", "t1")
    inbox.accept("jira", "default", received("d1"))
    inbox.accept("local", "playground", received("d2", Saved(local)))
    assert inbox.woken == [local]


def test_a_removed_ticket_is_gone_until_it_is_seen_again(store, inbox_of):
    inbox = inbox_of()
    inbox.accept("jira", "default", received("d1", Removed(REF)))
    assert row(store).gone
    inbox.accept("jira", "default", received("d2", Saved(REF)))
    assert not row(store).gone


def test_an_event_without_a_key_keeps_the_known_one(store, inbox_of):
    inbox = inbox_of()
    inbox.accept("jira", "default", received("d1"))
    inbox.accept("jira", "default", received("d2", Saved(TicketRef("jira", "default", REF.id))))
    assert row(store).key == "SHOP-1"


def test_a_key_that_cannot_be_encoded_is_kept_as_well_as_can_be(store, inbox_of):
    inbox_of().accept("jira", "default", received("d1", Saved(TicketRef("jira", "default", REF.id, "\ud800-1"))))
    assert row(store).key == "?-1"


def test_many_threads_are_committed_together_and_none_is_lost(store, inbox_of, monkeypatch):
    inbox = inbox_of(debounce_seconds=0.0)
    commits, accepting = [], store.accepting
    monkeypatch.setattr(store, "accepting", lambda: commits.append(1) or accepting())
    news = []

    def send(sender):
        for i in range(50):
            ref = TicketRef("jira", "default", str(i))
            news.append(inbox.accept("jira", "default", received(f"{sender}-{i // 2 * 2}", Saved(ref))))

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(news), sum(news)) == (400, 200)
    assert count(store, delivery) == 200
    assert len(commits) < 400


def test_who_was_answered_together_is_waited_for(store, inbox_of, monkeypatch):
    inbox = inbox_of()
    commits, accepting = [], store.accepting
    monkeypatch.setattr(store, "accepting", lambda: commits.append(1) or accepting())
    inbox._crowd, inbox._patient_until = 3, time.monotonic() + 60
    threads = [
        threading.Thread(target=inbox.accept, args=("jira", "default", received(f"d{n}"))) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(commits), row(store).generation) == (1, 3)


def test_nobody_waits_for_more_than_a_part_of_a_commit(inbox_of):
    inbox = inbox_of()
    inbox._crowd, inbox._patient_until = 3, time.monotonic() + 0.01
    assert inbox.accept("jira", "default", received("d1"))


def test_on_a_server_a_commit_that_is_held_up_is_passed_by_others(postgres_store, monkeypatch):
    inbox = Inbox(postgres_store, Settings(str(postgres_store.url), Path()))
    assert inbox.accept("jira", "default", received("d1"))
    monkeypatch.setattr("service.inbox.OVERDUE_SECONDS", 0.0)
    accepting, going = postgres_store.accepting, threading.Event()
    monkeypatch.setattr(postgres_store, "accepting", lambda: going.set() or accepting())
    with postgres_store.writing() as connection:
        connection.execute(ticket.update().values(attempts=1))  # as by a worker that froze
        held = threading.Thread(target=inbox.accept, args=("jira", "default", received("d2")))
        held.start()
        assert going.wait(60)
        other = TicketRef("jira", "default", "10002", "SHOP-2")
        assert inbox.accept("jira", "default", received("d3", Saved(other)))
        assert row(postgres_store, other).generation == 1
    held.join()
    assert row(postgres_store).generation == 2


def test_one_bad_delivery_does_not_fail_its_neighbours(store, inbox_of, monkeypatch):
    inbox = inbox_of()
    answers = {}
    hold, entered = threading.Event(), threading.Event()
    accepting = store.accepting

    def slow():
        entered.set()
        hold.wait(10)
        return accepting()

    monkeypatch.setattr(store, "accepting", slow)
    monkeypatch.setattr(type(store), "writers", 1)

    def send(name, ref):
        try:
            answers[name] = inbox.accept("jira", "default", received(name, Saved(ref)))
        except Exception as error:
            answers[name] = error

    bad = TicketRef("jira", "default", "\ud800")
    threads = [threading.Thread(target=send, args=("first", REF))]
    threads[0].start()
    assert entered.wait(10)
    threads += [threading.Thread(target=send, args=(name, ref)) for name, ref in [("bad", bad), ("good", REF)]]
    for thread in threads[1:]:
        thread.start()
    while len(inbox._waiting) < 2:
        hold.wait(0.001)
    hold.set()
    for thread in threads:
        thread.join()
    assert isinstance(answers.pop("bad"), UnicodeEncodeError)
    assert answers == {"first": True, "good": True}


def test_a_database_fault_is_told_to_each_caller_and_heals(store, inbox_of, monkeypatch):
    inbox = inbox_of()
    accepting = store.accepting

    def fail():
        raise StoreUnavailable("the database is not available: disk full")

    monkeypatch.setattr(store, "accepting", fail)
    with pytest.raises(StoreUnavailable, match="disk full"):
        inbox.accept("jira", "default", received("d1"))
    monkeypatch.setattr(store, "accepting", accepting)
    assert inbox.accept("jira", "default", received("d1"))


def test_what_comes_twice_in_one_batch_is_new_once(store):
    one = Delivered("jira", "default", "d1", (Wanted(REF, 90, 600),))
    nameless = Delivered("jira", "default", "", (Wanted(REF, 90, 600),))
    other = Delivered("jira", "default", "d2", (Wanted(REF, 90, 600, gone=True),))
    with store.accepting() as connection:
        assert accept_deliveries(connection, [one]) == [True]
    with store.accepting() as connection:
        assert accept_deliveries(connection, [one, other, nameless, other, one]) == [
            False,
            True,
            True,
            False,
            False,
        ]
    after = row(store)
    assert (after.generation, after.gone) == (3, False)
    assert count(store, delivery) == 2


def test_the_last_word_of_a_batch_counts(store):
    saved = Delivered("jira", "default", "d1", (Wanted(REF, 90, 600),))
    gone = Delivered("jira", "default", "d2", (Wanted(TicketRef("jira", "default", REF.id), 90, 600, gone=True),))
    with store.accepting() as connection:
        accept_deliveries(connection, [saved, gone])
    assert (row(store).gone, row(store).key) == (True, "SHOP-1")


def test_what_no_database_stores_is_replaced(store, inbox_of):
    inbox = inbox_of()
    assert inbox.accept(
        "jira", "default", received("d\0", Saved(TicketRef("jira", "default", REF.id, "A\0\\u0000-1")))
    )
    assert not inbox.accept("jira", "default", received("d\0"))
    assert row(store).key.endswith("\\u0000-1")


def test_a_stopped_inbox_accepts_nothing(inbox_of):
    inbox = inbox_of()
    assert inbox.accept("jira", "default", received("d1"))
    inbox.stop()
    inbox.stop()
    with pytest.raises(StoreUnavailable, match="stopping"):
        inbox.accept("jira", "default", received("d2"))


def test_a_stop_waits_for_no_database_that_hangs(store, inbox_of, monkeypatch):
    hangs, asked, answers = threading.Event(), threading.Event(), []
    real = store.accepting

    def accepting():
        asked.set()
        assert hangs.wait(60)
        return real()

    inbox = inbox_of()
    monkeypatch.setattr(store, "accepting", accepting)
    monkeypatch.setattr("service.inbox.STOP_SECONDS", 0.01)
    sender = threading.Thread(target=lambda: answers.append(inbox.accept("jira", "default", received("d1"))))
    stopper = threading.Thread(target=inbox.stop)
    sender.start()
    assert asked.wait(30)
    stopper.start()
    stopper.join(30)
    stopped, told = not stopper.is_alive(), list(answers)
    hangs.set()
    for thread in (sender, stopper):
        thread.join()
    assert stopped
    assert told == []
    assert answers == [True]
