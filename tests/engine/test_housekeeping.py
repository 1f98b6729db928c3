import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from service import housekeeping
from service.engine import schedule
from service.engine.schedule import Schedule
from service.reports import recounting
from service.settings import Settings
from service.store.accepting import raise_generation, register_site
from service.store.chores import (
    LEASE_SECONDS,
    free_chores,
    hasten_chore,
    know_chores,
    mend_times,
    next_chore,
    put_chore_back,
    take_chore,
)
from service.store.dialect import now
from service.store.keeping import has_opted_out, opt_person_in, opt_person_out
from service.store.looking import look_again
from service.store.pausing import pause_site
from service.store.schema import (
    chore,
    decision,
    delivery,
    finding,
    local_comment,
    local_ticket,
    metadata,
    review,
    site,
    ticket,
)
from service.store.working import claim, finish, release
from service.ticket import TicketRef
from tests.reports.sample import MONDAY, WEEK, add_review, add_ticket

DAY = 86_400
SETTINGS = Settings("", Path())


def count(store, table):
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_old_deliveries_are_forgotten_in_small_batches(store, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 4)
    with store.writing() as connection:
        for number in range(10):
            age = 31 * DAY if number < 6 else 29 * DAY
            row = {"tracker": "jira", "site": "default", "id": str(number), "at": now() - age}
            connection.execute(delivery.insert().values(row))
    assert housekeeping.forget_deliveries(store, SETTINGS) < 1
    assert count(store, delivery) == 6
    assert housekeeping.forget_deliveries(store, SETTINGS) > 60
    assert count(store, delivery) == 4


def test_the_playground_forgets_a_ticket_with_all_that_is_known_of_it(store):
    with store.writing() as connection:
        for number, age in enumerate((25 * 3600, 23 * 3600)):
            add_local(connection, f"t{number}", age)
        add_known(connection, "jira", "t0")
    housekeeping.forget_local_tickets(store, SETTINGS)
    assert [count(store, table) for table in (local_ticket, local_comment)] == [1, 1]
    assert [count(store, table) for table in (ticket, review, finding, decision)] == [2, 2, 2, 2]
    with store.reading() as connection:
        left = connection.execute(select(ticket.c.tracker, ticket.c.external_id)).all()
    assert sorted(left) == [("jira", "t0"), ("local", "t1")]


def aged(store, table, **ages):
    """Let rows of a table, by their ids from 1 on, be as many days old as told."""
    with store.writing() as connection:
        for number, days in enumerate(ages.values(), 1):
            connection.execute(table.update().where(table.c.id == number).values(at=now() - days * DAY))


@pytest.fixture
def three(store):
    with store.writing() as connection:
        for name in ("a", "b", "c"):
            add_known(connection, "jira", name)
    aged(store, review, a=400, b=300, c=1)
    aged(store, decision, a=400, b=300, c=1)


@pytest.mark.usefixtures("three")
def test_reviews_are_kept_unless_settings_say_how_long(store):
    assert housekeeping.forget_old_reviews(store, SETTINGS) > 60
    assert [count(store, table) for table in (review, finding, decision)] == [3, 3, 3]


@pytest.mark.usefixtures("three")
def test_old_reviews_are_forgotten_in_small_batches_and_tickets_stay_known(store, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 1)
    strict = Settings("", Path(), retention_days=200)
    assert housekeeping.forget_old_reviews(store, strict) < 1
    assert count(store, review) == 2
    while housekeeping.forget_old_reviews(store, strict) < 1:
        pass
    assert [count(store, table) for table in (review, finding, decision, ticket)] == [1, 1, 1, 3]


def test_a_decision_without_a_review_grows_old_too(store):
    with store.writing() as connection:
        add_known(connection, "jira", "a")
        connection.execute(decision.update().values(review_id=None, at=now() - 31 * DAY))
        connection.execute(review.update().values(at=now()))
    housekeeping.forget_old_reviews(store, Settings("", Path(), retention_days=30))
    assert [count(store, table) for table in (review, finding, decision)] == [1, 1, 0]


@pytest.mark.usefixtures("three")
def test_a_ticket_not_shown_for_a_week_is_forgotten(store):
    aged(store, decision, a=8, b=6, c=8)
    with store.writing() as connection:
        connection.execute(ticket.update().values(done_generation=1, gone=ticket.c.external_id != "c"))
    assert housekeeping.forget_removed_tickets(store, SETTINGS) > 60
    with store.reading() as connection:
        assert sorted(connection.execute(select(ticket.c.external_id)).scalars()) == ["b", "c"]
    assert [count(store, table) for table in (review, finding, decision)] == [2, 2, 2]


def test_a_gone_ticket_that_is_to_be_looked_at_is_not_forgotten(store):
    with store.writing() as connection:
        add_known(connection, "jira", "a")
        connection.execute(ticket.update().values(gone=True))
    housekeeping.forget_removed_tickets(store, SETTINGS)
    assert count(store, ticket) == 1


def test_every_table_of_a_ticket_is_forgotten_with_it():
    """By the schema's foreign keys; each leads to a ticket or a review, or the row is no ticket's, but a person's."""
    parents = {key.column.table.name for table in metadata.sorted_tables for key in table.foreign_keys}
    assert parents <= {"ticket", "review", "local_ticket", "mailbox"}


def add_local(connection, name, age):
    row = {"id": name, "title": "t", "description": "d", "markup": "plain"}
    connection.execute(local_ticket.insert().values(row | {"created": now() - age, "changed": now() - age}))
    row = {"id": f"c-{name}", "ticket_id": name, "body": "{}", "created": 0, "edited": 0}
    connection.execute(local_comment.insert().values(row))
    add_known(connection, "local", name)


def add_known(connection, tracker, name):
    row = {"tracker": tracker, "site": "s", "external_id": name, "generation": 1, "due": 0, "first_due": 0}
    ticket_id = connection.execute(ticket.insert().values(row)).inserted_primary_key[0]
    row = {"generation": 1, "at": 0, "rulebook": "r", "policy": "p", "text_hash": "h", "status_category": "new"}
    row |= {"ticket_id": ticket_id, "created": 0, "text_changed": 0}
    review_id = connection.execute(review.insert().values(row)).inserted_primary_key[0]
    row = {"review_id": review_id, "position": 0, "rule": "r", "field": "f", "points": 1}
    connection.execute(finding.insert().values(row))
    row = {"ticket_id": ticket_id, "review_id": review_id, "at": 0, "action": "silence", "reason": "r"}
    connection.execute(decision.insert().values(row))


def test_who_opts_out_can_come_back(store):
    with store.writing() as connection:
        opt_person_out(connection, "p")
        opt_person_out(connection, "p")
        assert has_opted_out(connection, "p")
        opt_person_in(connection, "p")
        assert not has_opted_out(connection, "p")


@pytest.fixture
def jobs(store, monkeypatch):
    """A schedule of jobs that say when they ran."""
    ran, seen = [], threading.Semaphore(0)

    def job(name, again):
        def run(given, settings):
            assert (given, settings) == (store, SETTINGS)
            ran.append(name)
            seen.release()
            if again is None:
                raise OSError("the disk is full")
            return again

        return run

    names = {"often": job("often", 0.01), "rarely": job("rarely", 3600.0), "broken": job("broken", None)}
    monkeypatch.setattr(schedule, "JOBS", names)
    for name in names:
        hasten(store, name, DAY)
    timetable = Schedule(store, SETTINGS)
    timetable.ran, timetable.seen = ran, seen
    thread = threading.Thread(target=timetable.run)
    thread.start()
    yield timetable
    timetable.stop()
    thread.join()


def hasten(store, name, when=0.0):
    with store.writing() as connection:
        hasten_chore(connection, name, when)


def test_a_job_never_done_before_is_done_at_once(store, monkeypatch):
    timetable = Schedule(store, SETTINGS)
    monkeypatch.setattr(schedule, "JOBS", {"new": lambda *_: timetable.stop() or DAY})
    timetable.run()
    with store.reading() as connection:
        assert connection.execute(select(chore.c.due - now())).scalar_one() > 0.9 * DAY


def test_jobs_run_at_their_time_and_again(jobs, store):
    hasten(store, "rarely")
    jobs.wake()
    assert jobs.seen.acquire(timeout=10)
    hasten(store, "often")
    jobs.wake()
    for _ in range(3):
        assert jobs.seen.acquire(timeout=10)
    assert jobs.ran[:4] == ["rarely", "often", "often", "often"]


def test_a_job_that_fails_holds_up_no_other(jobs, store):
    hasten(store, "broken")
    jobs.wake()
    assert jobs.seen.acquire(timeout=10)
    hasten(store, "rarely")
    jobs.wake()
    assert jobs.seen.acquire(timeout=10)
    assert jobs.ran == ["broken", "rarely"]


def test_beside_a_job_that_takes_long_the_sweep_goes_on_and_nobody_else_takes_it(store, long_job):
    def look(sweep):
        sweep()
        with store.writing() as connection:
            connection.execute(chore.update().values(lease_until=now() + 1))
        sweep()
        with store.reading() as connection:
            return connection.execute(select(chore.c.lease_until - now())).scalar_one()

    assert long_job(look) > LEASE_SECONDS - 60
    with store.reading() as connection:
        assert connection.execute(select(chore.c.lease_until, chore.c.due > now())).one() == (0, True)


def test_a_job_that_hangs_is_left_to_another_host_in_the_end(store, long_job, monkeypatch):
    def look(sweep):
        with store.writing() as connection:
            connection.execute(chore.update().values(lease_until=1.0))
        sweep()
        with store.writing() as connection:
            return take_chore(connection, ["long"])

    monkeypatch.setattr(schedule, "LONGEST_JOB", -1.0)
    assert long_job(look) == "long"


@pytest.fixture
def long_job(store, monkeypatch):
    """A function that calls another within a job, with one that waits for a sweep; what it returns there."""

    def run(look):
        swept, seen = threading.Semaphore(0), []

        def sweep():
            while swept.acquire(blocking=False):
                pass
            for _ in range(2):  # the first may have begun before
                assert swept.acquire(timeout=10)

        def job(*_):
            try:
                seen.append(look(sweep))
            finally:
                timetable.stop()
            return DAY

        monkeypatch.setattr(schedule, "JOBS", {"long": job})
        monkeypatch.setattr(schedule, "LONGEST_PAUSE", 0.01)
        timetable = Schedule(store, SETTINGS, swept.release)
        timetable.run()
        return seen.pop()

    return run


def test_jobs_without_a_break_hold_up_no_sweep(store, monkeypatch):
    order = []

    def again(*_):
        order.append("job")
        if order.count("job") == 3:
            timetable.stop()
        return 0.0

    monkeypatch.setattr(schedule, "JOBS", {"again": again})
    timetable = Schedule(store, SETTINGS, lambda: order.append("sweep"))
    timetable.run()
    assert order == ["sweep", "job"] * 3


def test_a_job_is_one_processs_at_a_time_and_what_was_missed_is_made_up_for(store):
    def take():
        with store.writing() as connection:
            return take_chore(connection, ["nightly"])

    with store.writing() as connection:
        know_chores(connection, ["nightly"])
        know_chores(connection, ["nightly"])
    assert [take(), take()] == ["nightly", None]
    with store.writing() as connection:
        put_chore_back(connection, "nightly", DAY)
    assert take() is None
    with store.writing() as connection:
        connection.execute(chore.update().values(due=now() - 3 * DAY))
    assert [take(), take()] == ["nightly", None]


def test_who_died_at_a_job_leaves_it_to_another_after_a_while(store):
    with store.writing() as connection:
        know_chores(connection, ["nightly"])
        assert take_chore(connection, ["nightly"])
        connection.execute(chore.update().values(lease_until=now() - 1))
        assert take_chore(connection, ["nightly"]) == "nightly"


def test_nobody_comes_again_and_again_for_what_another_is_at(store):
    with store.writing() as connection:
        know_chores(connection, ["nightly"])
        assert next_chore(connection, ["nightly"]) <= 0
        assert take_chore(connection, ["nightly"])
        assert LEASE_SECONDS - 60 < next_chore(connection, ["nightly"]) <= LEASE_SECONDS
        hasten_chore(connection, "soon", 30.0)
        assert 0 < next_chore(connection, ["nightly", "soon"]) <= 30
        put_chore_back(connection, "nightly", 20.0)
        assert 0 < next_chore(connection, ["nightly", "soon"]) <= 20


def test_what_a_dead_process_of_ours_held_is_due_again_soon_and_nothing_else(store):
    with store.writing() as connection:
        know_chores(connection, ["deadly"])
        assert take_chore(connection, ["deadly"]) == "deadly"
        know_chores(connection, ["nightly"])
        assert free_chores(connection, 300.0) == ["deadly"]
        assert free_chores(connection, 600.0) == []
        waits = connection.execute(select(chore.c.name, chore.c.due - now()).order_by(chore.c.name)).all()
        assert [take_chore(connection, ["deadly", "nightly"]) for _ in range(2)] == ["nightly", None]
        connection.execute(chore.update().where(chore.c.name == "deadly").values(due=now()))
        assert take_chore(connection, ["deadly", "nightly"]) == "deadly"
    assert waits[0][0] == "deadly"
    assert 290 < waits[0][1] <= 300
    assert waits[1][1] <= 0


def ahead(table, seconds, *names):
    """What stands in a table where the clock was ahead so far when it was written."""
    return table.update().values({name: table.c[name] + seconds for name in (*names, "noted_at")})


def test_a_clock_that_was_set_back_makes_nobody_wait(store):
    ref = TicketRef("jira", "default", "1", "SHOP-1")
    with store.writing() as connection:
        register_site(connection, "jira", "default")
        raise_generation(connection, ref, debounce=90, max_wait=600)
        assert mend_times(connection) == 0
        connection.execute(ahead(ticket, DAY, "due", "first_due"))
        assert mend_times(connection) == 1
        assert mend_times(connection) == 0
        waits = connection.execute(select(ticket.c.due - now(), ticket.c.first_due - now())).one()
    assert 85 < waits[0] <= 90
    assert 595 < waits[1] <= 600


def test_what_waits_for_days_is_left_to(store):
    ref = TicketRef("jira", "default", "1", "SHOP-1")
    with store.writing() as connection:
        register_site(connection, "jira", "default")
        raise_generation(connection, ref, debounce=0, max_wait=0)
        mine = claim(connection, lease=60, max_wait=600)
        finish(connection, mine, {})
        look_again(connection, mine.id, 7 * DAY)
        pause_site(connection, "jira", "default", 2 * DAY, "credentials")
        assert mend_times(connection) == 0
        assert connection.execute(select(ticket.c.due - now())).scalar_one() > 6.9 * DAY
        assert connection.execute(select(site.c.paused_until - now())).scalar_one() > 1.9 * DAY


def test_a_wait_that_was_set_while_the_clock_was_ahead_is_as_long_as_it_was_meant(store):
    refs = [TicketRef("jira", "default", str(number), f"SHOP-{number}") for number in range(3)]
    with store.writing() as connection:
        register_site(connection, "jira", "default")
        for ref in refs:
            raise_generation(connection, ref, debounce=0, max_wait=0)
        for wait in (2.0, 3000.0):
            release(connection, claim(connection, lease=60, max_wait=600), wait, "Jira answered 500.")
        pause_site(connection, "jira", "default", 30.0, "limit")
        connection.execute(ahead(ticket, 3600, "not_before").where(ticket.c.not_before > 0))
        connection.execute(ahead(site, 3600, "served_at", "paused_until"))
        # Neither a delivery nor a claim that comes when the clock is right again hides what was written before.
        raise_generation(connection, refs[0], debounce=0, max_wait=0)
        connection.execute(site.update().values(paused_until=0))
        assert claim(connection, lease=60, max_wait=600).ref == refs[2]
        pause_site(connection, "jira", "default", 30.0 + 3600, "limit")
        assert mend_times(connection) == 2
        assert mend_times(connection) == 0
        waits = connection.execute(select(ticket.c.not_before - now()).order_by(ticket.c.id)).scalars().all()
        paused = connection.execute(select(site.c.paused_until - now())).scalar_one()
    assert -1 < waits[0] <= 2
    assert 2990 < waits[1] <= 3000
    assert waits[2] < 0
    assert 25 < paused < 35


def test_trends_are_counted_on_while_anything_waits(store):
    with store.writing() as connection:
        for place, at in (("one", MONDAY), ("other", MONDAY), ("one", MONDAY + WEEK)):
            known = add_ticket(connection, f"{place}{at}", site=place)
            add_review(connection, known, at=at, text_changed=at)
    waits = [housekeeping.count_trends(store, SETTINGS) for _ in range(3)]
    assert [wait < 1 for wait in waits] == [True, True, False]


def test_a_week_in_which_something_happens_all_the_time_is_not_counted_all_the_time(store, monkeypatch):
    with store.writing() as connection:
        known = add_ticket(connection, "one")
        add_review(connection, known, at=MONDAY, text_changed=MONDAY)
    real = recounting.histories

    def histories(*given):
        told = real(*given)
        with store.writing() as connection:
            add_review(connection, known, at=MONDAY, text_changed=MONDAY)
        return told

    monkeypatch.setattr(recounting, "histories", histories)
    assert [housekeeping.count_trends(store, SETTINGS) for _ in range(2)] == [housekeeping.COUNT_SECONDS] * 2
    moments = iter((0.0, 40.0))
    monkeypatch.setattr(housekeeping, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    assert housekeeping.count_trends(store, SETTINGS) == 360.0
