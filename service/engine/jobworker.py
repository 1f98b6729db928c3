"""What a worker process does on PostgreSQL: takes jobs, one after the other, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import procrastinate
import psycopg
import structlog
from sqlalchemy import make_url

from service.engine.jobs import STALLED_SECONDS
from service.settings import Settings
from service.store import Store, StoreUnavailable
from service.store.jobs import QUEUE, TASK, write_jobs
from service.store.postgresql import as_told
from service.store.sweeping import next_look

POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
AFTER_A_FAULT = 1.0

log = structlog.get_logger(__name__)


class JobWorker:
    """Runs `attempt` once a job. It works on whichever ticket's turn it is, so that no site holds up another.

    Then the job's own ticket gets another job if something is left to do: there are as many jobs as tickets.
    """

    def __init__(self, settings: Settings, store: Store, attempt: Callable[[], bool]) -> None:
        self._store, self._attempt = store, attempt
        self._address = make_url(settings.database_url)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Work until `stopping` says so; what is in hand is finished."""
        asyncio.run(self._run(stopping))

    async def _run(self, stopping: Callable[[], bool]) -> None:
        while not stopping():
            try:
                async with self._app().open_async() as app:
                    await _until(stopping, app)
            except Exception as error:  # noqa: BLE001 (whatever went wrong with the jobs, the tickets are safe)
                log.warning("jobs not available", error=type(error).__name__)
                await asyncio.sleep(AFTER_A_FAULT)

    def _app(self) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            min_size=1,
            max_size=3,
            kwargs=as_told(self._address),
            configure=_settle,
        )
        app = procrastinate.App(connector=connector)
        app.task(name=TASK, queue=QUEUE)(self._reconcile)
        return app

    def _reconcile(self, ticket_id: int) -> None:
        worked = self._attempt()
        try:
            with self._store.writing(durable=False) as connection:
                again = next_look(connection, ticket_id, wait=0.0 if worked else POLL_SECONDS)
                if again is not None:
                    write_jobs(connection, [(ticket_id, again)])
        except StoreUnavailable as error:
            log.warning("database not available", error=str(error))


async def _settle(connection: psycopg.AsyncConnection[object]) -> None:
    # A job that is lost is written again. Not as an option of the connection: that would take the place of those
    # in the database's URL, and poolers refuse it.
    await connection.execute("SET synchronous_commit TO off")
    await connection.commit()


async def _until(stopping: Callable[[], bool], app: procrastinate.App) -> None:
    """Take jobs until told to stop, or until the database fails."""
    working = asyncio.create_task(
        app.run_worker_async(
            queues=[QUEUE],
            concurrency=1,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
        )
    )
    while not stopping() and not working.done():
        await asyncio.wait([working], timeout=0.2)
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
