import threading

import pytest

from service.store.accepting import raise_generation, register_site
from service.store.schema import ticket
from service.store.working import anything_due, claim, finish, hold, look_again, pause_site, release
from service.ticket import TicketRef

REF = TicketRef("jira", "default", "1", "SHOP-1")


def take(store, lease=60.0):
    with store.writing() as connection:
        return claim(connection, lease=lease, max_wait=600)


def accept(store, *refs, debounce=0.0):
    with store.writing() as connection:
        register_site(connection, "jira", "default")
        for ref in refs:
            raise_generation(connection, ref, debounce=debounce, max_wait=600)


def later(store, seconds):
    with store.writing() as connection:
        connection.execute(ticket.update().values(lease_until=ticket.c.lease_until - seconds))


def test_nothing_is_claimed_before_it_is_due(store):
    accept(store, REF, debounce=5.0)
    with store.reading() as connection:
        assert not anything_due(connection)
    assert take(store) is None


def test_each_ticket_is_claimed_once_by_however_many_workers(store):
    refs = [TicketRef("jira", "default", str(number)) for number in range(40)]
    accept(store, *refs)
    claims, start = [], threading.Barrier(4)

    def work():
        start.wait(10)
        while (mine := take(store)) is not None:
            claims.append(mine.ref.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claims, key=int) == [ref.id for ref in refs]


def test_who_waited_longest_is_first(store):
    accept(store, REF)
    accept(store, TicketRef("jira", "default", "2"))
    with store.writing() as connection:
        connection.execute(ticket.update().where(ticket.c.external_id == "2").values(due=1.0))
    assert take(store).ref.id == "2"


def test_a_lease_that_ran_out_is_another_workers(store):
    accept(store, REF)
    first = take(store)
    assert take(store) is None
    later(store, 61)
    second = take(store)
    assert (second.id, second.attempts) == (first.id, 2)
    with store.writing() as connection:
        assert not hold(connection, first, 60)
        assert not finish(connection, first, {})
        assert hold(connection, second, 60)


def test_a_lease_that_ran_out_is_not_renewed_even_if_nobody_took_it(store):
    accept(store, REF)
    mine = take(store)
    later(store, 61)
    with store.writing() as connection:
        assert not hold(connection, mine, 60)


def test_the_fence_notes_its_values_or_nothing(store):
    accept(store, REF)
    first = take(store)
    with store.writing() as connection:
        assert hold(connection, first, 60, {"comment_state": "intended"})
    later(store, 61)
    second = take(store)
    assert second.comment_state == "intended"
    with store.writing() as connection:
        assert not hold(connection, first, 60, {"comment_state": "posted"})
    later(store, 61)
    assert take(store).comment_state == "intended"


def test_what_is_given_back_waits_its_time_whatever_comes_in(store):
    accept(store, REF)
    with store.writing() as connection:
        mine = claim(connection, lease=60, max_wait=600)
        release(connection, mine, 30.0, "the tracker said 500")
    accept(store, REF)
    assert take(store) is None


def test_a_second_look_is_a_new_generation(store):
    accept(store, REF)
    with store.writing() as connection:
        mine = claim(connection, lease=60, max_wait=600)
        finish(connection, mine, {"comment_hash": "abc"})
        look_again(connection, mine.id, 0.0)
    again = take(store)
    assert (again.generation, again.comment_hash) == (2, "abc")
    with store.writing() as connection:
        finish(connection, again, {})
        look_again(connection, mine.id, 0.0, rewrite=True)
    assert take(store).comment_hash == ""


@pytest.mark.parametrize(("tracker", "waits"), [("jira", True), ("linear", False)])
def test_a_pause_is_a_sites_own(store, tracker, waits):
    accept(store, REF)
    with store.writing() as connection:
        register_site(connection, "linear", "default")
        pause_site(connection, tracker, "default", 60.0, "x" * 300)
    assert (take(store) is None) is waits
