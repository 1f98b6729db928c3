"""Jobs: a ticket that has to be looked at, for whichever worker is free. Procrastinate keeps them in PostgreSQL.

A job carries a ticket's id and nothing else, and losing one loses nothing: the sweeper derives it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from sqlalchemy import Connection

from service.store import Store
from service.store.sweeping import drop_stalled_jobs, hasten_jobs, jobless, lock_name, my_turn, waiting_jobs

QUEUE = "tickets"
TASK = "reconcile"
STALLED_SECONDS = 30.0
MOST_AT_ONCE = 2_000

# Writes jobs on connections of ours, so it is never opened.
_writer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer(connection: Connection, due: Sequence[tuple[int, float]]) -> None:
    """Write jobs for tickets, as (id, when by the database's clock), in the caller's transaction.

    A ticket whose job waits already gets no other. There is a queueing lock and no lock: with both, a job that was
    lost while running blocks its ticket for ever.
    """
    if len(due) > 1:
        waiting = waiting_jobs(connection, [ticket_id for ticket_id, _ in due])
        due = [(ticket_id, at) for ticket_id, at in due if ticket_id not in waiting]
    if due and not _written(connection, due) and len(due) > 1:
        for one in due:
            _written(connection, [one])


def _written(connection: Connection, due: Sequence[tuple[int, float]]) -> bool:
    """Write the jobs; False, with nothing written, where one of them waited already."""
    try:
        with connection.begin_nested():
            _writer.job_manager.batch_defer_jobs(
                jobs=[_job(*one) for one in due], connection=connection.connection.driver_connection
            )
    except AlreadyEnqueued:
        return False
    return True


def _job(ticket_id: int, due: float) -> Job:
    wanted = _writer.configure_task(
        TASK, queue=QUEUE, queueing_lock=lock_name(ticket_id), schedule_at=datetime.fromtimestamp(due, UTC)
    )
    return wanted.make_new_job(ticket_id=ticket_id)


def sweep(store: Store) -> None:
    """Hold the jobs against the tickets: on one host at a time, whichever comes first."""
    with store.writing() as connection:
        if not my_turn(connection):
            return
        drop_stalled_jobs(connection, STALLED_SECONDS)
        hasten_jobs(connection)
        lost = jobless(connection, MOST_AT_ONCE)
    for one in lost:
        # Each by itself: to hold one ticket's lock while waiting for another's could end in a deadlock.
        with store.writing() as connection:
            defer(connection, [one])
