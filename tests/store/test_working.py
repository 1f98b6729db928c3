import threading

import pytest

from service.store.accepting import project_of, raise_generation, register_site
from service.store.looking import look_again, saved_together
from service.store.pausing import pause_site
from service.store.schema import ticket
from service.store.working import anything_due, claim, finish, hold, release
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


def test_sites_take_turns_however_much_one_of_them_brings(store):
    accept(store, *(TicketRef("jira", "default", str(number)) for number in range(30)))
    late = TicketRef("linear", "eu", "late")
    with store.writing() as connection:
        register_site(connection, "linear", "eu")
    taken = [take(store).ref.site]
    accept(store, late)
    taken += [take(store).ref.site for _ in range(3)]
    assert taken == ["default", "eu", "default", "default"]


@pytest.mark.parametrize(
    ("key", "project"),
    [
        ("SHOP-12", "SHOP"),
        ("A-B-7", "A-B"),
        ("", ""),
        ("12", ""),
        ("TRY-5BF", ""),
        ("-3", ""),
        ("owner/my-app-2#12", "owner/my-app-2"),
        ("owner/name#x", ""),
        ("#1", ""),
    ],
)
def test_a_key_tells_the_project(key, project):
    assert project_of(key) == project


def test_what_was_saved_together_is_counted_by_project_and_time(store):
    refs = [TicketRef("jira", "default", str(number), f"SHOP-{number}") for number in range(6)]
    accept(store, *refs, TicketRef("jira", "default", "x", "OPS-1"))
    with store.writing() as connection:
        register_site(connection, "jira", "eu")
        raise_generation(connection, TicketRef("jira", "eu", "1", "SHOP-1"), debounce=9, max_wait=9)
        raise_generation(
            connection, TicketRef("jira", "default", "c", "SHOP-9"), debounce=9, max_wait=9, saved=False
        )
        connection.execute(
            ticket.update().where(ticket.c.external_id == "5").values(saved_at=ticket.c.saved_at - 601)
        )
    mine = take(store)
    with store.reading() as connection:
        assert saved_together(connection, mine, "SHOP", within=600, most=100) == 5
        assert saved_together(connection, mine, "SHOP", within=600, most=3) == 3
        assert saved_together(connection, mine, "SHOP", within=700, most=100) == 6


def test_a_comment_is_no_save_and_forgets_none(store):
    accept(store, REF)
    before = take(store).saved_at
    with store.writing() as connection:
        raise_generation(connection, REF, debounce=0, max_wait=0, saved=False)
    later(store, 61)
    assert take(store).saved_at == before > 0
