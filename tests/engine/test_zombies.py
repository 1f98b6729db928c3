"""A worker that freezes, outlives its lease and thaws must not be seen by anybody."""

import threading

import pytest

from service.render.markdown import render
from tests.engine.test_reconcile import VAGUE

TICKETS = [str(number) for number in range(20)]


class Freezer:
    """Stops the first caller for each of twenty tickets until all are thawed."""

    def __init__(self):
        self.frozen = threading.Semaphore(0)
        self.thaw = threading.Event()
        self.zombies = set()

    def __call__(self):
        if threading.current_thread() in self.zombies:
            self.zombies.discard(threading.current_thread())
            self.frozen.release()
            assert self.thaw.wait(30)


def freeze(world, where):
    """Let twenty workers claim a ticket each and freeze as they call `where`; then let their leases run out."""
    freezer = world.tracker.before[where] = Freezer()
    for ticket in TICKETS:
        world.save(ticket, VAGUE)
    threads = [threading.Thread(target=world.another().run_one) for _ in TICKETS]
    freezer.zombies.update(threads)
    for thread in threads:
        thread.start()
        assert freezer.frozen.acquire(timeout=30)
    world.later(61)
    return freezer, threads


def thaw(freezer, threads):
    freezer.thaw.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("where", ["review", "create_comment"])
def test_at_rest_each_ticket_has_one_comment(world, where):
    if where == "review":
        review, hooks = world.reviewer.review, world.tracker.before
        world.reviewer.review = lambda *given: (hooks.get("review", lambda: None)(), review(*given))[1]
    freezer, threads = freeze(world, where)
    assert world.work() == 20
    assert all(len(world.tracker.ours(ticket)) == 1 for ticket in TICKETS)
    thaw(freezer, threads)
    if where == "review":
        assert all(len(world.tracker.ours(ticket)) == 1 for ticket in TICKETS)
        assert world.tracker.count("create_comment") == 20
    world.settle()
    for ticket in TICKETS:
        assert world.tracker.ours(ticket) == [world.row(ticket).comment_id]


def test_an_edit_from_a_frozen_worker_does_not_last(world):
    for ticket in TICKETS:
        world.save(ticket, VAGUE + " Fast, fast, fast.")
    world.work()
    freezer, threads = freeze(world, "update_comment")
    for ticket in TICKETS:
        world.save(ticket, "fast, fast, fast and fast")
    assert world.work() == 20
    thaw(freezer, threads)
    world.settle()
    for ticket in TICKETS:
        (comment,) = world.tracker.ours(ticket)
        assert "60 of 100" in render(world.tracker.said[comment])
