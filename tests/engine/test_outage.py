"""A site that is not there, or does not let us in: it waits by itself, says so once, and works again by itself."""

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from service.store.accepting import raise_generation, register_site
from service.store.dialect import now
from service.store.schema import site, ticket
from service.store.working import anything_due, claim
from service.ticket import TicketRef
from service.trackers.base import TrackerError, Unreachable
from tests.engine.test_reconcile import VAGUE

DOWN = "Jira could not be reached (ConnectTimeout)."
REFUSED = TrackerError("Jira refused our credentials (401). Renew JIRA_API_TOKEN.", pauses="site")
LIMIT = TrackerError("Jira asked us to slow down (jira-quota-tenant-based).", retry_after=600, pauses="site")


def state(world):
    with world.store.reading() as connection:
        columns = (site.c.failures, site.c.pause_reason, (site.c.paused_until - now()).label("wait"))
        return connection.execute(select(*columns)).one()


def pass_time(world, seconds):
    """Only the clock moves on: what waits goes on waiting for as long as it should."""
    world.later(seconds)


def test_one_failure_is_no_outage(world):
    world.save("1", VAGUE)
    world.tracker.faults["fetch"] = [Unreachable(DOWN)]
    world.work()
    assert (state(world).failures, state(world).pause_reason) == (1, "")
    world.settle()
    assert len(world.tracker.ours("1")) == 1
    assert state(world).failures == 0


def test_an_outage_of_a_day_costs_no_ticket_and_few_requests(world):
    for number in range(20):
        world.save(str(number), VAGUE)
    world.tracker.faults["fetch"] = [Unreachable(DOWN) for _ in range(10_000)]
    with capture_logs() as logs:
        for _ in range(24 * 12):
            world.work(100)
            pass_time(world, 300)
    warned = [entry for entry in logs if entry["event"] == "site paused"]
    assert len(warned) == 1
    assert warned[0]["error"] == DOWN
    assert world.tracker.count("fetch") < 24 * 12 + 20
    world.tracker.faults["fetch"] = []
    pass_time(world, 300)
    with capture_logs() as logs:
        world.work()
        pass_time(world, 60)
        world.work()
    assert [entry["event"] for entry in logs].count("site works again") == 1
    assert all(len(world.tracker.ours(str(number))) == 1 for number in range(20))
    assert (state(world).failures, state(world).pause_reason) == (0, "")


def test_an_outage_is_found_out_about_with_one_ticket_at_a_time(world):
    for number in range(5):
        world.save(str(number), VAGUE)
    with world.store.writing() as connection:
        connection.execute(site.update().values(failures=3))
        assert claim(connection, lease=60, max_wait=600)
        assert claim(connection, lease=60, max_wait=600) is None
        register_site(connection, "linear", "default")
        raise_generation(connection, TicketRef("linear", "default", "x"), debounce=0, max_wait=0)
    with world.store.reading() as connection:
        assert anything_due(connection)


def test_pauses_grow_to_five_minutes(world):
    world.save("1", VAGUE)
    world.tracker.faults["fetch"] = [Unreachable(DOWN) for _ in range(30)]
    waits = []
    for _ in range(16):
        world.later(400)
        world.work()
        waits.append(round(state(world).wait))
    assert waits[2:6] == [1, 2, 4, 8]
    assert waits[-1] == 300


def test_a_gateway_that_names_a_time_is_not_asked_before_it(world):
    for number in range(20):
        world.save(str(number), VAGUE)
    world.tracker.faults["fetch"] = [Unreachable("Jira answered 503.", retry_after=900) for _ in range(100)]
    world.work()
    assert world.tracker.count("fetch") == 3
    assert 890 < state(world).wait <= 900
    pass_time(world, 901)
    world.work()
    assert world.tracker.count("fetch") == 4


def test_an_answer_about_one_ticket_ends_an_outage_whatever_it_says(world):
    world.save("1", VAGUE)
    world.tracker.faults["fetch"] = [*(Unreachable(DOWN) for _ in range(4)), TrackerError("Jira answered 500.")]
    for _ in range(5):
        world.later(1000)
        world.work()
    assert (state(world).failures, state(world).pause_reason) == (0, "")
    assert state(world).wait < 0


def test_refused_credentials_are_told_once_and_tried_again_by_themselves(world):
    for number in range(5):
        world.save(str(number), VAGUE)
    world.tracker.faults["fetch"] = [REFUSED] * 10
    with capture_logs() as logs:
        for _ in range(10):
            world.work()
            pass_time(world, 61)
    told = [(entry["event"], entry["log_level"]) for entry in logs]
    assert told.count(("site paused", "warning")) == 1
    assert told.count(("site still paused", "info")) == 9
    assert [level for _, level in told].count("warning") == 1
    with capture_logs() as logs:
        world.work()
    assert [entry["event"] for entry in logs].count("site works again") == 1
    assert all(len(world.tracker.ours(str(number))) == 1 for number in range(5))
    with world.store.reading() as connection:
        assert set(connection.execute(select(ticket.c.attempts)).scalars()) == {0}


@pytest.mark.parametrize("reason", ["Jira asked us to slow down (429).", "x" * 300])
def test_another_reason_is_told_anew(world, reason):
    world.save("1", VAGUE)
    world.tracker.faults["fetch"] = [
        REFUSED,
        TrackerError(reason, pauses="site"),
        TrackerError(reason, pauses="site"),
    ]
    with capture_logs() as logs:
        for _ in range(3):
            world.work()
            pass_time(world, 61)
    assert [entry["event"] for entry in logs].count("site paused") == 2


def two_at_once(world, first, second):
    """Two workers ask the site at the same time: what comes of the first while it asks, and then of the second."""
    world.save("1", VAGUE)
    world.save("2", VAGUE)
    other = world.another()

    def meanwhile():
        world.tracker.before.clear()
        world.tracker.faults["fetch"] = [first]
        other.run_one()
        world.tracker.faults["fetch"] = [second] if second else []

    world.tracker.before["fetch"] = meanwhile
    world.reconciler.run_one()


def test_a_pause_is_not_ended_by_who_asked_before_it(world):
    world.save("1", VAGUE)
    world.tracker.faults["fetch"] = [LIMIT]
    world.work()
    pass_time(world, 601)
    two_at_once(world, LIMIT, None)
    assert len(world.tracker.ours("2")) + len(world.tracker.ours("1")) == 1
    assert state(world).wait > 590
    assert world.work() == 0
    pass_time(world, 601)
    world.work()
    assert (state(world).pause_reason, state(world).wait < 0) == ("", True)


@pytest.mark.parametrize(
    "second", [TrackerError("burst", retry_after=2, pauses="site"), REFUSED, TrackerError("", pauses="site")]
)
def test_a_pause_is_not_cut_short_by_who_asked_before_it(world, second):
    two_at_once(world, LIMIT, second)
    assert state(world).wait > 590
    assert state(world).pause_reason == str(LIMIT)


def test_a_longer_pause_takes_the_place_of_a_shorter_one(world):
    two_at_once(world, TrackerError("burst", retry_after=2, pauses="site"), LIMIT)
    assert state(world).wait > 590
    assert state(world).pause_reason == str(LIMIT)
