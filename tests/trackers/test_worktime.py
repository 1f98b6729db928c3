"""How long a ticket was under way, from each tracker's own history over real HTTP."""

import pytest

from service.ticket import StatusCategory
from service.worktime import work
from tests.trackers.test_every_tracker import store, ticket_id, tracker, url, wired, world

__all__ = ["store", "ticket_id", "tracker", "url", "world"]

DAYS = [f"2031-03-0{day}T09:00:00.000+0000" for day in range(1, 6)]
STATES = ["In Progress", "Todo", "In Progress", "Done"]


def lived(world, ticket_id):
    """Begun on the first day, waiting on the second, taken up on the third, done on the fourth."""
    for at, state in zip(DAYS, STATES, strict=False):
        if world.tracker == "github":
            world.fake.edit_issue(
                ticket_id, at=at.replace("+0000", "Z"), state="CLOSED" if state == "Done" else None
            )
        else:
            named = "To Do" if state == "Todo" and world.tracker == "jira" else state
            world.fake.edit_issue(
                ticket_id, at=at.replace("+0000", "Z") if world.tracker == "linear" else at, status=named
            )


@wired
def test_the_time_under_way_is_told_where_the_tracker_knows_states(world, tracker, ticket_id):
    lived(world, ticket_id)
    snapshot = tracker.fetch(ticket_id)
    found = work(snapshot)
    assert snapshot.status_category is StatusCategory.DONE
    if world.tracker == "github":  # an issue is open or closed, and nobody says when work began
        assert found is None
    else:
        assert (found.seconds, found.pauses, found.ended - found.started) == (2 * 86_400.0, 1, 3 * 86_400.0)


@pytest.mark.parametrize("world", ["jira cloud", "jira data center"], indirect=True)
def test_statuses_are_asked_for_once_and_only_where_one_changed(world, tracker, ticket_id):
    def asked():
        return sum(path.endswith("/statuses") for _, path, *_ in world.fake.requests)

    tracker.fetch(ticket_id)
    assert asked() == 0
    lived(world, ticket_id)
    for _ in range(3):
        tracker.fetch(ticket_id)
    assert asked() == 1


@pytest.mark.parametrize("world", ["jira cloud"], indirect=True)
def test_a_jira_that_keeps_its_statuses_to_itself_costs_the_time_alone(world, tracker, ticket_id):
    lived(world, ticket_id)
    world.fake.project_statuses = lambda: {"no": "list"}
    snapshot = tracker.fetch(ticket_id)
    assert [change.status for change in snapshot.status_history] == ["In Progress", "To Do", "In Progress", "Done"]
    assert work(snapshot) is None
