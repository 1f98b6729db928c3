"""What a sender of webhooks gets to see, and when."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from service.settings import GitHubSite, JiraSite, LinearSite, Secret, Settings
from service.store import StoreUnavailable
from service.ticket import TicketRef
from service.web import webhooks
from tests.fakes import github_deliveries, jira_deliveries, linear_deliveries
from tests.trackers.test_wild import JSON

NOW = 1_800_000_000.0
PATH_TOKEN = "an-unguessable-path-token-of-some-length"
MB = 1024 * 1024
JIRA = {
    "webhookEvent": "jira:issue_created",
    "issue": {"id": "10001", "key": "SHOP-1", "fields": {"summary": "Hush"}},
}
LINEAR = {"type": "Issue", "action": "create", "data": {"id": "issue-1", "identifier": "WEB-42", "title": "Hush"}}
GITHUB = {
    "action": "opened",
    "issue": {"node_id": "I_1", "number": 3, "title": "Hush"},
    "repository": {"full_name": "demo/shop"},
}
REFS = {"jira": ("10001", "SHOP-1"), "linear": ("issue-1", "WEB-42"), "github": ("I_1", "demo/shop#3")}


@dataclass
class Inbox:
    """Remembers what it committed; `fault` is raised instead."""

    fault: Exception | None = None
    committed: dict = field(default_factory=dict)

    def accept(self, tracker, site, received):
        if self.fault:
            raise self.fault
        entry = (tracker, site, [event.ref for event in received.events])
        return self.committed.setdefault(received.id, entry) is entry


class Service:
    """The blueprint alone, as any application would register it."""

    def __init__(self):
        secrets = {"jira": (Secret(jira_deliveries.SECRET),), "linear": (Secret(linear_deliveries.SECRET),)}
        old = JiraSite("old", "https://jira.example.com", path_token=Secret(PATH_TOKEN), cloud=False)
        jira = [
            JiraSite(name, "https://x.example.com", webhook_secrets=secrets["jira"]) for name in ("default", "eu")
        ]
        linear = [LinearSite(name, webhook_secrets=secrets["linear"]) for name in ("default", "eu")]
        known = (Secret(github_deliveries.SECRET),)
        github = {name: GitHubSite(name, webhook_secrets=known) for name in ("default", "eu")}
        jira, linear = {s.name: s for s in (*jira, old)}, {s.name: s for s in linear}
        settings = Settings("", Path(), jira=jira, linear=linear, github=github)
        self.inbox = Inbox()
        app = Flask("test")
        app.register_blueprint(webhooks.blueprint(settings, self.inbox, clock=lambda: NOW))
        self.client = app.test_client()

    def send(self, path, delivery, **changes):
        return self.client.post(path, data=delivery.body, headers={**delivery.headers, **changes})


@pytest.fixture
def service():
    return Service()


def jira(body=JIRA, **options):
    return jira_deliveries.signed(body, now=NOW, **options)


def linear(body=LINEAR, **options):
    return linear_deliveries.signed(body, now=NOW, **options)


def github(body=GITHUB, **options):
    return github_deliveries.signed(body, **options)


SIGNED = {"jira": jira, "linear": linear, "github": github}
both = pytest.mark.parametrize("tracker", ["jira", "linear", "github"])


@both
@pytest.mark.parametrize("site", ["default", "eu"])
def test_a_delivery_is_committed_then_answered(service, tracker, site):
    delivery = SIGNED[tracker]()
    path = f"/webhooks/{tracker}" + ("" if site == "default" else f"/{site}")
    answer = service.send(path, delivery)
    assert (answer.status_code, answer.json) == (200, {"accepted": True, "note": ""})
    ((committed_tracker, committed_site, refs),) = service.inbox.committed.values()
    assert (committed_tracker, committed_site) == (tracker, site)
    assert refs == [TicketRef(tracker, site, *REFS[tracker])]


@both
def test_a_redelivery_is_answered_alike(service, tracker):
    delivery = SIGNED[tracker]()
    service.send(f"/webhooks/{tracker}", delivery)
    answer = service.send(f"/webhooks/{tracker}", delivery)
    assert (answer.status_code, answer.json) == (200, {"accepted": False, "note": "this delivery had come before"})
    assert len(service.inbox.committed) == 1


@pytest.mark.parametrize(
    ("path", "delivery"),
    [
        ("/webhooks/jira", jira({"webhookEvent": "sprint_started"})),
        ("/webhooks/linear", linear({"type": "Cycle", "action": "update", "data": {}})),
        ("/webhooks/linear", linear({"type": "Unheard of", "action": "update", "data": {}})),
    ],
)
def test_an_event_that_does_not_matter_is_thanked_for_and_needs_no_database(service, path, delivery):
    service.inbox.fault = StoreUnavailable("the database is not available")
    answer = service.send(path, delivery)
    assert answer.status_code == 200
    assert answer.json["accepted"] is False
    assert answer.json["note"]


def test_a_data_center_that_cannot_sign_shows_its_token(service):
    body = json.dumps({**JIRA, "timestamp": int(NOW * 1000)})
    assert service.client.post(f"/webhooks/jira/old/{PATH_TOKEN}", data=body).status_code == 200
    assert service.client.post("/webhooks/jira/old/another-token", data=body).status_code == 401
    assert service.client.post("/webhooks/jira/old", data=body).status_code == 401
    assert len(service.inbox.committed) == 1


@both
def test_a_wrong_signature_is_401(service, tracker):
    answer = service.send(f"/webhooks/{tracker}", SIGNED[tracker](secret="another"))
    assert answer.status_code == 401
    assert "ignature" in answer.json["error"]
    assert service.inbox.committed == {}


@both
def test_an_unreadable_body_is_400_and_says_where(service, tracker):
    answer = service.send(f"/webhooks/{tracker}", SIGNED[tracker](b'{"issue": '))
    assert answer.status_code == 400
    assert answer.json == {"error": "This delivery could not be read: the body is not JSON (line 1, column 11)."}


@pytest.mark.parametrize(
    "path",
    ["/webhooks/jira/nowhere", "/webhooks/linear/nowhere", "/webhooks/trello", "/webhooks/local/playground"],
)
def test_an_unknown_site_is_404(service, path):
    answer = service.send(path, jira())
    assert answer.status_code == 404
    assert "set up here" in answer.json["error"]


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_only_post_is_taken(service, method):
    assert getattr(service.client, method)("/webhooks/linear").status_code == 405


class Endless(io.RawIOBase):
    """A body that never ends; `read` counts what was taken of it."""

    def __init__(self, most=64 * MB):
        self.taken, self.most = 0, most

    def readable(self):
        return True

    def readinto(self, buffer):
        assert self.taken < self.most, "the body is read without bound"
        self.taken += len(buffer)
        return len(buffer)


@pytest.mark.parametrize(
    "told",
    [
        {"CONTENT_LENGTH": str(25 * MB + 1)},
        {"CONTENT_LENGTH": str(10**15)},
        {"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
        {"CONTENT_LENGTH": "5", "wsgi.input_terminated": True},
    ],
    ids=["one byte more", "a huge claim", "chunked", "a lie"],
)
def test_more_than_25_mb_is_413_however_it_is_sent(service, told):
    body = Endless()
    answer = service.client.post("/webhooks/linear", environ_overrides={**told, "wsgi.input": body})
    assert (answer.status_code, answer.json) == (413, {"error": "At most 25 MB are accepted."})
    assert body.taken < 27 * MB


def test_exactly_25_mb_are_read(service):
    answer = service.send("/webhooks/linear", linear(b" " * 25 * MB))
    assert answer.status_code == 400


def test_a_body_cut_off_is_400(service):
    told = {"CONTENT_LENGTH": "50"}
    answer = service.client.post("/webhooks/linear", input_stream=io.BytesIO(b"{}"), environ_overrides=told)
    assert (answer.status_code, answer.json) == (400, {"error": "The body ended before its Content-Length."})


@both
@pytest.mark.parametrize("fault", [StoreUnavailable("disk I/O error"), ValueError("Hush"), RuntimeError()])
def test_a_fault_of_ours_is_503_so_that_it_is_sent_again(service, tracker, fault):
    delivery = SIGNED[tracker]()
    service.inbox.fault = fault
    answer = service.send(f"/webhooks/{tracker}", delivery)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert answer.json == {"error": "This could not be recorded just now. Please send it again."}
    service.inbox.fault = None
    assert service.send(f"/webhooks/{tracker}", delivery).json["accepted"] is True


@both
def test_the_log_names_the_delivery_and_the_ticket_and_holds_no_text(service, tracker):
    names = {"linear": "linear_delivery", "github": "x_github_delivery", "jira": "x_atlassian_webhook_identifier"}
    headers = {names[tracker]: "d-1"}
    with capture_logs() as logs:
        service.send(f"/webhooks/{tracker}", SIGNED[tracker](**headers))
    (line,) = logs
    assert (line["event"], line["tracker"], line["site"], line["delivery"]) == (
        "delivery accepted",
        tracker,
        "default",
        "d-1",
    )
    assert line["events"] == [f"saved {REFS[tracker][1]}"]
    assert "Hush" not in str(logs)


def test_neither_words_nor_tokens_nor_secrets_are_logged_when_it_fails(service):
    service.inbox.fault = ValueError("Hush")
    body = json.dumps({**JIRA, "timestamp": int(NOW * 1000)})
    with capture_logs() as logs:
        service.client.post(f"/webhooks/jira/old/{PATH_TOKEN}", data=body)
        service.client.post("/webhooks/jira/old/a-wrong-token", data=body)
        service.send("/webhooks/linear", linear(secret="another"))
    assert [line["event"] for line in logs] == ["delivery failed", "delivery refused", "delivery refused"]
    for hushed in ("Hush", PATH_TOKEN, "a-wrong-token", linear_deliveries.SECRET, jira_deliveries.SECRET):
        assert hushed not in str(logs)


BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({"type": JSON, "action": JSON, "data": JSON}).map(
        lambda body: json.dumps(body).encode()
    ),
    st.fixed_dictionaries(
        {"webhookEvent": st.just("jira:issue_updated") | JSON, "issue": JSON, "comment": JSON, "changelog": JSON}
    ).map(lambda body: json.dumps(body).encode()),
)


@given(BODIES, st.sampled_from(["jira", "linear", "github"]))
def test_no_body_makes_it_fail(body, tracker):
    service = Service()
    answer = service.send(f"/webhooks/{tracker}", SIGNED[tracker](body))
    assert answer.status_code in (200, 400, 401)
    assert answer.json


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Linear-Signature",
                "Linear-Delivery",
                "X-Hub-Signature",
                "X-Atlassian-Webhook-Identifier",
                "X-Hub-Signature-256",
                "X-GitHub-Delivery",
                "X-GitHub-Event",
            ]
        ),
        st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=300),
    ),
    st.sampled_from(["jira", "linear", "github"]),
)
def test_no_header_makes_it_fail(headers, tracker):
    service = Service()
    answer = service.send(f"/webhooks/{tracker}", SIGNED[tracker](), **headers)
    assert answer.status_code in (200, 401)
