from pathlib import Path

import pytest

from service.app import create_app
from service.inbox import Inbox
from service.review import Level, Review
from service.settings import Secret, Settings
from tests.store.conftest import KEY, store
from tests.store.conftest import sqlite_url as url

__all__ = ["store", "url"]

TOKEN = Secret("a dashboard token to test with")


class Engine:
    """An engine whose answer a test decides, and which remembers what it was asked."""

    def __init__(self):
        self.ready, self.answer, self.asked, self.woken = (
            True,
            Review(100, Level.READY, "", (), "f00d", "hash"),
            [],
            [],
        )

    def start(self):
        pass

    def stop(self):
        pass

    def wake(self, ref):
        self.woken.append(ref)

    def schedule(self, name, when):
        pass

    def check(self, ticket, policy, deadline_seconds, *, suggest=False):
        self.asked.append((ticket, policy, deadline_seconds))
        self.suggested = suggest
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def make_app(store, url, engine):
    inboxes = []

    def make(**changes):
        settings = Settings(url, Path(), **({"secret_key": KEY, "debounce_seconds": 0.0} | changes))
        inboxes.append(Inbox(store, settings))
        app = create_app(settings, store, inboxes[-1], engine)
        app.testing = False
        return app

    yield make
    for inbox in inboxes:
        inbox.stop()


@pytest.fixture
def client(make_app):
    """Somebody at the service's own machine, with no dashboard token set."""
    return make_app().test_client()


@pytest.fixture
def locked(make_app):
    """A service with a dashboard token."""
    return make_app(dashboard_token=TOKEN).test_client()
