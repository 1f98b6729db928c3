"""Queries of when a ticket is looked at: how lately it was worked on, with how many others, and when next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Double, Integer, Select, bindparam, func, select, update
from sqlalchemy.sql.dml import Update

from service.resting import Edits
from service.store.dialect import noted, now
from service.store.quick import Quick
from service.store.schema import ticket

if TYPE_CHECKING:
    from service.store.working import Claim

_WAITS = ticket.c.generation > ticket.c.done_generation


def _seconds(name: str) -> ColumnElement[float]:
    return bindparam(name, type_=Double)


def _near() -> Select[int]:
    """How many tickets of a project were saved at about a time, counted up to `most`."""
    near = (
        (ticket.c.tracker == bindparam("of"))
        & (ticket.c.site == bindparam("at_site"))
        & (ticket.c.project == bindparam("within"))
        & ticket.c.saved_at.between(_seconds("since"), _seconds("until"))
    )
    some = select(ticket.c.id).where(near).limit(bindparam("most", type_=Integer)).subquery()
    return select(func.count()).select_from(some)


def _looking() -> Update:
    """Look at a ticket in `delay` seconds."""
    then = now() + _seconds("delay")
    change = update(ticket).where(ticket.c.id == bindparam("mine"))
    change = change.values(generation=ticket.c.generation + 1, due=then, first_due=then)
    return change.values(noted_at=noted(ticket))


_EDITS = Quick(select(now(), ticket.c.saved_at, ticket.c.unanswered_since).where(ticket.c.id == bindparam("mine")))
_NEAR = Quick(_near())
_LOOKING = Quick(_looking())
_LOOKING_UNLESS_BEFORE = Quick(_looking().where(~(_WAITS & (ticket.c.due < now() + _seconds("delay")))))


def edits(connection: Connection, ticket_id: int) -> Edits:
    """How lately a ticket was worked on, as deliveries told up to this moment."""
    # The time in the same statement: one taken before would be older than a save that came in between.
    return Edits(*_EDITS.one(connection, mine=ticket_id))


def is_resting(connection: Connection, ticket_id: int, within: float) -> bool:
    """Whether a ticket will be looked at within so many seconds anyway, once its author has left it alone."""
    rests = _WAITS & ticket.c.due.between(now(), now() + within)
    return connection.execute(select(ticket.c.id).where(ticket.c.id == ticket_id, rests)).first() is not None


def is_waiting(connection: Connection, ticket_id: int) -> bool:
    """Whether a ticket has yet to be looked at since something happened on it."""
    return connection.execute(select(ticket.c.id).where(ticket.c.id == ticket_id, _WAITS)).first() is not None


def look_by(connection: Connection, ticket_id: int, delay: float) -> None:
    """Have a ticket looked at `delay` seconds from now, unless it will be before, as it was saved meanwhile."""
    _LOOKING_UNLESS_BEFORE.run(connection, mine=ticket_id, delay=delay)


def look_again(connection: Connection, ticket_id: int, delay: float, *, rewrite: bool = False) -> None:
    """Have a ticket looked at `delay` seconds from now. `rewrite`: trust nothing about what its comment says."""
    trust = {"comment_hash": ""} if rewrite else {}
    _LOOKING.run(connection, mine=ticket_id, delay=delay, **trust)


def saved_together(connection: Connection, mine: Claim, project: str, *, within: float, most: int) -> int:
    """How many tickets of the project were saved within so many seconds of this one, counted up to `most`.

    None where we never heard of this one being saved, such as after a comment on an old ticket.
    """
    if not mine.saved_at:
        return 0
    told = {
        "of": mine.ref.tracker,
        "at_site": mine.ref.site,
        "within": project,
        "since": mine.saved_at - within,
        "until": mine.saved_at + within,
        "most": most,
    }
    return int(_NEAR.value(connection, **told))
