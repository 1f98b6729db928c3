"""Jobs: a ticket that has to be looked at, for whichever worker is free. Procrastinate hands them out.

A job carries a ticket's id and nothing else, and losing one loses nothing: the sweeper derives it again.
"""

from __future__ import annotations

from service.store import Store
from service.store.jobs import write_jobs
from service.store.sweeping import drop_stalled_jobs, hasten_jobs, jobless, my_turn

STALLED_SECONDS = 30.0
MOST_AT_ONCE = 2_000


def sweep(store: Store) -> None:
    """Hold the jobs against the tickets: on one host at a time, whichever comes first."""
    with store.writing() as connection:
        if my_turn(connection):
            drop_stalled_jobs(connection, STALLED_SECONDS)
            hasten_jobs(connection)
            write_jobs(connection, jobless(connection, MOST_AT_ONCE))
