"""Queries of the page for operators: what is stuck, and what was done about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from service.store.dialect import now
from service.store.schema import LOCAL, delivery, operation, review, site, ticket


def paused_sites(connection: Connection) -> list[Row[Any]]:
    """Sites whose tickets wait: tracker, name, reason, failures in a row, and seconds until the next try."""
    seconds = (site.c.paused_until - now()).label("seconds")
    wanted = select(site.c.tracker, site.c.name, site.c.pause_reason, site.c.failures, seconds)
    waiting = wanted.where(site.c.paused_until > now()).order_by(site.c.tracker, site.c.name)
    return list(connection.execute(waiting))


def failed_tickets(connection: Connection, limit: int) -> list[Row[Any]]:
    """Up to `limit` tickets whose last attempt failed, by id: given up, or tried again in so many seconds."""
    seconds = (ticket.c.not_before - now()).label("seconds")
    given_up = (ticket.c.generation <= ticket.c.done_generation).label("given_up")
    shown = (ticket.c.id, ticket.c.tracker, ticket.c.site, ticket.c.key, ticket.c.external_id, ticket.c.last_error)
    wanted = select(*shown, ticket.c.attempts, given_up, seconds).where(ticket.c.last_error != "")
    return list(connection.execute(wanted.order_by(ticket.c.id.desc()).limit(limit)))


def last_deliveries(connection: Connection, limit: int) -> list[Row[Any]]:
    """What came in last, the newest first: tracker, site, and how many seconds ago."""
    ago = (now() - delivery.c.at).label("seconds")
    wanted = select(delivery.c.tracker, delivery.c.site, ago).where(delivery.c.tracker != LOCAL)
    wanted = wanted.order_by(delivery.c.at.desc())
    return list(connection.execute(wanted.limit(limit)))


def storms(connection: Connection, within: float) -> list[Row[Any]]:
    """Projects in which tickets came in bulk within so many seconds: how many, and how long ago the last."""
    ago = (now() - func.max(review.c.at)).label("seconds")
    wanted = select(review.c.project, func.count(func.distinct(review.c.ticket_id)).label("tickets"), ago)
    wanted = wanted.where(review.c.bulk, review.c.at > now() - within).group_by(review.c.project)
    return list(connection.execute(wanted.order_by(review.c.project)))


def try_site(connection: Connection, tracker: str, name: str) -> bool:
    """Let a paused site be tried at once; False where it is not paused. Why it was is kept until it works."""
    here = (site.c.tracker == tracker) & (site.c.name == name) & (site.c.paused_until > now())
    return connection.execute(update(site).where(here).values(paused_until=0)).rowcount == 1


def try_ticket(connection: Connection, ticket_id: int) -> str | None:
    """Let a ticket that failed be tried at once; its key, or None where there is no such ticket."""
    failed = (ticket.c.id == ticket_id) & (ticket.c.last_error != "")
    values = {"generation": ticket.c.generation + 1, "due": now(), "first_due": now(), "not_before": 0}
    again = update(ticket).where(failed).values(values).returning(ticket.c.key, ticket.c.external_id)
    row = connection.execute(again).one_or_none()
    return (row.key or row.external_id) if row else None


def record_operation(connection: Connection, by: str, action: str, about: str) -> None:
    """Append what somebody did. `by` is a person's name in our terms; "" for who holds a token."""
    connection.execute(insert(operation).values(at=now(), by=by, action=action, about=about[:300]))


def last_operations(connection: Connection, limit: int) -> list[Row[Any]]:
    """What was done last, the newest first."""
    return list(connection.execute(select(operation).order_by(operation.c.id.desc()).limit(limit)))
