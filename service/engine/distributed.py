"""The distributed engine: any number of hosts over one PostgreSQL, each with processes of its own."""

from __future__ import annotations

from service.engine.clock import Clock
from service.engine.pool import Pool
from service.engine.worker import Duty
from service.policy import Policy
from service.settings import Settings
from service.store import Store
from service.store.accepting import register_site
from service.ticket import Ticket, TicketRef
from service.trackers.registry import sites
from service.verdict import Review


class DistributedEngine:
    """An Engine for one of many hosts.

    `reconciles` parts a worker host, which works on tickets and does what is due by the clock, from a web host,
    whose one worker process scores on request alone, so that no ticket's text has to go through the database.
    """

    def __init__(self, settings: Settings, *, reconciles: bool) -> None:
        self._settings = settings
        self._store = Store.of(settings)
        self._pool = Pool(settings, Duty.JOBS if reconciles else Duty.SCORE, settings.workers if reconciles else 1)
        self._clock = Clock(settings, self._store)
        self._reconciles = reconciles
        self._running = False

    def start(self) -> None:
        """Bring the database up to date, one host at a time, and spawn the processes."""
        self._store.migrate()
        self._store.unlock()
        with self._store.writing() as connection:
            for tracker, site in sites(self._settings):
                register_site(connection, tracker, site)
        self._pool.start()
        if self._reconciles:
            self._clock.start()
        self._running = True

    def stop(self) -> None:
        """Let each process finish what it has in hand, for a few seconds. May be called twice or unstarted."""
        if not self._running:
            return
        self._running = False
        self._pool.ask_to_stop()
        if self._reconciles:
            self._clock.ask_to_stop()
        self._pool.join()
        if self._reconciles:
            self._clock.join()
        self._store.close()

    @property
    def ready(self) -> bool:
        """Whether a worker of this host has loaded its model and its rules."""
        return self._pool.ready

    def wake(self, ref: TicketRef) -> None:
        """Nothing to do: the job that was written with the delivery wakes a worker, on whichever host."""

    def schedule(self, name: str, when: float) -> None:
        """Run a job of service.housekeeping `when` seconds from now, on any host; raises KeyError."""
        self._clock.add(name, when)

    def check(self, ticket: Ticket, policy: Policy, deadline_seconds: float, *, suggest: bool = False) -> Review:
        """Score a ticket in a worker of this host. Raises Busy after the deadline, CheckFailed on a fault."""
        return self._pool.check(ticket, policy, deadline_seconds, suggest=suggest)
