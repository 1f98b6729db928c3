"""The built-in tracker behind the playground: tickets and comments in our own database.

It takes the very path of the others. Its deliveries come from our own process, so there is nobody to verify.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Row

from service.comment import CommentTree
from service.comment_json import from_json, to_json
from service.kind import kind_of
from service.render import markdown
from service.store import Store
from service.store import local as queries
from service.ticket import (
    Comment,
    Commented,
    Event,
    Kind,
    Markup,
    Person,
    Removed,
    Saved,
    Snapshot,
    Text,
    Ticket,
    TicketRef,
)
from service.trackers.base import Changed, CommentGone, Delivery, Received, Refused, TicketGone
from service.trackers.wild import Untamed, Wild

NAME = "local"
SITE = "playground"
NAMESPACE = uuid.UUID("0f5b8a0e-3c0c-5b43-8c8e-0b6f0a9a2f11")
AUTHOR = Person("author")
PEOPLE = {person.id: person for person in (AUTHOR, Person("engineer"), Person("tester"))}
"""As whom a visitor can speak."""
US = Person("ticket-clarity", is_bot=True)

_EVENTS: Mapping[str, Callable[[TicketRef], Event]] = {"removed": Removed, "commented": Commented}


def webhook(ticket_id: str, event: str = "saved") -> Delivery:
    """The delivery by which the playground says that a ticket changed."""
    body = {"delivery": uuid.uuid4().hex, "event": event, "ticket": {"id": ticket_id, "key": key(ticket_id)}}
    return Delivery(site=SITE, headers={}, body=json.dumps(body).encode())


def receive(delivery: Delivery) -> Received:
    """Read such a delivery; raises Refused."""
    try:
        body = Wild.parse(delivery.body)
        ref = TicketRef(NAME, delivery.site, body["ticket"]["id"].id(), body["ticket"]["key"].text())
        return Received(body["delivery"].id(), (_EVENTS.get(body["event"].text(), Saved)(ref),))
    except Untamed as error:
        raise Refused(400, f"This delivery could not be read: {error}.") from None


def key(ticket_id: str) -> str:
    """What people see of an id."""
    return f"TRY-{ticket_id[:6].upper()}"


class LocalTracker:
    """Reads and comments on playground tickets."""

    name = NAME
    site = SITE

    def __init__(self, store: Store) -> None:
        self._store = store

    def fetch(self, ticket_id: str) -> Snapshot:
        """Read the ticket with its comments; raises TicketGone."""
        with self._store.reading() as connection:
            row = queries.find_ticket(connection, ticket_id)
            comments = queries.find_comments(connection, ticket_id)
        if row is None:
            raise TicketGone("The playground's ticket has expired.")
        return Snapshot(
            ticket=_ticket(row),
            key=key(ticket_id),
            url="",
            created=_time(row.created),
            text_changed=_time(row.changed),
            author=AUTHOR,
            comments=tuple(_comment(comment) for comment in comments),
            creator=AUTHOR,
        )

    def create_comment(
        self,
        ticket_id: str,
        tree: CommentTree,
        *,
        key: str,
        internal: bool = False,  # noqa: ARG002 (all is internal here)
        visible_to: str = "",  # noqa: ARG002 (everybody who sees the ticket sees its comments)
    ) -> str:
        """Post a comment; the same key posts the same comment."""
        comment_id = str(uuid.uuid5(NAMESPACE, f"{ticket_id}/{key}"))
        with self._store.writing() as connection:
            if queries.find_ticket(connection, ticket_id) is None:
                raise TicketGone("The playground's ticket has expired.")
            queries.add_comment(connection, comment_id, ticket_id, json.dumps(to_json(tree)))
        return comment_id

    def update_comment(
        self,
        ticket_id: str,  # noqa: ARG002 (the comment's id says it all)
        comment_id: str,
        tree: CommentTree,
        *,
        notify: bool = False,  # noqa: ARG002 (nobody watches)
        visible_to: str = "",  # noqa: ARG002 (everybody who sees the ticket sees its comments)
    ) -> None:
        """Edit a comment; raises CommentGone."""
        with self._store.writing() as connection:
            if not queries.edit_comment(connection, comment_id, json.dumps(to_json(tree))):
                raise CommentGone("The comment was deleted.")

    def delete_comment(self, ticket_id: str, comment_id: str) -> None:  # noqa: ARG002 (the comment's id says it all)
        """Delete a comment."""
        with self._store.writing() as connection:
            queries.delete_comment(connection, comment_id)

    def changed(self, since: datetime) -> Iterator[Changed]:  # noqa: ARG002 (nothing is ever missed here)
        """Nothing: what is filed here is known at once."""
        return iter(())

    def check(self) -> str:
        """Say that we are here."""
        return "the playground's own tracker"


def _ticket(row: Row[tuple[object, ...]]) -> Ticket:
    description = Text(row.description or None, Markup(row.markup))
    return Ticket(
        id=row.id,
        title=row.title,
        description=description,
        kind=Kind(row.kind) if row.kind else kind_of("", {}, (), row.title, row.description),
    )


def _comment(row: Row[tuple[object, ...]]) -> Comment:
    if row.author:
        return Comment(row.id, Person(row.author), Text(row.body, Markup.MARKDOWN), _time(row.created))
    text = Text(markdown.render(from_json(json.loads(row.body))), Markup.MARKDOWN)
    return Comment(row.id, US, text, _time(row.created), ours=True)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
