"""The main job on Linear: a signed delivery comes in, one comment stands on the issue and follows its text."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from service.inbox import Inbox
from service.reconcile import Reconciler
from service.settings import LinearSite, Secret, Settings
from service.store.schema import site, ticket
from service.trackers.registry import opener
from service.web import webhooks
from tests.engine.world import Reviewer
from tests.fakes.http import Faults
from tests.fakes.linear_deliveries import SECRET, signed
from tests.fakes.linear_server import KEY, FakeLinear
from tests.store.conftest import KEY as SECRET_KEY
from tests.store.conftest import sqlite_url as url
from tests.store.conftest import store

__all__ = ["store", "url"]


class Script(Faults):
    """These faults, one a request; "" is none."""

    def __init__(self, *faults):
        super().__init__()
        self.left = list(faults)

    def draw(self):
        with self.lock:
            return self.left.pop(0) if self.left else ""


class Road:
    """Linear, our webhooks, a real store and inbox, and a reconciler."""

    def __init__(self, store, url, linear):
        here = LinearSite("default", linear.api_url, Secret(KEY), (Secret(SECRET),))
        settings = Settings(url, Path(), secret_key=SECRET_KEY, debounce_seconds=0.0, linear={"default": here})
        self.store, self.linear, self.inbox = store, linear, Inbox(store, settings)
        self.reconciler = Reconciler(store, settings, Reviewer(), opener(settings, store))
        app = Flask("test")
        app.register_blueprint(webhooks.blueprint(settings, self.inbox))
        self.client = app.test_client()

    def tell(self, issue_id, action="update", kind="Issue"):
        """Linear says that an issue changed; the site has been connected for long."""
        data = {"id": issue_id} if kind == "Issue" else {"id": "c", "issueId": issue_id}
        sent = signed({"type": kind, "action": action, "data": data})
        answer = self.client.post("/webhooks/linear", data=sent.body, headers=dict(sent.headers))
        assert (answer.status_code, answer.json["accepted"]) == (200, True)
        with self.store.writing() as connection:
            connection.execute(update(site).values(connected_at=1.0))

    def work(self):
        """Work until all is done, whatever has to be waited for."""
        for _ in range(20):
            with self.store.writing() as connection:
                connection.execute(update(ticket).values(due=0, not_before=0, lease_until=0))
                connection.execute(update(site).values(paused_until=0))
            while self.reconciler.run_one():
                pass

    def said(self, issue_id):
        return [comment["body"] for comment in self.linear.ours(issue_id)]


@pytest.fixture
def linear():
    with FakeLinear() as fake:
        yield fake


@pytest.fixture
def path(store, url, linear):
    made = Road(store, url, linear)
    yield made
    made.inbox.stop()


def test_one_comment_is_posted_and_then_edited(path, linear):
    issue_id = linear.create_issue("Export", "It should be fast, fast, fast, fast and fast.")
    path.tell(issue_id, "create")
    path.work()
    (first,) = path.said(issue_id)
    assert "50 of 100" in first
    linear.edit_issue(issue_id, description="It should be fast.")
    path.tell(issue_id)
    path.tell(issue_id)
    path.work()
    (second,) = path.said(issue_id)
    assert "90 of 100" in second
    assert [write[0] for write in linear.writes] == ["create", "update"]


def test_whatever_fails_there_is_one_comment_in_the_end(path, linear):
    issue_id = linear.create_issue("Export", "It should be fast, fast and fast.")
    path.tell(issue_id, "create")
    linear.faults = Script(
        "limited", "broken", "dropped", "", "limited", "", "broken", "", "dropped", "limited", ""
    )
    path.work()
    assert linear.faults.left == []
    (body,) = path.said(issue_id)
    assert "70 of 100" in body
    assert [write[0] for write in linear.writes].count("create") == 1


def test_a_comment_that_a_person_deleted_stays_away(path, linear):
    issue_id = linear.create_issue("Export", "It should be fast, fast and fast.")
    path.tell(issue_id, "create")
    path.work()
    (comment,) = linear.ours(issue_id)
    linear.delete_comment(issue_id, comment["id"])
    path.tell(issue_id, "remove", kind="Comment")
    path.work()
    linear.edit_issue(issue_id, description="It should be fast, fast, fast and fast.")
    path.tell(issue_id)
    path.work()
    assert path.said(issue_id) == []


def test_a_lost_comment_that_a_person_deleted_before_we_looked_stays_away_too(path, linear):
    issue_id = linear.create_issue("Export", "It should be fast, fast and fast.")
    path.tell(issue_id, "create")
    real = linear._create

    def lost(info, input):  # noqa: A002 (GraphQL's own name)
        linear.delete_comment(issue_id, real(info, input)["comment"]["id"])
        raise RuntimeError("Internal server error")

    linear._create = lost
    path.reconciler.run_one()
    linear._create = real
    path.work()
    linear.edit_issue(issue_id, description="It should be fast, fast, fast and fast.")
    path.tell(issue_id)
    path.work()
    assert path.said(issue_id) == []
    assert [write[0] for write in linear.writes] == ["create"]


def test_a_deleted_issue_ends_the_work(path, linear):
    issue_id = linear.create_issue("Export", "It should be fast.")
    linear.delete_issue(issue_id)
    path.tell(issue_id, "remove")
    path.work()
    assert linear.writes == []
    assert path.reconciler.run_one() is False
