"""Queries of how long tickets were worked on."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from service.store.quick import Quick
from service.store.schema import work
from service.worktime import Work

_COLUMNS = (work.c.started, work.c.ended, work.c.seconds, work.c.pauses)
_KEPT = Quick(select(*_COLUMNS).where(work.c.ticket_id == bindparam("of")))
_DROPPED = Quick(delete(work).where(work.c.ticket_id == bindparam("of")))
_WORK = Quick(insert(work))


def keep_work(connection: Connection, ticket_id: int, told: Work | None) -> None:
    """Let this be the work on a ticket; None where it is not done. Nothing is written where it is so already."""
    row = _KEPT.row(connection, of=ticket_id)
    if told == (None if row is None else Work(*row)):
        return
    _DROPPED.run(connection, of=ticket_id)
    if told is not None:
        values = {"started": told.started, "ended": told.ended, "seconds": told.seconds, "pauses": told.pauses}
        _WORK.run(connection, ticket_id=ticket_id, **values)
