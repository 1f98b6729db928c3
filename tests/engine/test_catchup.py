"""What changed without a webhook is found: asked for, every night, and after a night missed."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from structlog.testing import capture_logs

from service import catchup, housekeeping
from service.catchup import catch_up
from service.cli import main
from service.metrics import TALLY
from service.render.markdown import render
from service.settings import JiraSite, LinearSite, Secret, Settings
from service.store.pausing import pause_of, pause_site
from service.store.schema import decision, site, ticket
from service.ticket import TicketRef
from service.trackers.base import Changed, CutOff, TrackerError
from tests.engine.test_reconcile import VAGUE
from tests.engine.world import LEFT_UNDONE, SITE_WAITS
from tests.fakes.http import Faults
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira

SITES = {
    "jira": {"default": JiraSite("default", "https://jira.example", EMAIL, Secret(TOKEN))},
    "linear": {"eu": LinearSite("eu", api_key=Secret("key"))},
}


LIMIT = TrackerError("Jira asked us to slow down (429).", retry_after=600, pauses="site")


class Cut(dict):
    """What a site tells before it asks to wait."""


@pytest.fixture
def asked(monkeypatch):
    """What the sites are asked, and what they answer: times of changes by issue id, or an error."""

    class Asked(list):
        def __init__(self):
            self.answers = {"jira": {}, "linear": {}}

    asked = Asked()

    class Opened:
        def __init__(self, tracker, name):
            self.tracker, self.name = tracker, name

        def changed(self, since):
            asked.append((self.tracker, since))
            answer = asked.answers[self.tracker]
            if isinstance(answer, Exception):
                raise answer
            for ticket_id, at in answer.items():
                yield Changed(TicketRef(self.tracker, self.name, ticket_id, f"SHOP-{ticket_id}"), at)
            if isinstance(answer, Cut):
                raise LIMIT

    monkeypatch.setattr(catchup, "open_tracker", lambda settings, store, tracker, name: Opened(tracker, name))
    return asked


def settings(world):
    return Settings(str(world.store.url), Path(), **SITES)


def ago(**parts):
    return datetime.now(UTC) - timedelta(**parts)


def waiting(world):
    with world.store.reading() as connection:
        left = select(ticket.c.external_id).where(ticket.c.generation > ticket.c.done_generation)
        return sorted(connection.execute(left).scalars())


def test_an_edit_whose_webhook_never_came_is_commented_on(world, asked):
    world.save("1", VAGUE)
    world.work()
    world.tracker.put("1", VAGUE + " It must also be fast.")
    asked.answers["jira"] = {"1": datetime.now(UTC), "9": datetime.now(UTC)}
    world.tracker.put("9", VAGUE)
    (found, _) = catch_up(world.store, settings(world), ago(hours=2))
    assert (found.changed, found.missed, found.error) == (2, 2, "")
    assert waiting(world) == ["1", "9"]
    world.work()
    assert len(world.tracker.ours("9")) == len(world.tracker.ours("1")) == 1
    assert "60 of 100" in render(world.tracker.said[world.tracker.ours("1")[0]])


def test_what_we_have_looked_at_since_is_left_alone(world, asked):
    world.save("1", VAGUE)
    world.work()
    with world.store.writing() as connection:
        connection.execute(decision.update().values(at=decision.c.at + catchup.MARGIN + 1))
    asked.answers["jira"] = {"1": ago(seconds=0)}
    (found, _) = catch_up(world.store, settings(world), ago(hours=2))
    assert (found.changed, found.missed) == (1, 0)
    assert waiting(world) == []


def test_what_waits_is_not_put_in_a_second_time(world, asked):
    world.save("1", VAGUE)
    asked.answers["jira"] = {"1": datetime.now(UTC)}
    assert [found.missed for found in catch_up(world.store, settings(world), ago(hours=2))] == [0, 0]


def test_many_missed_over_a_day_are_no_storm(world, asked):
    asked.answers["jira"] = {str(number): ago(minutes=15 * number) for number in range(90)}
    for number in range(90):
        world.tracker.put(str(number), VAGUE)
    list(catch_up(world.store, settings(world), ago(days=2)))
    with world.store.writing() as connection:
        connection.execute(site.update().values(connected_at=1.0))
    world.work(200)
    assert all(len(world.tracker.ours(str(number))) == 1 for number in range(90))


def test_an_import_that_was_missed_is_one_all_the_same(world, asked):
    asked.answers["jira"] = {str(number): ago(hours=5) for number in range(60)}
    for number in range(60):
        world.tracker.put(str(number), VAGUE)
    list(catch_up(world.store, settings(world), ago(days=2)))
    world.work(200)
    assert not any(world.tracker.ours(str(number)) for number in range(60))


def test_each_run_begins_where_the_last_ended_and_a_failed_one_is_made_up_for(world, asked):
    list(catch_up(world.store, settings(world)))
    with world.store.writing() as connection:
        connection.execute(site.update().values(connected_at=1.0, caught_up_at=ago(days=3).timestamp()))
    asked.answers["jira"] = TrackerError("Jira could not be reached.")
    TALLY.take()
    found = list(catch_up(world.store, settings(world)))
    assert [one.error for one in found] == ["Jira could not be reached.", ""]
    assert TALLY.take() == {LEFT_UNDONE: 1.0}
    asked.answers["jira"] = {}
    del asked[:]
    list(catch_up(world.store, settings(world)))
    since = dict(asked)
    assert abs(since["jira"] - ago(days=3, hours=1)) < timedelta(minutes=2)
    assert abs(since["linear"] - ago(hours=1)) < timedelta(minutes=2)


def test_a_later_time_that_is_asked_for_makes_nothing_known(world, asked):
    with world.store.writing() as connection:
        catchup.register_site(connection, "jira", "default")
        connection.execute(site.update().values(connected_at=ago(days=9).timestamp()))
    list(catch_up(world.store, settings(world), ago(hours=1)))
    with world.store.reading() as connection:
        known = connection.execute(select(site.c.caught_up_at).where(site.c.tracker == "jira")).scalar_one()
    assert known == 0


def test_after_months_no_more_than_thirty_days_are_asked_for_and_once(world, asked):
    with world.store.writing() as connection:
        catchup.register_site(connection, "jira", "default")
        connection.execute(site.update().values(connected_at=1.0))
    list(catch_up(world.store, settings(world)))
    assert abs(dict(asked)["jira"] - ago(days=30)) < timedelta(minutes=2)
    del asked[:]
    list(catch_up(world.store, settings(world)))
    assert abs(dict(asked)["jira"] - ago(hours=1)) < timedelta(minutes=2)


def test_every_night_and_again_soon_where_a_site_failed(world, asked):
    night = housekeeping.catch_up_with_trackers(world.store, settings(world))
    assert 60 <= night <= housekeeping.DAY + housekeeping.HOUR
    asked.answers["linear"] = TrackerError("Linear did not answer in time.")
    assert housekeeping.catch_up_with_trackers(world.store, settings(world)) == housekeeping.HOUR / 4
    asked.answers["linear"] = CutOff("More changed than is read.")
    night = housekeeping.catch_up_with_trackers(world.store, settings(world))
    assert 60 <= night <= housekeeping.DAY + housekeeping.HOUR
    assert night != housekeeping.HOUR / 4


def nightly(world):
    return housekeeping.catch_up_with_trackers(world.store, settings(world))


def paused(world):
    with world.store.reading() as connection:
        return pause_of(connection, "jira", "default")


def test_a_paused_site_is_not_asked_at_night_and_its_time_is_searched_once_the_pause_is_over(world, asked):
    nightly(world)
    with world.store.writing() as connection:
        connection.execute(site.update().values(connected_at=1.0, caught_up_at=ago(days=3).timestamp()))
        pause_site(connection, "jira", "default", 3600.0, "Jira asked us to slow down (429).")
    asked.answers["jira"] = {"9": ago(days=2)}
    del asked[:]
    assert nightly(world) == housekeeping.HOUR / 4
    assert [tracker for tracker, _ in asked] == ["linear"]
    assert waiting(world) == []
    world.later(3601)
    nightly(world)
    assert abs(dict(asked)["jira"] - ago(days=3, hours=1)) < timedelta(minutes=2)
    assert waiting(world) == ["9"]


def test_a_limit_that_the_search_meets_lets_workers_wait_and_is_warned_of_once(world, asked):
    world.save("1", VAGUE)
    asked.answers["jira"] = LIMIT
    TALLY.take()
    with capture_logs() as logs:
        assert nightly(world) == housekeeping.HOUR / 4
        assert TALLY.take() == {SITE_WAITS: 1.0}
        world.work()
        assert world.tracker.count("fetch") == 0
        assert 590 < paused(world).seconds <= 600
        world.later(601)
        world.tracker.faults["fetch"] = [LIMIT]
        world.work()
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["site paused"]
    assert waiting(world) == ["1"]


def test_a_limit_met_after_some_pages_keeps_what_was_found_and_the_search_begins_again_and_ends_it(world, asked):
    nightly(world)
    with world.store.writing() as connection:
        connection.execute(site.update().values(connected_at=1.0, caught_up_at=ago(days=3).timestamp()))
    asked.answers["jira"] = Cut({str(number): ago(days=2) for number in range(catchup.BATCH + 50)})
    nightly(world)
    assert len(waiting(world)) == catchup.BATCH + 50
    asked.answers["jira"] = {**asked.answers["jira"], "later": ago(days=2)}
    world.later(601)
    nightly(world)
    assert len(waiting(world)) == catchup.BATCH + 51
    assert paused(world).reason == ""


def test_a_command_asks_a_paused_site_all_the_same_and_does_not_end_its_pause(world, asked):
    nightly(world)
    with world.store.writing() as connection:
        pause_site(connection, "jira", "default", 3600.0, "Jira could not be reached.")
    del asked[:]
    assert [found.error for found in catch_up(world.store, settings(world))] == ["", ""]
    assert len(asked) == 2
    assert paused(world).seconds > 3590
    asked.answers["jira"] = LIMIT
    (found, _) = catch_up(world.store, settings(world))
    assert re.search(r"slow down \(429\)\. Until 20\S+ \S+ UTC all of it waits; ask again then\.$", found.error)
    assert paused(world).seconds > 3590


def test_a_refusal_that_a_command_meets_is_left_for_workers_to_find(world, asked):
    asked.answers["jira"] = TrackerError("Jira refused our credentials (401).", pauses="site")
    list(catch_up(world.store, settings(world)))
    assert paused(world).reason == ""


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 23])
def test_the_next_night_is_never_more_than_a_day_and_an_hour_away(hour):
    wait = housekeeping.until_night(hour * 3600.0)
    assert 60 <= wait <= housekeeping.DAY + housekeeping.HOUR
    assert 2 * 3600 <= (hour * 3600 + wait) % housekeeping.DAY <= 3 * 3600 + 1


class TestCommand:
    """clarity reconcile against a Jira over HTTP."""

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        with FakeJira() as jira:
            told = {"URL": jira.url, "EMAIL": EMAIL, "API_TOKEN": TOKEN, "CLOUD": "true"}
            for name, value in told.items():
                monkeypatch.setenv(f"CLARITY_JIRA_{name}", value)
            monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path))

            def run(*arguments):
                return CliRunner().invoke(main, ["reconcile", *arguments])

            run.jira = jira
            yield run

    def test_it_says_what_it_found(self, run):
        run.jira.create_issue("Pay by invoice")
        done = run("--since", "36h")
        assert done.exit_code == 0, done.output
        assert "jira default: 1 changed since" in done.output
        assert "1 to be looked at" in done.output

    def test_a_site_that_refuses_us_is_told(self, run, monkeypatch):
        monkeypatch.setenv("CLARITY_JIRA_API_TOKEN", "wrong")
        done = run("--since", "2026-01-01")
        assert done.exit_code == 1
        assert "Renew JIRA_EMAIL and JIRA_API_TOKEN" in done.output

    def test_a_site_that_asks_to_wait_says_until_when(self, run):
        run.jira.faults = Faults(limited=1.0, retry_after="600")
        done = run("--since", "36h")
        assert done.exit_code == 1
        assert re.search(r"slow down .*Until 20\d\d-\S+ \S+ UTC all of it waits; ask again then\.", done.output)

    @pytest.mark.parametrize("since", ["yesterday", "2999-01-01", "5w", "", "999999d"])
    def test_a_time_that_is_none_is_refused(self, run, since):
        done = run("--since", since)
        assert done.exit_code == 2
        assert "Valid is" in done.output or "in the future" in done.output
