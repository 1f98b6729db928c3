"""The label and the score on a Linear issue itself."""

from __future__ import annotations

from typing import Protocol

from service.trackers import linear_queries as queries
from service.trackers.base import Shown, TicketGone, TrackerError
from service.trackers.linear_errors import AlreadyThere
from service.trackers.wild import Wild

SCORE = "#clarity-score"
"""How the address of our attachment ends: Linear keeps one attachment an address, and we know ours by it."""
_GREY = "#95a2b3"
_DESCRIPTION = "Put on and taken off by Ticket Clarity: this ticket cannot be built from what it says."
_LEVELS = {"ready": "ready", "nearly": "nearly ready", "unclear": "not clear yet"}


class Call(Protocol):
    """Makes one operation and returns its data; raises TrackerError, or `gone` where the entity is not there."""

    def __call__(self, query: str, variables: dict[str, object], *, gone: type[TrackerError]) -> Wild:
        """The `data` of the answer."""
        ...


def set_label(call: Call, ticket_id: str, name: str, *, on: bool) -> None:
    """Put the team's label of this name on or off, or the workspace's; made for the team if there is none."""
    told = call(queries.LABELS, {"id": ticket_id, "name": name}, gone=TicketGone)
    worn = [label["id"].id() for label in told["issue"]["labels"]["nodes"]]
    if not on:
        for label_id in worn:
            _change(call, queries.REMOVE_LABEL, ticket_id, label_id, "issueRemoveLabel")
    elif not worn:
        team = told["issue"]["team"]["id"].id()
        label_id = _known(told, team) or _made(call, ticket_id, team, name)
        _change(call, queries.ADD_LABEL, ticket_id, label_id, "issueAddLabel")


def show_score(call: Call, ticket_id: str, shown: Shown) -> None:
    """Keep the score as an attachment. One with the same address is replaced by Linear itself."""
    standing = "no score" if shown.score is None else f"{shown.score} of 100: {_LEVELS.get(shown.level, '')}"
    wanted = {
        "issueId": ticket_id,
        "title": f"Clarity: {standing}",
        "subtitle": ", ".join(shown.rules)[:250] or "nothing to mend",
        "url": f"{shown.url.rstrip('/')}/{SCORE}",
        "metadata": {"score": shown.score, "level": shown.level, "rules": list(shown.rules)},
    }
    done = call(queries.SHOW_SCORE, {"input": wanted}, gone=TicketGone)
    _succeeded(done, "attachmentCreate")


def _known(told: Wild, team: str) -> str:
    """The team's own label, else the workspace's; a group of labels cannot be put on."""
    ours, everybodys = "", ""
    for label in told["issueLabels"]["nodes"]:
        owner = label["team"]["id"].text(default="")
        if label["isGroup"].flag():
            continue
        if owner == team:
            ours = label["id"].id()
        elif not owner:
            everybodys = label["id"].id()
    return ours or everybodys


def _made(call: Call, ticket_id: str, team: str, name: str) -> str:
    wanted = {"name": name, "teamId": team, "color": _GREY, "description": _DESCRIPTION}
    try:
        done = call(queries.CREATE_LABEL, {"input": wanted}, gone=TrackerError)
    except AlreadyThere:
        # Another worker made it just now.
        found = _known(call(queries.LABELS, {"id": ticket_id, "name": name}, gone=TicketGone), team)
        if not found:
            raise
        return found
    _succeeded(done, "issueLabelCreate")
    return done["issueLabelCreate"]["issueLabel"]["id"].id()


def _change(call: Call, query: str, ticket_id: str, label_id: str, member: str) -> None:
    _succeeded(call(query, {"id": ticket_id, "labelId": label_id}, gone=TicketGone), member)


def _succeeded(done: Wild, member: str) -> None:
    if not done[member]["success"].flag():
        raise TrackerError(f"Linear did not carry out {member}, and did not say why.")
