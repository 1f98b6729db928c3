"""GitHub's JSON → a Snapshot. No I/O."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from service.kind import kind_of
from service.settings import GitHubSite
from service.ticket import (
    Comment,
    Markup,
    Person,
    Snapshot,
    StatusCategory,
    StatusChange,
    Text,
    Ticket,
    TicketRef,
)
from service.trackers.base import Listed
from service.trackers.wild import Untamed, Wild

_MARK = re.compile(r"<!-- ticket-clarity ([0-9a-f]{16})([0-9a-f]{16}) -->")
_STATES = {"OPEN": StatusCategory.NEW, "CLOSED": StatusCategory.DONE}
_BECOMES = {"ClosedEvent": "CLOSED", "ReopenedEvent": "OPEN"}


def mark(ticket_id: str, key: str) -> str:
    """The last line of a comment of ours, which no reader sees. It fits this ticket alone."""
    first = _digest(f"{ticket_id}/{key}")
    return f"<!-- ticket-clarity {first}{_digest(f'{ticket_id}/{first}')} -->"


def mark_of(body: str, ticket_id: str) -> str:
    """The mark that a comment on this ticket ends with, if it is one of ours; else ""."""
    last = body.rstrip().rpartition("\n")[2].strip()
    found = _MARK.fullmatch(last)
    return last if found and found[2] == _digest(f"{ticket_id}/{found[1]}") else ""


def read_snapshot(issue: Wild, events: Sequence[Wild], comments: Iterable[Wild], site: GitHubSite) -> Snapshot:
    """What one fetch of an issue tells; raises Untamed where GitHub left out what every issue has."""
    created, creator = time(issue["createdAt"]), person(issue["author"])
    edits = sorted(_edits(issue, events), key=lambda edit: edit[0])
    changed = [at for at, _ in edits if at > created]
    return Snapshot(
        ticket=_ticket(issue, site),
        key=_key(issue),
        url=issue["url"].text(),
        created=created,
        text_changed=changed[-1] if changed else created,
        author=next((one for _, one in reversed(edits) if one and not one.is_bot), creator),
        status_category=_STATES.get(issue["state"].text(), StatusCategory.NEW),
        status_history=tuple(_status_changes(events)),
        comments=tuple(read_comment(comment, issue["id"].id()) for comment in comments),
        creator=creator,
        assignee=next((person(one) for one in issue["assignees"]["nodes"]), None),
    )


def read_listed(issue: Wild, site: GitHubSite) -> Listed:
    """An issue as a search tells it; raises Untamed."""
    ref = TicketRef("github", site.name, issue["id"].id(), _key(issue))
    return Listed(ref, issue["url"].text(), _ticket(issue, site))


def read_comment(comment: Wild, ticket_id: str) -> Comment:
    """One comment. Ours was written by our account and ends with our mark: neither of them is enough."""
    body = comment["body"].text(default="")
    return Comment(
        id=comment["id"].id(),
        author=person(comment["author"]),
        body=Text(body, Markup.MARKDOWN),
        created=time(comment["createdAt"]),
        ours=comment["viewerDidAuthor"].flag() and bool(mark_of(body, ticket_id)),
    )


def person(user: Wild) -> Person | None:
    """A user or an app; None where the account is gone."""
    if not user:
        return None
    login = user["login"].text()
    is_bot = user["__typename"].text(default="User") == "Bot" or login.endswith("[bot]")
    return Person(user["databaseId"].id() if user["databaseId"] else login, is_bot=is_bot, handle=login)


def time(value: Wild) -> datetime:
    """A time such as `2023-04-11T09:47:53Z`; raises Untamed."""
    try:
        told = datetime.fromisoformat(value.text())
    except ValueError as error:
        raise error if isinstance(error, Untamed) else Untamed("a time is not in ISO 8601") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _edits(issue: Wild, events: Iterable[Wild]) -> Iterable[tuple[datetime, Person | None]]:
    """Who changed title or text, and when. The list of a text's versions begins with its first."""
    for version in issue["userContentEdits"]["nodes"]:
        yield time(version["editedAt"]), person(version["editor"])
    if issue["lastEditedAt"]:
        yield time(issue["lastEditedAt"]), person(issue["editor"])
    for event in events:
        if event["__typename"].text() == "RenamedTitleEvent":
            yield time(event["createdAt"]), person(event["actor"])


def _key(issue: Wild) -> str:
    return f"{issue['repository']['nameWithOwner'].text()}#{issue['number'].number():.0f}"


def _ticket(issue: Wild, site: GitHubSite) -> Ticket:
    title, body = issue["title"].text(default=""), issue["body"].text(default="")
    labels = tuple(label["name"].text() for label in issue["labels"]["nodes"])
    named = issue["issueType"]["name"].text(default="") or _configured(labels, site)
    return Ticket(
        id=issue["id"].id(),
        title=title,
        description=Text(body or None, Markup.MARKDOWN),
        kind=kind_of(named, site.labels, labels, title, body),
        labels=labels,
        status=issue["state"].text().capitalize(),
        project=issue["repository"]["nameWithOwner"].text(),
    )


def _configured(labels: Sequence[str], site: GitHubSite) -> str:
    """The label that settings give a kind: few repositories have types of issues."""
    known = {label.casefold().strip() for label in site.labels}
    return next((label for label in labels if label.casefold().strip() in known), "")


def _status_changes(events: Iterable[Wild]) -> Iterable[StatusChange]:
    for event in events:
        state = _BECOMES.get(event["__typename"].text())
        if state:
            yield StatusChange(time(event["createdAt"]), state.capitalize(), _STATES[state])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
