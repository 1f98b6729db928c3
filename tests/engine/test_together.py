"""Several due tickets are claimed at once and parsed in one batch; each is otherwise worked on by itself."""

import time
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from service.commenting import Commenter
from service.reconcile import TURN_SECONDS
from service.store.accepting import register_site
from service.store.pausing import pause_site
from service.store.schema import site, ticket
from service.trackers.base import TrackerError
from tests.engine.test_reconcile import VAGUE

LEASE = 60.0


def never():
    return False


def save(world, count):
    """So many tickets that came one after the other."""
    for number in range(count):
        world.save(str(number), VAGUE)
        with world.store.writing() as connection:
            first = ticket.c.external_id == str(number)
            connection.execute(update(ticket).where(first).values(due=ticket.c.due - count + number))


def leased(world, count):
    return [number for number in range(count) if world.row(str(number)).lease_until > 0]


def test_several_are_parsed_in_one_batch_and_each_gets_its_comment(world_of):
    world = world_of(workers=1)
    save(world, 5)
    assert world.reconciler.run(8, never)
    assert world.reviewer.prepared == [["0", "1", "2", "3", "4"]]
    assert world.tracker.count("fetch") == 5
    assert all(len(world.tracker.ours(str(number))) == 1 for number in range(5))
    assert not world.reconciler.run(8, never)


def test_a_lone_ticket_is_worked_on_at_once(world_of):
    world = world_of(workers=1)
    save(world, 1)
    assert world.reconciler.run(8, never)
    assert world.reviewer.prepared == []
    assert [method for method, _ in world.tracker.calls] == ["fetch", "create_comment"]


def test_each_worker_is_left_a_share(world_of):
    world = world_of(workers=2)
    save(world, 6)
    world.reconciler.run(8, never)
    assert world.reviewer.prepared == [["0", "1", "2"]]
    world.another().run(8, never)
    assert world.reviewer.prepared == [["0", "1", "2"], ["3", "4"]]


def test_no_more_than_asked_for(world_of):
    world = world_of(workers=1)
    save(world, 12)
    world.reconciler.run(8, never)
    assert world.reviewer.prepared == [[str(number) for number in range(8)]]


def test_another_site_is_not_made_to_wait(world_of):
    world = world_of(workers=1)
    save(world, 4)
    with world.store.writing() as connection:
        register_site(connection, "jira", "other")
        connection.execute(update(ticket).where(ticket.c.external_id.in_(["1", "2"])).values(site="other"))
    world.reconciler.run(8, never)
    assert world.reviewer.prepared == [["0", "3"]]
    world.reconciler.run(8, never)
    assert world.reviewer.prepared[1:] == [["1", "2"]]


def test_a_ticket_that_was_tried_before_is_worked_on_alone(world_of):
    world = world_of(workers=1)
    save(world, 3)
    with world.store.writing() as connection:
        connection.execute(update(ticket).where(ticket.c.external_id == "0").values(attempts=1))
    world.reconciler.run(8, never)
    assert world.reviewer.prepared == []
    assert [ticket for method, ticket in world.tracker.calls if method == "fetch"] == ["0"]
    world.reconciler.run(8, never)
    assert world.reviewer.prepared == [["1", "2"]]


def test_one_that_cannot_be_read_holds_up_none(world_of):
    world = world_of(workers=1)
    save(world, 3)
    world.reviewer.poison.add("1")
    world.reviewer.prepare = lambda tickets: 1 / 0
    world.reconciler.run(8, never)
    assert [len(world.tracker.ours(str(number))) for number in range(3)] == [1, 0, 1]
    assert world.row("1").waits > 0


def test_one_that_is_gone_holds_up_none(world_of):
    world = world_of(workers=1)
    save(world, 3)
    del world.tracker.snapshots["1"]
    world.reconciler.run(8, never)
    assert [len(world.tracker.ours(number)) for number in ("0", "2")] == [1, 1]
    assert world.tracker.count("fetch") == 3
    assert world.row("1").gone


def test_a_site_that_asks_for_a_pause_is_asked_once(world_of):
    world = world_of(workers=1)
    save(world, 4)
    world.tracker.faults["fetch"] = [TrackerError("slow down", permanent=False, pauses="site", retry_after=30)]
    world.reconciler.run(8, never)
    assert world.tracker.calls == [("fetch", "0")]
    assert leased(world, 4) == []
    assert [world.row(str(number)).attempts for number in range(4)] == [0, 0, 0, 0]


def test_nothing_more_is_sent_to_a_site_that_asks_for_a_pause_while_others_are_fetched(world_of):
    world = world_of(workers=1)
    save(world, 4)
    asked = TrackerError("slow down", pauses="site", retry_after=30)

    def third():
        world.tracker.faults["fetch"] = [asked] if world.tracker.count("fetch") == 3 else []

    world.tracker.before["fetch"] = third
    world.reconciler.run(8, never)
    assert world.tracker.calls == [("fetch", "0"), ("fetch", "1"), ("fetch", "2")]
    assert leased(world, 4) == []
    assert [world.row(str(number)).attempts for number in range(4)] == [0, 0, 0, 0]
    assert not world.reconciler.run(8, never)
    world.later(31)
    world.tracker.before.clear()
    world.work()
    assert [len(world.tracker.ours(str(number))) for number in range(4)] == [1, 1, 1, 1]


def test_what_is_left_is_given_back_once_another_worker_was_asked_to_let_the_site_be(world_of):
    world = world_of(workers=1)
    save(world, 4)

    def another():
        with world.store.writing() as connection:
            pause_site(connection, "jira", "default", 30.0, "slow down")

    world.tracker.before["create_comment"] = another
    world.reconciler.run(8, never)
    assert [len(world.tracker.ours(str(number))) for number in range(4)] == [1, 0, 0, 0]
    assert leased(world, 4) == []
    world.tracker.before.clear()
    world.later(31)
    world.work()
    assert [len(world.tracker.ours(str(number))) for number in range(4)] == [1, 1, 1, 1]


@pytest.mark.parametrize(("elsewhere", "commented"), [(True, [1, 0, 0, 0]), (False, [1, 1, 1, 1])])
def test_what_is_left_of_a_slow_site_is_given_back_once_another_waits(world_of, monkeypatch, elsewhere, commented):
    world = world_of(workers=1)
    save(world, 4)
    clock = [0.0]
    monkeypatch.setattr("service.reconcile.time", SimpleNamespace(monotonic=lambda: clock[0], time=time.time))

    def slowly():
        clock[0] += TURN_SECONDS

    world.tracker.before["fetch"] = slowly
    if elsewhere:
        world.save("late", VAGUE, at="linear")
        with world.store.writing() as connection:
            connection.execute(update(site).where(site.c.tracker == "linear").values(served_at=1.0))
    world.reconciler.run(8, never)
    assert [len(world.tracker.ours(str(number))) for number in range(4)] == commented
    assert leased(world, 4) == []
    assert world.tracker.count("fetch") == sum(commented)


def test_what_is_left_when_told_to_stop_is_given_back(world_of):
    world = world_of(workers=1)
    save(world, 4)
    world.reconciler.run(8, lambda: True)
    assert [len(world.tracker.ours(str(number))) for number in range(4)] == [1, 0, 0, 0]
    assert leased(world, 4) == []
    assert world.work() == 3


def test_what_is_left_when_half_the_lease_is_over_is_given_back(world_of, monkeypatch):
    world = world_of(workers=1)
    save(world, 4)
    clock = [0.0]
    monkeypatch.setattr("service.reconcile.time", SimpleNamespace(monotonic=lambda: clock[0], time=time.time))
    review = world.reviewer.review

    def slowly(ticket, policy):
        clock[0] += LEASE * 0.3
        return review(ticket, policy)

    monkeypatch.setattr(world.reviewer, "review", slowly)
    world.reconciler.run(8, never)
    assert [len(world.tracker.ours(str(number))) for number in range(4)] == [1, 1, 0, 0]
    assert leased(world, 4) == []


def test_a_lease_is_renewed_before_a_review_once_a_quarter_of_it_is_gone(world_of, monkeypatch):
    world = world_of(workers=1)
    leases = []
    monkeypatch.setattr("service.commenting.hold", lambda *given: leases.append(given[2]) or True)
    for age in (LEASE * 0.2, LEASE * 0.3):
        Commenter(world.store, world.tracker, None, LEASE, time.monotonic() - age).renew()
    assert leases == [LEASE]


def test_a_lease_that_ran_out_meanwhile_is_seen_before_anything_is_written(world_of):
    world = world_of(workers=1)
    save(world, 3)
    review = world.reviewer.review

    def slow(given, policy):
        if given.id == "0":
            world.later(LEASE + 1)
            world.reviewer.review = review
            assert world.another().run(8, never)
        return review(given, policy)

    world.reviewer.review = slow
    world.reconciler.run(8, never)
    world.settle()
    assert all(len(world.tracker.ours(str(number))) == 1 for number in range(3))
