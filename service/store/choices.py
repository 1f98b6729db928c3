"""Queries of what a person may know of themselves and decide: their own steps, and what is kept and said."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, select, update

from service.coaching import Step
from service.response import What
from service.store.dialect import insert, now
from service.store.keeping import opt_person_in, opt_person_out
from service.store.mailboxes import drop_mailboxes
from service.store.quick import Quick
from service.store.schema import LOCAL, coached, opt_out, response, ticket, uncoached

_CURVE = (What.SHOWN, What.MENDED, What.UNAIDED)
_UNCOACHED = Quick(
    select(exists().where(uncoached.c.person.in_(bindparam("people", expanding=True)))), several="people"
)


def steps_of(connection: Connection, people: Sequence[str]) -> list[Step]:
    """What one person met under all their names, the oldest first, but for what was tried on the playground."""
    own = response.c.person.in_(_named(people)) & response.c.what.in_(_CURVE)
    told = select(response.c.rule, response.c.what, response.c.at).where(own).order_by(response.c.id)
    real = told.join(ticket, response.c.ticket_id == ticket.c.id).where(ticket.c.tracker != LOCAL)
    return [Step(row.rule, What(row.what), row.at) for row in connection.execute(real)]


def is_spoken_to(connection: Connection, people: Sequence[str]) -> bool:
    """Whether a person's tickets are commented on, under whichever name."""
    return not _any(connection, opt_out.c.person.in_(_named(people)))


def is_coached(connection: Connection, people: Sequence[str]) -> bool:
    """Whether what a person learns is kept, under whichever name."""
    return not _UNCOACHED.value(connection, people=_named(people))


def speak_to(connection: Connection, people: Sequence[str], *, on: bool) -> None:
    """Comment on a person's tickets, or never again."""
    for person in _named(people):
        (opt_person_in if on else opt_person_out)(connection, person)


def coach(connection: Connection, people: Sequence[str], *, on: bool) -> None:
    """Keep what a person learns; or forget it, keep nothing from now on, and send no mail about it."""
    named = _named(people)
    if on:
        connection.execute(delete(uncoached).where(uncoached.c.person.in_(named)))
        return
    for person in named:
        row = {"person": person, "since": now()}
        connection.execute(insert(connection.dialect.name, uncoached).values(row).on_conflict_do_nothing())
    own = response.c.person.in_(named) & response.c.what.in_(_CURVE)
    connection.execute(update(response).where(own).values(person=""))
    connection.execute(update(coached).where(coached.c.person.in_(named)).values(person=""))
    drop_mailboxes(connection, named)


def _named(people: Sequence[str]) -> list[str]:
    """Without "", the name of everybody who is known no more."""
    return [person for person in people if person]


def _any(connection: Connection, condition: ColumnElement[bool]) -> bool:
    return bool(connection.execute(select(exists().where(condition))).scalar_one())
