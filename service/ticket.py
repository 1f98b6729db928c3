"""A ticket as it is judged, and what a tracker tells about it. Plain frozen data."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def frozen(mapping: Mapping[K, V]) -> MappingProxyType[K, V]:
    """A copy that nobody can change."""
    return MappingProxyType(dict(mapping))


# Tickets, policies and settings travel to worker processes, and a mapping proxy does not pickle by itself.
copyreg.pickle(MappingProxyType, lambda proxy: (frozen, (dict(proxy),)))


class Kind(StrEnum):
    """What sort of ticket it is, whatever the tracker calls its issue type."""

    STORY = "story"
    TASK = "task"
    BUG = "bug"
    EPIC = "epic"


class Markup(StrEnum):
    """How a text is written."""

    MARKDOWN = "markdown"
    WIKI = "wiki"
    ADF = "adf"
    PLAIN = "plain"


class StatusCategory(StrEnum):
    """How far work on a ticket has come: not begun, under way, over."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Text:
    """One text and its markup. `content` is a string, an ADF object, or None where the tracker holds null."""

    content: str | Mapping[str, Any] | None
    markup: Markup = Markup.PLAIN


NO_TEXT = Text(None)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is judged: texts, and the few facts that decide which rules apply.

    `fields` are further named texts; a name is read like a heading ("acceptance criteria", "steps to
    reproduce", "environment"), so criteria kept in a custom field count as criteria.
    """

    id: str
    title: str
    description: Text = NO_TEXT
    kind: Kind | None = None
    fields: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    labels: tuple[str, ...] = ()
    status: str = ""
    project: str = ""
    links: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone at a site. `id` is the tracker's own opaque user id, never a name.

    `handle` is what a mention calls the person where that is not the id: a user name, or a profile's address.
    """

    id: str
    is_bot: bool = False
    handle: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the tracker holds it. `ours` is set by marker, never by account alone."""

    id: str
    author: Person | None
    body: Text
    created: datetime
    ours: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One step in a ticket's life. `category` is None where the tracker's history names the status alone."""

    at: datetime
    status: str
    category: StatusCategory | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one fetch of a ticket tells.

    `author` is who is spoken to: the last person who edited the text, else the creator.
    `assignee` is who works on it, or will. `restricted`: not everybody who sees its project may see it.
    `text_changed` is when a judged text last changed; the time of creation if it never did.
    """

    ticket: Ticket
    key: str
    url: str
    created: datetime
    text_changed: datetime
    author: Person | None
    status_category: StatusCategory = StatusCategory.NEW
    status_history: tuple[StatusChange, ...] = ()
    service_desk: bool = False
    comments: tuple[Comment, ...] = ()
    creator: Person | None = None
    assignee: Person | None = None
    restricted: bool = False

    @property
    def our_comments(self) -> tuple[Comment, ...]:
        """Our own comments, oldest first."""
        return tuple(sorted((c for c in self.comments if c.ours), key=lambda c: (c.created, c.id)))


def realm(tracker: str, site: str) -> str:
    """Within which a person's id at a site names one person: that of GitHub's site "default" is "github/default".

    For Jira and Linear it is the site's name alone, as it always was: what is stored stays known.
    """
    return f"github/{site}" if tracker == "github" else site


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket's identity: the tracker's immutable id at a site. `key` only labels."""

    tracker: str
    site: str
    id: str
    key: str = ""

    @property
    def realm(self) -> str:
        """Where the ids of its people are from."""
        return realm(self.tracker, self.site)


@dataclass(frozen=True, slots=True)
class Saved:
    """A ticket was created or changed."""

    ref: TicketRef


@dataclass(frozen=True, slots=True)
class Commented:
    """Somebody commented on a ticket, or changed or removed a comment."""

    ref: TicketRef


@dataclass(frozen=True, slots=True)
class Removed:
    """A ticket is gone."""

    ref: TicketRef


Event = Saved | Commented | Removed
