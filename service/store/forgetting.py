"""Queries that forget: a person, a ticket with all that is known of it, and what is too old.

What belongs to a ticket is told by the schema's foreign keys, and what names a person by a mark on the column, so
a new table cannot be forgotten about.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, exists, or_, select, update
from sqlalchemy.sql.expression import ColumnElement

from service.store.dialect import now
from service.store.exemplars import retract
from service.store.mailboxes import drop_mailboxes
from service.store.schema import (
    DELETED,
    FORGOTTEN,
    decision,
    metadata,
    opt_out,
    review,
    ticket,
    uncoached,
    welcomed,
)
from service.store.stale import mark_reviews


def forget_person(connection: Connection, person: str) -> int:
    """Take a person's name, in our terms, from everything that bears it; how many rows did. Opt-outs stay."""
    mark_reviews(connection, review.c.author == person)
    named = drop_mailboxes(connection, [person])
    for column in (column for table in metadata.sorted_tables for column in table.columns):
        if column.info.get("person") == FORGOTTEN:
            bare = update(column.table).where(column == person).values({column.name: ""})
            named += connection.execute(bare).rowcount
        elif column.info.get("person") == DELETED:
            named += connection.execute(delete(column.table).where(column == person)).rowcount
    return named


def forget_opt_out(connection: Connection, person: str) -> bool:
    """Forget even what a person asked for: not to be spoken to, or nothing to be kept; False if they never did."""
    tables = (opt_out, uncoached)
    return sum(connection.execute(delete(one).where(one.c.person == person)).rowcount for one in tables) > 0


def erase_tickets(connection: Connection, ids: Sequence[int]) -> int:
    """Delete tickets with all that is known of them, but for those that have to be looked at; how many."""
    settled = ticket.c.id.in_(ids) & (ticket.c.generation <= ticket.c.done_generation)
    kept = list(connection.execute(select(ticket.c.id).where(settled)).scalars())
    reviews = list(connection.execute(select(review.c.id).where(review.c.ticket_id.in_(kept))).scalars())
    mark_reviews(connection, review.c.id.in_(reviews))
    retract(connection, kept)
    _delete_what_names(connection, review, reviews)
    _delete_what_names(connection, ticket, kept)
    connection.execute(update(welcomed).where(welcomed.c.ticket_id.in_(kept)).values(ticket_id=None))
    return len(kept)


def removed_tickets(connection: Connection, older_than: float, limit: int) -> list[int]:
    """Up to `limit` tickets that their tracker has not shown for so many seconds."""
    lately = exists().where(decision.c.ticket_id == ticket.c.id, decision.c.at > now() - older_than)
    settled = ticket.c.gone & (ticket.c.generation <= ticket.c.done_generation) & ~lately
    return list(connection.execute(select(ticket.c.id).where(settled).limit(limit)).scalars())


def expire_reviews(connection: Connection, older_than: float, limit: int) -> int:
    """Delete up to `limit` reviews older than so many seconds, with what belongs to them; how many."""
    old = select(review.c.id).where(review.c.at < now() - older_than).order_by(review.c.at).limit(limit)
    ids = list(connection.execute(old).scalars())
    # What people did about a text that is gone counts with the next one.
    whole = select(review.c.ticket_id).where(review.c.id.in_(ids))
    mark_reviews(connection, review.c.ticket_id.in_(whole))
    _delete_what_names(connection, review, ids)
    return len(ids)


def expire_decisions(connection: Connection, older_than: float, limit: int) -> int:
    """Delete up to `limit` decisions older than so many seconds; how many."""
    old = select(decision.c.id).where(decision.c.at < now() - older_than).order_by(decision.c.at).limit(limit)
    ids = list(connection.execute(old).scalars())
    commented = select(decision.c.review_id).where(decision.c.id.in_(ids), decision.c.action == "post")
    mark_reviews(connection, review.c.id.in_(commented))
    connection.execute(delete(decision).where(decision.c.id.in_(ids)))
    return len(ids)


def _delete_what_names(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    """Delete rows of a table, and before them every row of another that has one of them for its parent."""
    for other in reversed(metadata.sorted_tables):
        names = _names(other, table, ids)
        if names is not None:
            connection.execute(delete(other).where(names))
    connection.execute(delete(table).where(table.c.id.in_(ids)))


def _names(other: Table, table: Table, ids: Sequence[int]) -> ColumnElement[bool] | None:
    keys = [key.parent.in_(ids) for key in other.foreign_keys if key.column.table is table]
    return or_(*keys) if keys else None
