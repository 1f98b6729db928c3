"""One service, every way in at once: two Jiras and two Linear workspaces by token, a GitHub, and a Jira and a
Linear workspace by consent. A delivery to each leads to one comment there, and to none elsewhere."""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import requests

from service.oauth.providers import providers
from service.settings import Settings
from service.store import Store
from tests.fakes import (
    github_deliveries,
    github_server,
    jira_deliveries,
    jira_server,
    linear_deliveries,
    linear_server,
)
from tests.fakes.github_server import FakeGitHub
from tests.fakes.jira_server import FakeJira
from tests.fakes.linear_server import FakeLinear
from tests.fakes.oauth_server import HOOK_SECRET, FakeConsent, delivered
from tests.oauth.conftest import let_in
from tests.service import serving, until
from tests.store.conftest import KEY

WEAK = "As a buyer, I want to pay by invoice, so that paying is fast and user-friendly."
CONFIG = """
[jira.cloud]
url = "{cloud.url}"
email = "{email}"
api_token = "{jira}"
webhook_secret = "{jira_hook}"

[jira.center]
url = "{center.url}"
token = "{jira}"
cloud = false
webhook_secret = "{jira_hook}"

[linear.red]
api_url = "{red.api_url}"
api_key = "{linear}"
webhook_secret = "{linear_hook}"

[linear.blue]
api_url = "{blue.api_url}"
api_key = "{linear}"
webhook_secret = "{linear_hook}"

[github.default]
url = "{github.url}"
token = "{token}"
webhook_secret = "{github_hook}"

[oauth.jira]
client_id = "{app.client_id}"
client_secret = "{secret}"
auth_url = "{app.auth_url}"
api_url = "{app.api_url}"

[oauth.linear]
client_id = "{app.client_id}"
client_secret = "{secret}"
auth_url = "{app.auth_url}"
api_url = "{app.api_url}"
webhook_secret = "{consent_hook}"
"""


@dataclass
class Place:
    """A tracker, where its deliveries go, and how it says that a ticket was filed."""

    fake: object
    path: str
    told: object


def jira_told(ticket_id):
    return jira_deliveries.signed(
        {"webhookEvent": "jira:issue_created", "issue": {"id": ticket_id, "key": "DEMO-1"}}
    )


def linear_told(ticket_id, workspace="w", secret=linear_deliveries.SECRET):
    body = {"type": "Issue", "action": "create", "data": {"id": ticket_id}, "organizationId": workspace}
    return linear_deliveries.signed(body, secret=secret)


def github_told(ticket_id):
    repository = {"full_name": github_server.REPOSITORY}
    return github_deliveries.signed(
        {"action": "opened", "issue": {"node_id": ticket_id, "number": 1}, "repository": repository}
    )


@pytest.fixture
def fakes():
    with ExitStack() as stack:
        made = {
            "cloud": FakeJira(),
            "center": FakeJira(cloud=False),
            "red": FakeLinear(),
            "blue": FakeLinear(),
            "github": FakeGitHub(),
            "consent": FakeConsent(),
        }
        for fake in made.values():
            stack.enter_context(fake)
        yield made


@pytest.fixture
def places(fakes):
    consent = fakes["consent"]
    site, workspace = consent.add_site("one"), consent.add_workspace("green")
    return [
        Place(fakes["cloud"], "/webhooks/jira/cloud", jira_told),
        Place(fakes["center"], "/webhooks/jira/center", jira_told),
        Place(fakes["red"], "/webhooks/linear/red", linear_told),
        Place(fakes["blue"], "/webhooks/linear/blue", linear_told),
        Place(fakes["github"], "/webhooks/github", github_told),
        Place(site, "/oauth/webhooks/jira", lambda ticket_id: delivered("one", ticket_id)),
        Place(workspace, "/oauth/webhooks/linear", lambda ticket_id: linear_told(ticket_id, "green", HOOK_SECRET)),
    ]


@pytest.fixture
def service(tmp_path, fakes, places):
    app = fakes["consent"].app()
    words = {
        "email": jira_server.EMAIL,
        "jira": jira_server.TOKEN,
        "jira_hook": jira_deliveries.SECRET,
        "linear": linear_server.KEY,
        "linear_hook": linear_deliveries.SECRET,
        "token": github_server.TOKEN,
        "github_hook": github_deliveries.SECRET,
        "app": app,
        "secret": str(app.client_secret),
        "consent_hook": HOOK_SECRET,
    }
    (tmp_path / "clarity.toml").write_text(CONFIG.format(**words, **fakes), encoding="utf-8")
    store = Store(f"sqlite:///{tmp_path}/data/clarity.db", KEY)
    store.migrate()
    settings = Settings("", tmp_path, oauth={"jira": app, "linear": app})
    for provider in providers(settings).values():
        let_in(store, provider, fakes["consent"])
    store.close()
    with serving(tmp_path, config=tmp_path / "clarity.toml", secret_key=str(KEY), debounce_seconds=0) as address:
        yield address


def test_each_is_answered_where_it_came_from(service, places):
    filed = []
    for place in places:
        ticket_id = place.fake.create_issue("Pay by invoice", WEAK)
        sent = place.told(ticket_id)
        answer = requests.post(service + place.path, data=sent.body, headers=dict(sent.headers), timeout=30)
        assert (answer.status_code, answer.json()["accepted"]) == (200, True), place.path
        filed.append((place, ticket_id))
    until(lambda: all(place.fake.ours(ticket_id) for place, ticket_id in filed), seconds=120)
    for place, ticket_id in filed:
        assert len(place.fake.ours(ticket_id)) == 1, place.path
        assert " of 100" in str(place.fake.ours(ticket_id)), place.path
        assert len(place.fake.writes) == 1, place.path
