"""Queries that keep house: opt-outs, policies set while running, and what expires."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, exists, select, update
from sqlalchemy.sql.expression import ColumnElement

from service.store.dialect import insert, now
from service.store.forgetting import erase_tickets
from service.store.quick import Quick
from service.store.schema import LOCAL, delivery, local_comment, local_ticket, opt_out, ticket

_OPTED_OUT = Quick(select(exists().where(opt_out.c.person == bindparam("asked"))))


def opt_person_out(connection: Connection, person: str) -> None:
    """Never speak to this person again."""
    connection.execute(
        insert(connection.dialect.name, opt_out).values(person=person, since=now()).on_conflict_do_nothing()
    )


def opt_person_in(connection: Connection, person: str) -> None:
    """Speak to this person again."""
    connection.execute(delete(opt_out).where(opt_out.c.person == person))


def has_opted_out(connection: Connection, person: str) -> bool:
    """Whether this person asked not to be spoken to."""
    return bool(_OPTED_OUT.value(connection, asked=person))


def prune_deliveries(connection: Connection, older_than: float, limit: int) -> int:
    """Forget up to `limit` deliveries older than so many seconds; how many there were."""
    key = (delivery.c.tracker, delivery.c.site, delivery.c.id)
    old = select(*key).where(delivery.c.at < now() - older_than).order_by(delivery.c.at).limit(limit)
    rows = [tuple(row) for row in connection.execute(old)]
    for tracker, name, delivery_id in rows:
        one = (delivery.c.tracker == tracker, delivery.c.site == name, delivery.c.id == delivery_id)
        connection.execute(delete(delivery).where(*one))
    return len(rows)


def expire_local(connection: Connection, older_than: float, limit: int) -> int:
    """Delete up to `limit` playground tickets older than so many seconds, with all we know of them."""
    old = select(local_ticket.c.id).where(local_ticket.c.created < now() - older_than).limit(limit)
    ids = list(connection.execute(old).scalars())
    known = list(connection.execute(select(ticket.c.id).where(_local(ids))).scalars())
    connection.execute(update(ticket).where(ticket.c.id.in_(known)).values(done_generation=ticket.c.generation))
    erase_tickets(connection, known)
    connection.execute(delete(local_comment).where(local_comment.c.ticket_id.in_(ids)))
    connection.execute(delete(local_ticket).where(local_ticket.c.id.in_(ids)))
    return len(ids)


def _local(ids: list[str]) -> ColumnElement[bool]:
    return (ticket.c.tracker == LOCAL) & ticket.c.external_id.in_(ids)
