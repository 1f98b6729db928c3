"""The label on a GitHub issue itself."""

from __future__ import annotations

from typing import Protocol

from service.trackers import github_queries as queries
from service.trackers.base import TicketGone, TrackerError
from service.trackers.wild import Wild

_GREY = "95a2b3"
_DESCRIPTION = "Put on and taken off by Ticket Clarity: this ticket cannot be built from what it says."


class Ask(Protocol):
    """Makes one operation and returns its data; raises TrackerError, or `gone` where the entity is not there."""

    def __call__(self, query: str, variables: dict[str, object], *, gone: type[TrackerError]) -> Wild:
        """The `data` of the answer."""
        ...


def set_label(ask: Ask, ticket_id: str, name: str, *, on: bool) -> None:
    """Put the repository's label of this name on or off; it is made if there is none."""
    issue = ask(queries.LABELS, {"id": ticket_id, "name": name}, gone=TicketGone)["node"]
    worn = [one["id"].id() for one in issue["labels"]["nodes"] if one["name"].text().casefold() == name.casefold()]
    if worn and not on:
        ask(queries.REMOVE_LABEL, {"issue": ticket_id, "labels": worn}, gone=TicketGone)
    elif on and not worn:
        known = issue["repository"]["label"]
        label = known["id"].id() if known else _made(ask, issue["repository"]["id"].id(), name)
        ask(queries.ADD_LABEL, {"issue": ticket_id, "labels": [label]}, gone=TicketGone)


def _made(ask: Ask, repository: str, name: str) -> str:
    """A new label. Where another worker made it just now this fails, and the next try finds it."""
    wanted: dict[str, object] = {
        "repository": repository,
        "name": name,
        "color": _GREY,
        "description": _DESCRIPTION,
    }
    return ask(queries.CREATE_LABEL, wanted, gone=TrackerError)["createLabel"]["label"]["id"].id()
