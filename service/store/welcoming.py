"""Queries of who was welcomed: once in their life here, whatever they write, and wherever."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, select, update

from service.store.dialect import insert, now
from service.store.schema import ticket, welcomed

_SILENT = exists().where(
    ticket.c.id == welcomed.c.ticket_id,
    ticket.c.comment_state == "none",
    ticket.c.generation <= ticket.c.done_generation,
)
_ELSEWHERE = select(welcomed.c.person).where(
    welcomed.c.person == bindparam("whose"), welcomed.c.ticket_id.is_distinct_from(bindparam("here")), ~_SILENT
)
_HERE = select(welcomed.c.person).where(
    welcomed.c.person == bindparam("whose"), welcomed.c.ticket_id == bindparam("here")
)


def was_welcomed_elsewhere(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether there is nothing to claim on this ticket: the person is welcomed on another."""
    return connection.execute(_ELSEWHERE, {"whose": person, "here": ticket_id}).first() is not None


def claim_welcome(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether the person is welcomed on this ticket; from now on, they are on no other.

    A ticket on which nothing was said in the end gives its claim up.
    """
    row = {"person": person, "ticket_id": ticket_id, "at": now()}
    connection.execute(insert(connection.dialect.name, welcomed).values(row).on_conflict_do_nothing())
    given_up = update(welcomed).where(welcomed.c.person == person, _SILENT)
    connection.execute(given_up.values(ticket_id=ticket_id))
    return is_welcomed(connection, person, ticket_id)


def is_welcomed(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether this is the ticket on which the person was welcomed."""
    return connection.execute(_HERE, {"whose": person, "here": ticket_id}).first() is not None
