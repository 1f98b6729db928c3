"""Whether somebody holds a role in a Jira project, by themselves or by a group of theirs.

Jira tells that to whoever administers the project, and to nobody else. A role's groups are compared by id on Cloud
and by name on Data Center.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from service.ticket import Person
from service.trackers import jira_calls as calls
from service.trackers.wild import Wild

Ask = Callable[..., Wild]


def holds(ask: Ask, project: str, person: Person, roles: Collection[str], *, cloud: bool) -> bool:
    """`ask(call, *names, query=…)` makes a call. Raises TrackerError, and Untamed where an answer is none."""
    groups: set[str] = set()
    for number in _wanted(ask(calls.ROLES, project), roles):
        for actor in ask(calls.ROLE, project, number)["actors"]:
            if _is(actor, person):
                return True
            groups |= _group(actor)
    return bool(groups) and not groups.isdisjoint(_groups_of(ask, person, cloud=cloud))


def _wanted(told: Wild, roles: Collection[str]) -> Iterator[str]:
    """The numbers of the roles that are meant: each is told by the address that it has."""
    names: list[str] = told.keys()
    for name in names:
        if name.casefold() in roles:
            yield told[name].text().rstrip("/").rpartition("/")[2]


def _is(actor: Wild, person: Person) -> bool:
    """Cloud names a user by account; Data Center by the name that a mention goes by."""
    account = actor["actorUser"]["accountId"].text(default="")
    if account:
        return account == person.id
    is_user = actor["type"].text(default="") == "atlassian-user-role-actor"
    return is_user and actor["name"].text(default="") == (person.handle or person.id)


def _group(actor: Wild) -> set[str]:
    told = actor["actorGroup"]
    found = {told["groupId"].text(default=""), told["name"].text(default="")}
    if actor["type"].text(default="") == "atlassian-group-role-actor":
        found.add(actor["name"].text(default=""))
    return found - {""}


def _groups_of(ask: Ask, person: Person, *, cloud: bool) -> set[str]:
    who = (
        {"accountId": person.id} if cloud else {"username": person.handle} if person.handle else {"key": person.id}
    )
    told = ask(calls.USER, query={**who, "expand": "groups"})
    names = {one[member].text(default="") for one in told["groups"]["items"] for member in ("groupId", "name")}
    return names - {""}
