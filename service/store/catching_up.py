"""Queries that find out which changes we never heard of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, case, func, select, update

from service.store.dialect import now
from service.store.schema import decision, site, ticket


def known_until(connection: Connection, tracker: str, name: str) -> tuple[float, float]:
    """Up to when we know of every change at a registered site, and the time now; seconds since the epoch."""
    here = (site.c.tracker == tracker) & (site.c.name == name)
    latest = case((site.c.caught_up_at > site.c.connected_at, site.c.caught_up_at), else_=site.c.connected_at)
    row = connection.execute(select(latest.label("known"), now().label("now")).where(here)).one()
    return float(row.known), float(row.now)


def note_caught_up(connection: Connection, tracker: str, name: str, at: float) -> None:
    """Every change until then is known."""
    here = (site.c.tracker == tracker) & (site.c.name == name)
    connection.execute(update(site).where(here).values(caught_up_at=at))


def last_looks(connection: Connection, tracker: str, name: str, ids: Sequence[str]) -> dict[str, float]:
    """When we last decided about each of these tickets; endless for one that waits to be looked at anyway."""
    waits = ticket.c.generation > ticket.c.done_generation
    looked = func.max(decision.c.at)
    found = (
        select(ticket.c.external_id, waits.label("waits"), looked.label("at"))
        .outerjoin(decision, decision.c.ticket_id == ticket.c.id)
        .where(ticket.c.tracker == tracker, ticket.c.site == name, ticket.c.external_id.in_(ids))
        .group_by(ticket.c.id, ticket.c.external_id, ticket.c.generation, ticket.c.done_generation)
    )
    return {
        row.external_id: float("inf") if row.waits else float(row.at or 0.0) for row in connection.execute(found)
    }
