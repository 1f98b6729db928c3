"""Linear's JSON → a Snapshot. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from service.kind import kind_of
from service.settings import LinearSite
from service.ticket import Comment, Markup, Person, Snapshot, StatusCategory, StatusChange, Text, Ticket, TicketRef
from service.trackers.base import Listed
from service.trackers.linear_ids import is_ours
from service.trackers.linear_marks import SCORE
from service.trackers.wild import Untamed, Wild

_CATEGORIES = {
    "started": StatusCategory.IN_PROGRESS,
    "completed": StatusCategory.DONE,
    "canceled": StatusCategory.DONE,
    "duplicate": StatusCategory.DONE,
}


def read_snapshot(issue: Wild, history: Sequence[Wild], comments: Iterable[Wild], site: LinearSite) -> Snapshot:
    """What one fetch of an issue tells; raises Untamed where Linear left out what every issue has."""
    created = time(issue["createdAt"])
    changes = sorted(history, key=lambda change: time(change["createdAt"]))
    edits = [change for change in changes if _edits_text(change)]
    return Snapshot(
        ticket=_ticket(issue, site),
        key=issue["identifier"].text(),
        url=issue["url"].text(),
        created=created,
        text_changed=time(edits[-1]["createdAt"]) if edits else created,
        author=_editor(edits[-1]) if edits else _creator(issue),
        status_category=category(issue["state"]),
        status_history=tuple(
            StatusChange(time(change["createdAt"]), change["toState"]["name"].text(), category(change["toState"]))
            for change in changes
            if change["toState"]
        ),
        comments=tuple(read_comment(comment, issue["id"].id()) for comment in comments),
        creator=_creator(issue),
        assignee=_person(issue["assignee"]),
    )


def read_listed(issue: Wild, site: LinearSite) -> Listed:
    """One issue of a search."""
    ref = TicketRef("linear", site.name, issue["id"].id(), issue["identifier"].text(default=""))
    return Listed(ref, issue["url"].text(default=""), _ticket(issue, site))


def read_comment(comment: Wild, ticket_id: str) -> Comment:
    """One comment. Ours is known by its id alone, whoever's key we use and whatever people made of its text."""
    return Comment(
        id=comment["id"].id(),
        author=_person(comment["user"], is_bot=bool(comment["botActor"])),
        body=Text(comment["body"].text(default=""), Markup.MARKDOWN),
        created=time(comment["createdAt"]),
        ours=is_ours(comment["id"].id(), ticket_id),
    )


def category(state: Wild) -> StatusCategory:
    """How far a workflow state is. Triage, backlog and unstarted are all before work begins."""
    return _CATEGORIES.get(state["type"].text(default=""), StatusCategory.NEW)


def time(value: Wild) -> datetime:
    """A time such as `2023-04-11T09:47:53.218Z`; raises Untamed."""
    try:
        told = datetime.fromisoformat(value.text())
    except ValueError as error:
        raise error if isinstance(error, Untamed) else Untamed("a time is not in ISO 8601") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _ticket(issue: Wild, site: LinearSite) -> Ticket:
    title, description = issue["title"].text(default=""), issue["description"].text(default="")
    labels = tuple(label["name"].text() for label in issue["labels"]["nodes"])
    return Ticket(
        id=issue["id"].id(),
        title=title,
        description=Text(description or None, Markup.MARKDOWN),
        kind=kind_of(_configured(labels, site), site.labels, labels, title, description),
        labels=labels,
        status=issue["state"]["name"].text(default=""),
        project=issue["team"]["key"].text(default=""),
        links=tuple(link["relatedIssue"]["identifier"].text() for link in issue["relations"]["nodes"]),
        attachments=tuple(
            entry["title"].text(default="")
            for entry in issue["attachments"]["nodes"]
            if not entry["url"].text(default="").endswith(SCORE)
        ),
    )


def _configured(labels: Sequence[str], site: LinearSite) -> str:
    """The label that settings give a kind, as Linear has no issue types."""
    known = {label.casefold().strip() for label in site.labels}
    return next((label for label in labels if label.casefold().strip() in known), "")


def _edits_text(change: Wild) -> bool:
    return change["updatedDescription"].flag() or bool(change["fromTitle"])


def _editor(change: Wild) -> Person | None:
    """Who wrote it: those that Linear names for the description, the last of them; else who or what acted."""
    editors = list(change["descriptionUpdatedBy"])
    return _person(editors[-1] if editors else change["actor"], is_bot=bool(change["botActor"]))


def _creator(issue: Wild) -> Person | None:
    return _person(issue["creator"], is_bot=bool(issue["botActor"]))


def _person(user: Wild, *, is_bot: bool = False) -> Person | None:
    """A user. What an integration filed has no user, but a bot."""
    if user:
        address = user["url"].text(default="")
        return Person(user["id"].id(), is_bot=is_bot or user["app"].flag(), handle=address)
    return Person("bot", is_bot=True) if is_bot else None
