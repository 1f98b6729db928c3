"""Queries of the built-in tracker behind the playground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from service.store.dialect import Insert, now
from service.store.dialect import insert as insert_unless
from service.store.schema import decision, local_comment, local_ticket, ticket

_TICKET = select(local_ticket).where(local_ticket.c.id == bindparam("named"))
_COMMENTS = (
    select(local_comment)
    .where(local_comment.c.ticket_id == bindparam("on"))
    .order_by(local_comment.c.created, local_comment.c.id)
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket as somebody typed it. `kind` is "" where the text itself has to tell."""

    kind: str
    title: str
    description: str
    markup: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the worker has come with a ticket, and what it decided last."""

    done: bool
    error: str = ""
    action: str = ""
    reason: str = ""


def count_tickets(connection: Connection) -> int:
    """How many tickets are kept at the moment."""
    return connection.execute(select(func.count()).select_from(local_ticket)).scalar_one()


def add_ticket(connection: Connection, ticket_id: str, draft: Draft) -> None:
    """File a ticket."""
    connection.execute(insert(local_ticket).values(id=ticket_id, created=now(), changed=now(), **_values(draft)))


def edit_ticket(connection: Connection, ticket_id: str, draft: Draft) -> bool:
    """Change a ticket; False if there is none."""
    change = update(local_ticket).where(local_ticket.c.id == ticket_id)
    return connection.execute(change.values(changed=now(), **_values(draft))).rowcount == 1


def find_ticket(connection: Connection, ticket_id: str) -> Row[tuple[object, ...]] | None:
    """A ticket's row."""
    return connection.execute(_TICKET, {"named": ticket_id}).one_or_none()


def find_comments(connection: Connection, ticket_id: str) -> list[Row[tuple[object, ...]]]:
    """A ticket's comments, oldest first."""
    return list(connection.execute(_COMMENTS, {"on": ticket_id}))


def add_comment(connection: Connection, comment_id: str, ticket_id: str, body: str, *, author: str = "") -> None:
    """Write a comment, of ours where no author is named; one of this id that is there already stays as it is."""
    values = {"id": comment_id, "ticket_id": ticket_id, "author": author, "body": body}
    connection.execute(_commenting(connection.dialect.name), values)


@cache
def _commenting(dialect: str) -> Insert:
    new = insert_unless(dialect, local_comment).values(created=now(), edited=now())
    return new.on_conflict_do_nothing(index_elements=[local_comment.c.id])


def edit_comment(connection: Connection, comment_id: str, body: str) -> bool:
    """Change a comment; False if there is none."""
    change = update(local_comment).where(local_comment.c.id == comment_id)
    values = {"body": body, "edited": now(), "edits": local_comment.c.edits + 1}
    return connection.execute(change.values(**values)).rowcount == 1


def delete_comment(connection: Connection, comment_id: str) -> None:
    """Delete a comment."""
    connection.execute(delete(local_comment).where(local_comment.c.id == comment_id))


def progress(connection: Connection, tracker: str, external_id: str) -> Progress:
    """How far the worker has come with a ticket."""
    # One that is to be looked at another day, as an answered question is, does not wait for the worker now.
    waits = ((ticket.c.generation > ticket.c.done_generation) & (ticket.c.due <= now())).label("waits")
    here = (ticket.c.tracker == tracker) & (ticket.c.external_id == external_id)
    row = connection.execute(select(ticket.c.id, ticket.c.last_error, waits).where(here)).one_or_none()
    if row is None:
        return Progress(done=False)
    decided = select(decision.c.action, decision.c.reason).where(decision.c.ticket_id == row.id)
    last = connection.execute(decided.order_by(decision.c.id.desc()).limit(1)).one_or_none()
    return Progress(not row.waits, row.last_error, last.action if last else "", last.reason if last else "")


def _values(draft: Draft) -> dict[str, object]:
    return {
        "kind": draft.kind or None,
        "title": draft.title,
        "description": draft.description,
        "markup": draft.markup,
    }
