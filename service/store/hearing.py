"""Queries about what a site has told us."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from service.store.dialect import now
from service.store.schema import delivery


def heard(connection: Connection, tracker: str, name: str) -> tuple[int, float]:
    """How many deliveries of a site we remember, and how many seconds ago the last came. Old ones are pruned."""
    here = (delivery.c.tracker == tracker) & (delivery.c.site == name)
    asked = select(func.count().label("known"), (now() - func.max(delivery.c.at)).label("seconds")).where(here)
    row = connection.execute(asked).one()
    return int(row.known), float(row.seconds or 0.0)
