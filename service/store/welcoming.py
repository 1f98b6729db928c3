"""Queries of who was welcomed: once in their life here, whatever they write, and wherever."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from service.store.dialect import insert, now
from service.store.schema import ticket, welcomed


def claim_welcome(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether the person is welcomed on this ticket; from now on, they are on no other.

    A ticket on which nothing was said in the end gives its claim up.
    """
    row = {"person": person, "ticket_id": ticket_id, "at": now()}
    connection.execute(insert(connection.dialect.name, welcomed).values(row).on_conflict_do_nothing())
    settled = ticket.c.generation <= ticket.c.done_generation
    silent = select(ticket.c.id).where(ticket.c.comment_state == "none", settled)
    mine = welcomed.c.person == person
    connection.execute(update(welcomed).where(mine, welcomed.c.ticket_id.in_(silent)).values(ticket_id=ticket_id))
    return is_welcomed(connection, person, ticket_id)


def is_welcomed(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether this is the ticket on which the person was welcomed."""
    here = (welcomed.c.person == person) & (welcomed.c.ticket_id == ticket_id)
    return connection.execute(select(welcomed.c.person).where(here)).first() is not None
