from pathlib import Path

import pytest
from sqlalchemy import case, select

from service.inbox import Inbox
from service.reconcile import Reconciler
from service.settings import Settings
from service.store.dialect import now
from service.store.schema import decision, site, ticket
from service.ticket import Saved, TicketRef
from service.trackers.base import Received
from tests.engine.world import Reviewer, Tracker
from tests.store.conftest import KEY, postgres_url, sqlite_url, store, url

__all__ = ["postgres_url", "sqlite_url", "store", "url"]


def _earlier(column, seconds):
    return case((column > 0, column - seconds), else_=column)


class World:
    """One site, its inbox and a reconciler, and time that can be moved."""

    def __init__(self, store, url, **settings):
        given = {"debounce_seconds": 0.0, "secret_key": KEY} | settings
        self.settings = Settings(url, Path(), **given)
        self.store, self.tracker, self.reviewer = store, Tracker(), Reviewer()
        self.inbox = Inbox(store, self.settings)
        self.reconciler = self.another()
        self.deliveries = 0

    def another(self):
        return Reconciler(self.store, self.settings, self.reviewer, lambda tracker, site: self.tracker)

    def save(self, ticket_id, text=None, event=Saved, at="jira", key="SHOP-{}", **values):
        """A ticket is created or edited, and a webhook says so."""
        if text is not None:
            self.tracker.put(ticket_id, text, **values)
        self.deliveries += 1
        ref = TicketRef(at, "default", ticket_id, key.format(ticket_id))
        assert self.inbox.accept(at, "default", Received(f"d{self.deliveries}", (event(ref),)))
        with self.store.writing() as connection:
            connection.execute(site.update().values(connected_at=1.0))

    def work(self, limit=50):
        """Reconcile until nothing is due; how many times something was."""
        times = 0
        while self.reconciler.run_one():
            times += 1
            assert times < limit, "a hot loop"
        return times

    def later(self, seconds):
        """Let time pass, as far as the tickets and sites can tell."""
        times = ("due", "first_due", "not_before", "lease_until", "saved_at", "unanswered_since")
        with self.store.writing() as connection:
            connection.execute(ticket.update().values({name: _earlier(ticket.c[name], seconds) for name in times}))
            connection.execute(site.update().values(paused_until=site.c.paused_until - seconds))

    def calm(self):
        """Let what was saved be long ago."""
        with self.store.writing() as connection:
            connection.execute(ticket.update().values(saved_at=ticket.c.saved_at - 10_000))

    def settle(self):
        """Let all backoff pass and work until all is done."""
        for _ in range(20):
            self.later(10_000)
            if not self.work():
                return
        raise AssertionError("never at rest")

    def row(self, ticket_id):
        columns = (ticket, (ticket.c.not_before - now()).label("waits"))
        with self.store.reading() as connection:
            return connection.execute(select(*columns).where(ticket.c.external_id == ticket_id)).one()

    def decisions(self):
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(select(decision.c.action, decision.c.reason))]


@pytest.fixture
def world_of(store, url):
    worlds = []

    def make(**settings):
        worlds.append(World(store, url, **settings))
        return worlds[-1]

    yield make
    for world in worlds:
        world.inbox.stop()


@pytest.fixture
def world(world_of):
    return world_of()
