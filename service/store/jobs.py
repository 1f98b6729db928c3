"""Queries that write jobs: on PostgreSQL a ticket that has to be looked at has one, for whichever worker is free.

The row is what Procrastinate would write. Its own way takes a statement and a savepoint more, as it cannot pass
over a ticket whose job waits already. There is a queueing lock and no lock: with both, a job that was lost while
running blocks its ticket for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Double,
    Select,
    String,
    cast,
    column,
    func,
    literal,
    table,
)
from sqlalchemy import select as choose
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.expression import ColumnElement

from service.store.dialect import Insert, insert
from service.store.prepared import Hand, Prepared, given_rows

QUEUE = "tickets"
TASK = "reconcile"

job = table(
    "procrastinate_jobs",
    column("queue_name", String),
    column("task_name", String),
    column("queueing_lock", String),
    column("args", JSON),
    column("status"),
    column("scheduled_at", DateTime(timezone=True)),
    column("worker_id"),
)


def write_jobs(connection: Connection, due: Sequence[tuple[int, float]]) -> None:
    """Write jobs for tickets, as (id, when by the database's clock); one whose job waits gets no other."""
    if due:
        _WRITING.run(Hand.of(connection), due=[{"id": ticket_id, "due": at} for ticket_id, at in due])


def lock_name(ticket_id: ColumnElement[int]) -> ColumnElement[str]:
    """The queueing lock of a ticket's job."""
    return literal("ticket ") + cast(ticket_id, String)


def writing_jobs(dialect: str, due: Select[tuple[int, float]]) -> Insert:
    """Insert the jobs of the tickets that a query names by id and due time, always in the order of their ids."""
    ours = due.subquery("ours")
    ticket_id, at = ours.c
    args = cast(func.jsonb_build_object("ticket_id", ticket_id), JSONB)
    rows = choose(literal(QUEUE), literal(TASK), lock_name(ticket_id), args, func.to_timestamp(at))
    names = ["queue_name", "task_name", "queueing_lock", "args", "scheduled_at"]
    return insert(dialect, job).from_select(names, rows.order_by(ticket_id)).on_conflict_do_nothing()


def _writing(dialect: str) -> Insert:
    due = given_rows("due", {"id": BigInteger, "due": Double})
    return writing_jobs(dialect, choose(due.c.id, due.c.due))


_WRITING = Prepared(_writing)
