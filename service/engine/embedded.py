"""The embedded engine: supervised processes over one SQLite file. Nothing to install beside the service."""

from __future__ import annotations

from service.engine.clock import Clock
from service.engine.ownership import Ownership
from service.engine.pool import Pool
from service.engine.worker import Duty
from service.policy import Policy
from service.settings import Settings
from service.store import Store
from service.store.accepting import register_site
from service.store.working import void_leases
from service.ticket import Ticket, TicketRef
from service.trackers.registry import sites
from service.verdict import Review


class EmbeddedEngine:
    """An Engine for one machine: the process that starts it is the single owner of its database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = Store.of(settings)
        self._ownership = Ownership(str(self._store.url.database))
        self._pool = Pool(settings, Duty.POLL, settings.workers)
        self._clock = Clock(settings, self._store)
        self._running = False

    def start(self) -> None:
        """Bring the database up to date, free what a dead process held, and spawn the processes."""
        self._store.migrate()
        self._store.unlock()
        self._ownership.take()
        try:
            self._prepare()
        except Exception:
            self._ownership.release()
            raise
        self._pool.start()
        self._clock.start()
        self._running = True

    def _prepare(self) -> None:
        with self._store.writing() as connection:
            void_leases(connection)
            for tracker, site in sites(self._settings):
                register_site(connection, tracker, site)

    def stop(self) -> None:
        """Let each process finish what it has in hand, for a few seconds. May be called twice or unstarted."""
        if not self._running:
            return
        self._running = False
        self._pool.ask_to_stop()
        self._clock.ask_to_stop()
        self._pool.join()
        self._clock.join()
        self._store.close()
        self._ownership.release()

    @property
    def ready(self) -> bool:
        """Whether a worker has loaded its model and its rules."""
        return self._pool.ready

    def wake(self, ref: TicketRef) -> None:  # noqa: ARG002 (any worker may take any ticket)
        """Have a free worker look for due tickets at once."""
        self._pool.wake()

    def schedule(self, name: str, when: float) -> None:
        """Run a job of service.housekeeping `when` seconds from now; raises KeyError."""
        self._clock.add(name, when)

    def check(self, ticket: Ticket, policy: Policy, deadline_seconds: float, *, suggest: bool = False) -> Review:
        """Score a ticket in the least busy worker. Raises Busy after the deadline, CheckFailed on a fault."""
        return self._pool.check(ticket, policy, deadline_seconds, suggest=suggest)
