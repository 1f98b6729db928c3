"""Queries of how long tickets were worked on."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from service.store.schema import work
from service.worktime import Work

_COLUMNS = (work.c.started, work.c.ended, work.c.seconds, work.c.pauses)
_KEPT = select(*_COLUMNS).where(work.c.ticket_id == bindparam("of"))


def keep_work(connection: Connection, ticket_id: int, told: Work | None) -> None:
    """Let this be the work on a ticket; None where it is not done. Nothing is written where it is so already."""
    row = connection.execute(_KEPT, {"of": ticket_id}).one_or_none()
    if told == (None if row is None else Work(*row)):
        return
    connection.execute(delete(work).where(work.c.ticket_id == ticket_id))
    if told is not None:
        values = {"started": told.started, "ended": told.ended, "seconds": told.seconds, "pauses": told.pauses}
        connection.execute(insert(work).values(ticket_id=ticket_id, **values))
