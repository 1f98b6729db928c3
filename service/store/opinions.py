"""Queries of what people think of a rule on one ticket: of no use there, or to be left out there."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, insert, select

from service.store.dialect import now
from service.store.quick import Quick
from service.store.schema import opinion, ticket
from service.ticket import TicketRef


class Opinion(StrEnum):
    """What can be said of a rule."""

    NOT_USEFUL = "not-useful"
    IGNORED = "ignored"


_IGNORED = Quick(
    select(opinion.c.rule).where(opinion.c.ticket_id == bindparam("of"), opinion.c.kind == Opinion.IGNORED)
)


def ticket_id(connection: Connection, ref: TicketRef) -> int | None:
    """The row of a ticket that we have heard of."""
    here = (ticket.c.tracker == ref.tracker, ticket.c.site == ref.site, ticket.c.external_id == ref.id)
    return connection.execute(select(ticket.c.id).where(*here)).scalar_one_or_none()


def hold(connection: Connection, row: int, rule: str, kind: Opinion, person: str) -> None:
    """Keep a person's opinion; saying it twice is saying it once."""
    take_back(connection, row, rule, kind, person)
    values = {"ticket_id": row, "rule": rule, "kind": kind, "person": person, "at": now()}
    connection.execute(insert(opinion).values(values))


def take_back(connection: Connection, row: int, rule: str, kind: Opinion, person: str = "") -> None:
    """Forget a person's opinion; without a person, everybody's."""
    same = (opinion.c.ticket_id == row) & (opinion.c.rule == rule) & (opinion.c.kind == kind)
    connection.execute(delete(opinion).where(same & (opinion.c.person == person) if person else same))


def ignored(connection: Connection, row: int) -> set[str]:
    """The rules that are left out on a ticket because somebody said so in the panel."""
    return set(_IGNORED.values(connection, of=row))


def held_by(connection: Connection, row: int, person: str) -> set[str]:
    """The rules that a person found of no use on a ticket."""
    mine = (opinion.c.ticket_id == row, opinion.c.kind == Opinion.NOT_USEFUL, opinion.c.person == person)
    return set(connection.execute(select(opinion.c.rule).where(*mine)).scalars())
