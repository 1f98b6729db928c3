"""The playground over HTTP: filed on the local tracker, worked on by the reconciler, shown as it was said."""

import pytest

from service.app import create_app
from service.inbox import Inbox
from service.reconcile import Reconciler
from service.settings import Settings
from service.store import local
from service.trackers import registry
from service.trackers.local import LocalTracker
from tests.engine.world import Reviewer
from tests.store.conftest import KEY
from tests.web.conftest import Engine

DRAFT = {"kind": "story", "title": "Export", "description": "a fast export", "markup": "markdown"}


class ScoringEngine(Engine):
    """Scores as the worker does."""

    def check(self, ticket, policy, deadline_seconds, *, suggest=False):
        super().check(ticket, policy, deadline_seconds)
        return self.answer if isinstance(self.answer, Exception) else Reviewer().review(ticket, policy)


class World:
    def __init__(self, store, settings):
        self.engine = ScoringEngine()
        self.engine.answer = None
        self.inbox = Inbox(store, settings)
        self.client = create_app(settings, store, self.inbox, self.engine).test_client()
        self.reconciler = Reconciler(store, settings, Reviewer(), registry.opener(settings, store))

    def file(self, **changes):
        answer = self.client.post("/playground/tickets", json=DRAFT | changes)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.get_json()["id"]

    def edit(self, ticket_id, **changes):
        return self.client.put(f"/playground/tickets/{ticket_id}", json=DRAFT | changes)

    def say(self, ticket_id, **body):
        return self.client.post(f"/playground/tickets/{ticket_id}/comments", json=body)

    def state(self, ticket_id):
        return self.client.get(f"/playground/tickets/{ticket_id}").get_json()

    def work(self):
        while self.reconciler.run_one():
            pass


@pytest.fixture
def world(store, url, tmp_path):
    from service.store.accepting import register_site

    settings = Settings(url, tmp_path, secret_key=KEY)
    with store.writing() as connection:
        for tracker, site in registry.sites(settings):
            register_site(connection, tracker, site)
    world = World(store, settings)
    yield world
    world.inbox.stop()


def test_a_draft_takes_the_path_of_every_ticket_and_its_one_comment_is_edited(world):
    ticket_id = world.file(description="a fast, fast, fast export")
    assert world.state(ticket_id) == {"state": "pending", "ready": True}
    world.work()
    first = world.state(ticket_id)
    assert first["state"] == "done"
    assert first["review"]["score"] == 70
    assert first["decision"]["action"] == "post"
    assert "Clarity 70 of 100" in first["comment"]["markdown"]
    assert first["comment"]["edits"] == 0

    assert world.edit(ticket_id, description="an export within 10 seconds").status_code == 200
    assert world.state(ticket_id)["state"] == "pending"
    world.work()
    second = world.state(ticket_id)
    assert second["review"]["score"] == 100
    assert second["decision"]["action"] == "update"
    assert "70 → 100 of 100" in second["comment"]["markdown"]
    assert second["comment"]["edits"] == 1


def test_costs_and_score_come_with_what_would_be_gained(world):
    ticket_id = world.file(description="a fast, fast export")
    world.work()
    review = world.state(ticket_id)["review"]
    assert [(found["points"], found["gain"], found["why"]) for found in review["findings"]] == [
        (10, 10, "An adjective hides a number."),
        (10, 10, "An adjective hides a number."),
    ]


def test_a_good_ticket_gets_no_comment_and_the_reason_is_told(world):
    ticket_id = world.file(description="done within 10 seconds")
    world.work()
    state = world.state(ticket_id)
    assert state["comment"] is None
    assert state["decision"] == {"action": "silence", "reason": "ready: nothing to say"}


def test_people_talk_and_the_comment_answers(world):
    ticket_id = world.file(description="a fast, fast, fast export")
    world.work()
    assert world.say(ticket_id, words="/unclear How many orders?", author="engineer").status_code == 201
    assert world.state(ticket_id)["state"] == "pending"
    world.work()
    state = world.state(ticket_id)
    assert state["decision"] == {"action": "update", "reason": "people spoke"}
    assert "@engineer asks: “How many orders?”" in state["comment"]["markdown"]
    assert state["said"] == [{"author": "engineer", "words": "/unclear How many orders?"}]
    world.say(ticket_id, words="At most 40.", author="author")
    world.work()
    assert (
        "There is an answer since" in world.state(ticket_id)["comment"]["markdown"]
    )  # though silence may settle it
    assert world.say(ticket_id, words="/clear", author="engineer").status_code == 201
    world.work()
    assert "asks" not in world.state(ticket_id)["comment"]["markdown"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [({"words": ""}, "words: "), ({"words": "x" * 5_001}, "words: "), ({"words": "x", "author": ""}, "author: ")],
)
def test_what_is_wrong_with_a_comment_is_said(world, body, sentence):
    answer = world.say(world.file(), **body)
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(sentence)


def test_not_everything_can_be_said(world):
    assert world.say("0" * 32, words="Hello?").status_code == 404
    ticket_id = world.file()
    assert [world.say(ticket_id, words="Hello?").status_code for _ in range(51)] == [201] * 50 + [429]


def test_while_no_worker_can_score_the_page_waits(world):
    from service.engine.base import Busy

    ticket_id = world.file()
    world.work()
    world.engine.answer = Busy("no worker is ready")
    assert world.state(ticket_id)["state"] == "pending"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"kind": "saga"}, "kind: "),
        ({"markup": "adf"}, "markup: "),
        ({"title": "x" * 501}, "title: "),
        ({"title": 5}, "title: "),
        ({"description": None}, "description: "),
        ({"colour": "red"}, "colour: "),
    ],
)
def test_what_is_wrong_with_a_draft_is_said(world, body, sentence):
    answer = world.client.post("/playground/tickets", json=DRAFT | body)
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(sentence)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"title": "\\ud800"}'], ids=range(7)
)
def test_an_unreadable_body_is_refused(world, body):
    answer = world.client.post("/playground/tickets", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_a_form_of_another_kind_is_refused(world):
    assert world.client.post("/playground/tickets", data=DRAFT).status_code == 415


def test_another_sites_page_can_file_nothing(world):
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert world.client.post("/playground/tickets", json=DRAFT, headers=header).status_code == 403


def test_more_than_a_megabyte_is_refused(world):
    answer = world.client.post("/playground/tickets", json=DRAFT | {"description": "x" * 1_000_001})
    assert answer.status_code == 413


def test_an_expired_ticket_is_said_to_be(world):
    unknown = "0" * 32
    assert world.edit(unknown).status_code == 404
    assert world.client.get(f"/playground/tickets/{unknown}").status_code == 404


def test_there_is_an_end_to_how_many_are_kept(world, monkeypatch):
    monkeypatch.setattr("service.web.playground.MOST_TICKETS", 1)
    world.file()
    assert world.client.post("/playground/tickets", json=DRAFT).status_code == 429


def test_the_page_loads_nothing_from_outside_and_runs_nothing_inline(world):
    answer = world.client.get("/")
    page = answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http://" not in page
    assert "https://" not in page
    assert "style=" not in page
    assert " on" + "click" not in page
    for path in ("playground.css", "playground.js", "examples.json", "icon.svg"):
        assert world.client.get(f"/static/{path}").status_code == 200


def test_its_text_expires_with_all_that_was_said_about_it(world, store):
    from service.store.keeping import expire_local

    ticket_id = world.file()
    world.work()
    with store.writing() as connection:
        assert expire_local(connection, -1.0, 10) == 1
    with store.reading() as connection:
        assert local.find_ticket(connection, ticket_id) is None
        assert local.find_comments(connection, ticket_id) == []
    assert LocalTracker(store).check()
