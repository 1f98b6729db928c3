"""Who runs a project, as each tracker tells it: asked over real HTTP, and never taken for granted."""

import pytest

from service.ticket import Person
from service.trackers.base import KnowsRoles, TrackerError
from tests.fakes import github_server, jira_server, linear_server
from tests.trackers.test_every_tracker import store, ticket_id, tracker, url, wired, world

__all__ = ["store", "ticket_id", "tracker", "url", "world"]

ROLES = frozenset({"administrators"})


def somebody(world):
    """A person who is on the ticket in no capacity."""
    if world.tracker == "github":
        return Person("102", handle=github_server.AUTHOR)
    if world.tracker == "linear":
        return Person(linear_server.ME)
    return Person(jira_server.ME, handle="" if world.fake.cloud else jira_server.ME)


def holds(world, ticket_id):
    return world.opened.has_role(world.opened.fetch(ticket_id), somebody(world), ROLES)


WAYS = {
    "jira": {
        "a role": lambda fake: fake.roles.update(Administrators=[jira_server.ME]),
        "a group": lambda fake: (
            fake.roles.update(Administrators=["group:leads"]),
            fake.groups.update({jira_server.ME: ["leads", "staff"]}),
        ),
    },
    "linear": {
        "the workspace's admin": lambda fake: fake.admins.add(linear_server.ME),
        "the team's owner": lambda fake: fake.team_owners.add(linear_server.ME),
    },
    "github": {
        name: lambda fake, name=name: fake.permissions.update(writer=name)
        for name in ("admin", "maintain", "write")
    },
}
SHORT = {
    "jira": {
        "another role": lambda fake: fake.roles.update(Developers=[jira_server.ME]),
        "somebody else's": lambda fake: fake.roles.update(Administrators=[jira_server.AUTHOR]),
        "another group": lambda fake: (
            fake.roles.update(Administrators=["group:leads"]),
            fake.groups.update({jira_server.ME: ["staff"]}),
        ),
    },
    "linear": {"somebody else's": lambda fake: fake.admins.add(linear_server.AUTHOR)},
    "github": {name: lambda fake, name=name: fake.permissions.update(writer=name) for name in ("triage", "read")},
}


def cases(told):
    """Each way, on each world of its tracker."""
    worlds = {"jira": ["jira cloud", "jira data center"]}
    return [
        pytest.param(one, grant, id=f"{one}: {way}")
        for tracker, ways in told.items()
        for one in worlds.get(tracker, [tracker])
        for way, grant in ways.items()
    ]


@pytest.mark.parametrize(("world", "grant"), cases(WAYS), indirect=["world"])
def test_who_runs_the_project_is_known(world, grant, ticket_id):
    assert isinstance(world.opened, KnowsRoles)
    assert not holds(world, ticket_id)
    grant(world.fake)
    assert holds(world, ticket_id)


@pytest.mark.parametrize(("world", "grant"), cases(SHORT), indirect=["world"])
def test_nobody_else_does(world, grant, ticket_id):
    grant(world.fake)
    assert not holds(world, ticket_id)


@wired
def test_a_tracker_that_does_not_say_is_believed_nothing(world, ticket_id):
    snapshot = world.opened.fetch(ticket_id)
    world.break_with(broken=1.0)
    with pytest.raises(TrackerError, match="500"):
        world.opened.has_role(snapshot, somebody(world), ROLES)


@pytest.mark.parametrize("world", ["jira cloud", "jira data center"], indirect=True)
def test_jira_tells_roles_to_administrators_alone(world, ticket_id):
    world.fake.administers = False
    with pytest.raises(TrackerError):
        holds(world, ticket_id)


@pytest.mark.parametrize("world", ["github"], indirect=True)
def test_a_login_that_passed_to_somebody_else_counts_for_nothing(world, ticket_id):
    world.fake.permissions["writer"] = "admin"
    snapshot = world.opened.fetch(ticket_id)
    assert not world.opened.has_role(snapshot, Person("999", handle="writer"), ROLES)
    with pytest.raises(TrackerError):
        world.opened.has_role(snapshot, Person("998", handle="nobody"), ROLES)
