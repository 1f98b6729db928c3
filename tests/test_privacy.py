"""What stays on the disk: no word of a ticket and nobody's name, whatever happened on the way."""

import copy
import io
import json
import logging

import pytest
import structlog
from flask import Flask

from service import logs
from service.engine.scoring import Scorer
from service.inbox import Inbox
from service.reconcile import Reconciler
from service.settings import JiraSite, Secret, Settings
from service.store import Store
from service.store import local as playground
from service.store.dialect import now
from service.store.keeping import expire_local
from service.store.schema import local_ticket, site
from service.trackers.registry import opener
from service.web import webhooks
from tests.fakes import jira_deliveries
from tests.fakes.http import Faults
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira
from tests.store.conftest import KEY

# Words that stand nowhere in the service, so that each found on the disk came from the ticket.
TITLE = "As a zeppelin pilot, I want a quick marmalade"
WORDS = ("zeppelin", "marmalade", "quokka", "periwinkle", "Wilhelmina", "Featherstone", "ocelot")
DESCRIPTION = (
    "The quokka should be fast and user-friendly. Wilhelmina Featherstone said that the periwinkle is robust.\n\n"
    "h2. Acceptance criteria\n* The ocelot works properly etc."
)
PERSON = {
    "accountId": "wilhelmina-featherstone-4711",
    "displayName": "Wilhelmina Featherstone",
    "accountType": "atlassian",
}


def bytes_in(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def found(folder, words):
    """Which of the words stand in any file, however written."""
    held = bytes_in(folder)
    return [
        word
        for word in words
        if any(form in held for text in (word, word.lower()) for form in (text.encode(), text.encode("utf-16-le")))
    ]


class World:
    """A fake Jira over HTTP, and everything of ours from webhook to comment, on one folder."""

    def __init__(self, folder, jira):
        here = JiraSite(
            "default", jira.url, EMAIL, Secret(TOKEN), webhook_secrets=(Secret(jira_deliveries.SECRET),)
        )
        url = f"sqlite:///{folder}/clarity.db"
        settings = Settings(url, folder, secret_key=KEY, debounce_seconds=0.0, jira={"default": here})
        self.jira, self.folder, self.store = jira, folder, Store(url, KEY)
        self.store.migrate()
        self.inbox = Inbox(self.store, settings)
        self.scorer = Scorer(settings)
        self.reconciler = Reconciler(self.store, settings, self.scorer, opener(settings, self.store))
        app = Flask("test")
        app.register_blueprint(webhooks.blueprint(settings, self.inbox))
        self.client = app.test_client()

    def deliver(self, issue_id, event="jira:issue_created"):
        """A webhook with everything that Jira puts into one."""
        fields = {"summary": TITLE, "description": DESCRIPTION, "creator": PERSON}
        changed = [{"field": "description", "fieldId": "description", "fromString": "x", "toString": DESCRIPTION}]
        body = {
            "webhookEvent": event,
            "user": PERSON,
            "issue": {"id": issue_id, "key": f"DEMO-{issue_id}", "fields": fields},
            "changelog": {"items": changed},
            "comment": {"body": DESCRIPTION, "author": PERSON},
        }
        sent = jira_deliveries.signed(copy.deepcopy(body))
        return self.client.post("/webhooks/jira", data=sent.body, headers=dict(sent.headers))

    def work(self):
        with self.store.writing() as connection:
            connection.execute(site.update().values(connected_at=1.0))
        for _ in range(20):
            if not self.reconciler.run_one():
                return


@pytest.fixture
def logged(monkeypatch):
    """What the service logs, as it would."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure()
    structlog.configure(cache_logger_on_first_use=False)  # else these loggers would write so in later tests too
    yield stream.getvalue
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def jira():
    with FakeJira() as fake:
        yield fake


@pytest.fixture
def world(tmp_path, jira, logged):
    world = World(tmp_path / "data", jira)
    yield world
    world.inbox.stop()
    world.store.close()


def adf(text):
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def test_the_search_would_find_what_is_there(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(
        b"\x00\x01a Zeppelin and a zeppelin\xff" + "ocelot".encode("utf-16-le")
    )
    assert found(tmp_path, WORDS) == ["zeppelin", "ocelot"]


def test_no_word_and_no_name_is_at_rest(world, logged):
    issue_id = world.jira.create_issue(TITLE, adf(DESCRIPTION), author=PERSON["accountId"])
    assert world.deliver(issue_id).status_code == 200
    world.work()
    assert world.jira.ours(issue_id), "a comment was posted, so the ticket was read"
    quoted = json.dumps(world.jira.ours(issue_id)[0]["body"])
    assert "user-friendly" in quoted or "fast" in quoted
    secrets = [TOKEN, jira_deliveries.SECRET, EMAIL, PERSON["accountId"], "user-friendly"]
    assert found(world.folder, [*WORDS, *secrets]) == []
    said = logged()
    assert "reconciled" in said
    assert [word for word in [*WORDS, *secrets] if word in said] == []
    assert b"DEMO-" in bytes_in(world.folder), "it was this database that was searched"


@pytest.mark.parametrize("faults", [{"broken": 1.0}, {"limited": 1.0}, {"dropped": 1.0}], ids=str)
def test_no_word_is_at_rest_after_a_failure(world, faults, logged):
    issue_id = world.jira.create_issue(TITLE, adf(DESCRIPTION), author=PERSON["accountId"])
    world.deliver(issue_id)
    world.jira.faults = Faults(**faults)
    world.work()
    assert found(world.folder, WORDS) == []
    said = logged()
    assert "DEMO-" in said
    assert [word for word in WORDS if word in said] == []


def test_no_word_is_at_rest_after_a_fault_of_ours(world, monkeypatch, logged):
    issue_id = world.jira.create_issue(TITLE, adf(DESCRIPTION), author=PERSON["accountId"])

    def fail(*_):
        raise ValueError(f"cannot read {DESCRIPTION}")

    monkeypatch.setattr(world.scorer, "review", fail)
    world.deliver(issue_id)
    world.work()
    assert found(world.folder, WORDS) == []
    said = logged()
    assert "DEMO-" in said
    assert [word for word in WORDS if word in said] == []


def test_what_was_tried_on_the_playground_is_gone_from_the_disk_when_it_expires(world):
    with world.store.writing() as connection:
        playground.add_ticket(connection, "t1", playground.Draft("story", TITLE, DESCRIPTION * 50, "wiki"))
    assert found(world.folder, ["zeppelin", "ocelot"]) == ["zeppelin", "ocelot"]
    with world.store.writing() as connection:
        connection.execute(local_ticket.update().values(created=now() - 90_000))
        assert expire_local(connection, 86_400, 10) == 1
    world.store.scrub()
    assert found(world.folder, WORDS) == []
