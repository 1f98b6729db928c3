"""Queries that hold the jobs of PostgreSQL against the tickets that have to be looked at."""

from __future__ import annotations

from sqlalchemy import (
    Connection,
    DateTime,
    Double,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    text,
    update,
)
from sqlalchemy.sql.expression import ColumnElement

from service.store.dialect import now
from service.store.jobs import job, lock_name
from service.store.schema import site, ticket

SWEEP_LOCK = 7_204_511_964

# Written into the statement, so that the server takes them for what the column is.
_TODO: ColumnElement[object] = literal_column("'todo'")
_DOING: ColumnElement[object] = literal_column("'doing'")
worker = table("procrastinate_workers", column("id"), column("last_heartbeat", DateTime(timezone=True)))
_PENDING = ticket.c.generation > ticket.c.done_generation
_HERE = (ticket.c.tracker == site.c.tracker) & (ticket.c.site == site.c.name)
_DUE = (
    _PENDING
    & _HERE
    & (ticket.c.due <= now())
    & (ticket.c.not_before <= now())
    & (ticket.c.lease_until < now())
    & (site.c.paused_until <= now())
)


def my_turn(connection: Connection) -> bool:
    """Whether no other host sweeps until this transaction ends."""
    asked = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(connection.execute(asked, {"lock": SWEEP_LOCK}).scalar_one())


def jobless(connection: Connection, limit: int) -> list[tuple[int, float]]:
    """Up to `limit` due tickets, as id and due time, that no job waits for."""
    waiting = (
        select(job.c.queueing_lock)
        .where(job.c.status == _TODO, job.c.queueing_lock == lock_name(ticket.c.id))
        .exists()
    )
    found = select(ticket.c.id, ticket.c.due).where(_DUE, ~waiting).order_by(ticket.c.due).limit(limit)
    return [(row.id, row.due) for row in connection.execute(found)]


def hasten_jobs(connection: Connection) -> None:
    """Let no job wait whose ticket is due, as after a jump of the clock."""
    due = select(lock_name(ticket.c.id)).where(_DUE)
    later = (job.c.status == _TODO) & (job.c.scheduled_at > func.now()) & job.c.queueing_lock.in_(due)
    connection.execute(update(job).where(later).values(scheduled_at=None))


def drop_stalled_jobs(connection: Connection, seconds: float) -> int:
    """Forget jobs whose worker has not been heard of for so long; how many there were."""
    age = func.extract("epoch", func.now() - worker.c.last_heartbeat)
    alive = select(worker.c.id).where(worker.c.id == job.c.worker_id, age < seconds).exists()
    return connection.execute(delete(job).where(job.c.status == _DOING, ~alive)).rowcount


def next_look(connection: Connection, ticket_id: int, *, wait: float) -> float | None:
    """When to look for a ticket again, at least `wait` seconds from now; None if nothing is left to do."""
    times = (ticket.c.due, ticket.c.not_before, ticket.c.lease_until, site.c.paused_until)
    latest = func.greatest(*times, now() + wait, type_=Double)
    wanted = select(latest).where(ticket.c.id == ticket_id, _PENDING, _HERE)
    return connection.execute(wanted).scalar_one_or_none()
