"""Jira's JSON → a Snapshot. No I/O.

Descriptions come as an ADF object (REST v3), as wiki markup (v2, and in some v3 answers), or as null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import cast

from service.kind import kind_of
from service.settings import JiraSite
from service.ticket import (
    NO_TEXT,
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

PROPERTY = "ticket-clarity"
FIELDS = (
    "summary",
    "description",
    "issuetype",
    "labels",
    "status",
    "project",
    "environment",
    "versions",
    "issuelinks",
    "attachment",
    "creator",
    "assignee",
    "created",
    "security",
)
# Jira's own fields that say what a description need not repeat, and how they are called as headings.
_BESIDE = {"environment": "environment", "versions": "affected versions"}
# Data Center's history names some fields otherwise than their ids.
_TEXT_FIELDS = frozenset({"summary", "description", *_BESIDE, "version"})
_CATEGORIES = {"new": StatusCategory.NEW, "indeterminate": StatusCategory.IN_PROGRESS, "done": StatusCategory.DONE}
NO_CATEGORIES: Mapping[str, StatusCategory] = MappingProxyType({})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_snapshot(
    issue: Wild,
    histories: Iterable[Wild],
    comments: tuple[Comment, ...],
    site: JiraSite,
    categories: Mapping[str, StatusCategory] = NO_CATEGORIES,
) -> Snapshot:
    """What one fetch of an issue tells; `categories` are those of statuses by their ids.

    Raises Untamed where Jira left out what every issue has.
    """
    fields = issue["fields"]
    created = time(fields["created"])
    changes = sorted(histories, key=lambda history: time(history["created"]))
    edits = [history for history in changes if _edits_text(history, site, _names(issue, site))]
    creator, editors = person(fields["creator"]), [person(history["author"]) for history in edits]
    return Snapshot(
        ticket=_ticket(issue["id"].id(), fields, site),
        key=issue["key"].text(),
        url=address(site, issue["key"].text()),
        created=created,
        text_changed=time(edits[-1]["created"]) if edits else created,
        author=next((editor for editor in reversed(editors) if editor and not editor.is_bot), creator),
        status_category=_category(fields["status"]),
        status_history=tuple(_status_changes(changes, categories)),
        service_desk=fields["project"]["projectTypeKey"].text(default="") == "service_desk",
        comments=comments,
        creator=creator,
        assignee=person(fields["assignee"]),
        restricted=bool(fields["security"]),
    )


def read_listed(issue: Wild, site: JiraSite) -> Listed:
    """One issue of a search."""
    key = issue["key"].text()
    ref = TicketRef("jira", site.name, issue["id"].id(), key)
    return Listed(ref, address(site, key), _ticket(ref.id, issue["fields"], site))


def address(site: JiraSite, key: str) -> str:
    """Where people see an issue."""
    return f"{(site.shown_url or site.url).rstrip('/')}/browse/{key}"


def read_comment(comment: Wild, *, ours: bool) -> Comment:
    """One comment of an issue."""
    return Comment(
        id=comment["id"].id(),
        author=person(comment["author"]),
        body=text(comment["body"].raw()),
        created=time(comment["created"]) if comment["created"] else _EPOCH,
        ours=ours,
    )


def is_marked(comment: Wild) -> bool:
    """Whether a comment carries our property. Jira answers with properties in some versions only."""
    return any(entry["key"].text(default="") == PROPERTY for entry in comment["properties"])


def person(user: Wild) -> Person | None:
    """A user by account id (Cloud), key or name (Data Center); None where the account is gone or hidden."""
    account, key, name = (user[member].text(default="") for member in ("accountId", "key", "name"))
    user_id = account or key or name
    if not user_id:
        return None
    # A mention on Data Center goes by the name; Cloud knows no names.
    return Person(user_id, is_bot=user["accountType"].text(default="") == "app", handle="" if account else name)


def text(value: object) -> Text:
    """A field's value as a text: ADF, wiki markup, or the readable part of an option or a list of them."""
    match value:
        case {"type": "doc"}:
            return Text(cast(Mapping[str, object], value), Markup.ADF)
        case str() if value:
            return Text(value, Markup.WIKI)
        case {"value": str() as shown} | {"name": str() as shown}:
            return Text(shown, Markup.PLAIN)
        case list():
            parts = [text(part).content for part in value]
            return Text("\n".join(part for part in parts if isinstance(part, str)) or None, Markup.PLAIN)
        case int() | float() if not isinstance(value, bool):
            return Text(str(value), Markup.PLAIN)
    return NO_TEXT


def time(value: Wild) -> datetime:
    """A time such as `2019-08-27T12:43:24.674-0700`; raises Untamed."""
    try:
        told = datetime.fromisoformat(value.text())
    except ValueError as error:
        if isinstance(error, Untamed):
            raise
        raise Untamed("a time is not in ISO 8601") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def plain(value: Text) -> str:
    """All the words of a text, roughly: enough to tell its shape from."""
    if isinstance(value.content, str):
        return value.content
    words: list[str] = []
    waiting: list[object] = [value.content]
    while waiting:
        match waiting.pop():
            case {"text": str() as told}:
                words.append(told)
            case {"content": list() as inner}:
                waiting.extend(reversed(inner))
    return "\n".join(words)


def last_words(value: Text) -> str:
    """A comment's last paragraph; in ADF nothing if it ends otherwise, as with a quotation."""
    match value.content:
        case {"content": [*_, {"type": "paragraph", "content": list() as inline}]}:
            return "".join(str(node.get("text", "")) for node in inline if isinstance(node, dict))
        case str() as markup:
            return markup
    return ""


def _ticket(issue_id: str, fields: Wild, site: JiraSite) -> Ticket:
    title, description = fields["summary"].text(default=""), text(fields["description"].raw())
    labels = tuple(label.text() for label in fields["labels"])
    type_name = fields["issuetype"]["name"].text(default="")
    return Ticket(
        id=issue_id,
        title=title,
        description=description,
        kind=kind_of(type_name, site.types, labels, title, plain(description)),
        fields=_beside(fields) | {name: text(fields[field_id].raw()) for field_id, name in site.fields.items()},
        labels=labels,
        status=fields["status"]["name"].text(default=""),
        project=fields["project"]["key"].text(default=""),
        links=tuple(_linked(fields["issuelinks"])),
        attachments=tuple(entry["filename"].text(default="") for entry in fields["attachment"]),
    )


def _beside(fields: Wild) -> dict[str, Text]:
    """What Jira's own fields hold beside the description; those left empty are not there."""
    told = {name: text(fields[field_id].raw()) for field_id, name in _BESIDE.items()}
    return {name: value for name, value in told.items() if value.content}


def _linked(links: Wild) -> Iterable[str]:
    for link in links:
        for side in ("outwardIssue", "inwardIssue"):
            if link[side]:
                yield link[side]["key"].text(default="")


def _names(issue: Wild, site: JiraSite) -> frozenset[str]:
    """What our custom fields are called: Data Center's history knows them by these names only."""
    return frozenset(issue["names"][field_id].text(default="") for field_id in site.fields) - {""}


def _edits_text(history: Wild, site: JiraSite, names: frozenset[str]) -> bool:
    return any(_is_text(item, site, names) for item in history["items"])


def _is_text(item: Wild, site: JiraSite, names: frozenset[str]) -> bool:
    field_id, name = item["fieldId"].text(default=""), item["field"].text(default="")
    if item["fieldtype"].text(default="") == "custom":
        return field_id in site.fields if field_id else name in names
    return (field_id or name).casefold() in _TEXT_FIELDS


def _category(status: Wild) -> StatusCategory:
    return _CATEGORIES.get(status["statusCategory"]["key"].text(default=""), StatusCategory.NEW)


def read_categories(issue_types: Iterable[Wild]) -> dict[str, StatusCategory]:
    """The category of each of a project's statuses, by the status's id, from its statuses by issue type."""
    return {
        status["id"].id(): _category(status) for issue_type in issue_types for status in issue_type["statuses"]
    }


def changes_status(history: Wild) -> bool:
    """Whether an entry of the history tells of another status."""
    return any(item["field"].text(default="") == "status" for item in history["items"])


def _status_changes(histories: Iterable[Wild], categories: Mapping[str, StatusCategory]) -> Iterable[StatusChange]:
    """When the status changed. Jira's history names a status by id and name, but not its category."""
    for history in histories:
        for item in history["items"]:
            if item["field"].text(default="") == "status":
                category = categories.get(item["to"].text(default=""))
                yield StatusChange(time(history["created"]), item["toString"].text(default=""), category)
