"""Jobs: a ticket that has to be looked at, for whichever worker is free. Procrastinate keeps them in PostgreSQL.

A job carries a ticket's id and nothing else, and losing one loses nothing: the sweeper derives it again.
"""

from __future__ import annotations

from datetime import UTC, datetime

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import Connection

from service.store import Store
from service.store.sweeping import drop_stalled_jobs, hasten_jobs, jobless, lock_name, my_turn

QUEUE = "tickets"
TASK = "reconcile"
STALLED_SECONDS = 30.0
MOST_AT_ONCE = 2_000

# Writes jobs on connections of ours, so it is never opened.
_writer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer(connection: Connection, ticket_id: int, due: float) -> None:
    """Write a ticket's job in the caller's transaction, unless one waits. `due` is by the database's clock.

    There is a queueing lock and no lock: with both, a job that was lost while running blocks its ticket for ever.
    """
    job = _writer.configure_task(
        TASK,
        queue=QUEUE,
        queueing_lock=lock_name(ticket_id),
        schedule_at=datetime.fromtimestamp(due, UTC),
        connection=connection.connection.driver_connection,
    )
    try:
        with connection.begin_nested():
            job.defer(ticket_id=ticket_id)
    except AlreadyEnqueued:
        return


def sweep(store: Store) -> None:
    """Hold the jobs against the tickets: on one host at a time, whichever comes first."""
    with store.writing() as connection:
        if not my_turn(connection):
            return
        drop_stalled_jobs(connection, STALLED_SECONDS)
        hasten_jobs(connection)
        lost = jobless(connection, MOST_AT_ONCE)
    for ticket_id, due in lost:
        # Each by itself: to hold one ticket's lock while waiting for another's could end in a deadlock.
        with store.writing() as connection:
            defer(connection, ticket_id, due)
