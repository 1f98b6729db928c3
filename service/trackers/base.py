"""What every tracker module offers, and how it fails.

A tracker module has two halves. `receive` does no I/O: it verifies a delivery and says which tickets changed.
A `Tracker` reads and writes one site.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from service.comment import CommentTree
from service.ticket import Event, Person, Snapshot, Ticket, TicketRef

MOST_SEARCHED_PAGES = 1_000  # bounded, as a search whose pages never end would hang us
GATEWAY = frozenset({502, 503, 504})  # answered by what stands before a tracker that is not there


class Refused(Exception):
    """A delivery that is not accepted. `status` is the HTTP answer; the sentence may be shown to the sender."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook request as it came in. Header names are lower-case; `token` is the path token, if any."""

    site: str
    headers: Mapping[str, str]
    body: bytes
    token: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A verified delivery: its id for deduplication, and what it says. No events: `note` says why."""

    id: str
    events: tuple[Event, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A score as it is kept on the ticket itself. `url` is where we are reached; None stands for no score."""

    score: int | None
    level: str
    rules: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket that its tracker says was changed `at` a time, by anybody and in anything."""

    ref: TicketRef
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket that a search found, as the search tells it: without comments and history."""

    ref: TicketRef
    url: str
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what a search found. `next` leads to the following one; "" where there is none."""

    tickets: tuple[Listed, ...]
    next: str = ""


class TrackerError(Exception):
    """A tracker did not do what was asked.

    `permanent` parts "stop" from "try again"; `retry_after` is in seconds, if the tracker named a time;
    `pauses` says what has to wait: this ticket, or the whole site.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        pauses: Literal["ticket", "site"] = "ticket",
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        self.pauses = pauses


class NotAllowed(TrackerError):
    """Our user may not do this. An admin can mend it, so it is not for good."""


class CutOff(TrackerError):
    """A search found more than is read. Asked again, it ends there again."""


class Unreachable(TrackerError):
    """Nobody answered, or only a gateway did. One such failure means little, several in a row are an outage."""


class TicketGone(TrackerError):
    """The ticket was deleted, or is not visible to us."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class CommentGone(TrackerError):
    """The comment to edit was deleted."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Tracker(Protocol):
    """One site of one tracker. Every method may raise TrackerError."""

    name: str
    site: str

    def fetch(self, ticket_id: str) -> Snapshot:
        """Read the ticket with its comments; raises TicketGone."""
        ...

    def create_comment(
        self, ticket_id: str, tree: CommentTree, *, key: str, internal: bool = False, visible_to: str = ""
    ) -> str:
        """Post a comment and return its id. `key` is the same for every try at the same comment.

        `visible_to` names who alone may see it ("role:…", "group:…"), where the tracker knows such a thing.
        """
        ...

    def update_comment(
        self, ticket_id: str, comment_id: str, tree: CommentTree, *, notify: bool = False, visible_to: str = ""
    ) -> None:
        """Edit a comment of ours, where `notify` is false without mailing watchers; raises CommentGone."""
        ...

    def delete_comment(self, ticket_id: str, comment_id: str) -> None:
        """Delete a comment of ours; one already gone is no error."""
        ...

    def changed(self, since: datetime) -> Iterator[Changed]:
        """Every ticket that we may see and that changed since then, in no order; one may come twice."""
        ...

    def check(self) -> str:
        """Say in a few words who we are at the site, for `clarity doctor`; raises TrackerError with advice."""
        ...


@runtime_checkable
class Marking(Protocol):
    """A tracker that can also keep a label and a score on the ticket itself, each as often as one likes."""

    def set_label(self, ticket_id: str, label: str, *, on: bool) -> None:
        """Put a label on or take it off, mailing nobody; raises TicketGone."""
        ...

    def show_score(self, ticket_id: str, shown: Shown) -> None:
        """Keep a score beside the ticket, in the place of the one before."""
        ...

    def set_number(self, ticket_id: str, field_id: str, number: int | None) -> None:
        """Write a number field, mailing nobody; does nothing where the tracker has no fields."""
        ...


@runtime_checkable
class KnowsRoles(Protocol):
    """A tracker that can tell who runs a project."""

    def has_role(self, snapshot: Snapshot, person: Person, roles: Collection[str]) -> bool:
        """Whether a person holds one of these roles (without case) in the ticket's project, or what comes to one.

        Raises TrackerError where it is not told.
        """
        ...


@runtime_checkable
class Searchable(Protocol):
    """A tracker whose tickets can be gone through. Every method may raise TrackerError."""

    name: str
    site: str

    def count(self, query: str) -> int | None:
        """How many tickets a search finds, roughly; None where the tracker does not tell."""
        ...

    def search(self, query: str, place: str) -> Page:
        """One page of a search; `place` is "" or what the page before said was next."""
        ...


def searched_pages() -> Iterator[int]:
    """For each page of a search for what changed. Raises CutOff where there are more than are read."""
    yield from range(MOST_SEARCHED_PAGES)
    raise CutOff(
        f"More changed than {MOST_SEARCHED_PAGES:,} pages tell; what they told of is looked at, the rest is not."
        " Ask for less: clarity reconcile with a later --since."
    )
