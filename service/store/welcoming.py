"""Queries of who was welcomed: once in their life here, whatever they write, and wherever."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, select, update

from service.store.dialect import insert, now
from service.store.quick import Quick
from service.store.schema import ticket, welcomed

_SILENT = exists().where(
    ticket.c.id == welcomed.c.ticket_id,
    ticket.c.comment_state == "none",
    ticket.c.generation <= ticket.c.done_generation,
)
_ELSEWHERE = Quick(
    select(welcomed.c.person).where(
        welcomed.c.person == bindparam("whose"), welcomed.c.ticket_id.is_distinct_from(bindparam("here")), ~_SILENT
    )
)
_HERE = Quick(
    select(welcomed.c.person).where(
        welcomed.c.person == bindparam("whose"), welcomed.c.ticket_id == bindparam("here")
    )
)
_CLAIMING = {
    dialect: Quick(insert(dialect, welcomed).values(at=now()).on_conflict_do_nothing())
    for dialect in ("sqlite", "postgresql")
}
_GIVEN_UP = Quick(update(welcomed).where(welcomed.c.person == bindparam("whose"), _SILENT))


def was_welcomed_elsewhere(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether there is nothing to claim on this ticket: the person is welcomed on another."""
    return bool(_ELSEWHERE.rows(connection, whose=person, here=ticket_id))


def claim_welcome(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether the person is welcomed on this ticket; from now on, they are on no other.

    A ticket on which nothing was said in the end gives its claim up.
    """
    _CLAIMING[connection.dialect.name].run(connection, person=person, ticket_id=ticket_id)
    _GIVEN_UP.run(connection, whose=person, ticket_id=ticket_id)
    return is_welcomed(connection, person, ticket_id)


def is_welcomed(connection: Connection, person: str, ticket_id: int) -> bool:
    """Whether this is the ticket on which the person was welcomed."""
    return bool(_HERE.rows(connection, whose=person, here=ticket_id))
