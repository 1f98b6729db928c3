"""Requests of every shape that the API document allows, and many that it does not: no 5xx, no hang, as described."""

import time
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from service import rulebook
from service.app import create_app
from service.document import language
from service.inbox import Inbox
from service.review import Reviewer
from service.settings import GitHubSite, JiraSite, LinearSite, Secret, Settings
from service.store import Store
from service.web.openapi import describe
from tests.fakes import github_deliveries, jira_deliveries, linear_deliveries
from tests.fuzz.examples import examples
from tests.store.conftest import KEY
from tests.web.conftest import Engine

load_all_checks()
SECONDS = 5.0
# These ask for what the service does not promise: that it tells an unknown method before a wrong token, and that
# whatever fits the document is accepted, as a webhook has to be signed and a ticket's keys have to agree.
NOT_PROMISED = [
    CHECKS.get_one(name) for name in ("positive_data_acceptance", "unsupported_method", "ignored_auth")
]


class Scoring(Engine):
    """Scores in this process, so that a fault of the rules is seen."""

    def __init__(self):
        super().__init__()
        self.reviewer = Reviewer(rulebook.load(), language.load())

    def check(self, ticket, policy, deadline_seconds, *, suggest=False):
        return self.reviewer.review(ticket, policy)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/clarity.db"
    jira = JiraSite("default", "https://jira.example", webhook_secrets=(Secret(jira_deliveries.SECRET),))
    linear = LinearSite("default", api_key=Secret("key"), webhook_secrets=(Secret(linear_deliveries.SECRET),))
    github = GitHubSite("default", token=Secret("token"), webhook_secrets=(Secret(github_deliveries.SECRET),))
    told = Settings(
        url, Path(), secret_key=KEY, jira={"default": jira}, linear={"default": linear}, github={"default": github}
    )
    store = Store(url, KEY)
    store.migrate()
    inbox = Inbox(store, told)
    yield create_app(told, store, inbox, Scoring())
    inbox.stop()
    store.close()


def operations():
    """Every method and path of the document; asking for it needs no database."""
    told = describe(create_app(Settings("sqlite:////unused.db", Path()), None, None, None))
    return [(method, path) for path, methods in told["paths"].items() for method in methods]


@pytest.mark.parametrize(("method", "path"), operations())
def test_no_request_breaks_it(app, method, path):
    filed = app.test_client().post("/playground/tickets", json={"title": "A page"}).json["id"]
    existing = {"site": "default", "ticket_id": filed}
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", app)[path][method]

    @settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def fuzz(data):
        mode = data.draw(st.sampled_from(list(GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        for name, value in existing.items():
            if name in case.path_parameters and data.draw(st.booleans()):
                case.path_parameters[name] = value
        began = time.process_time()
        response = case.call()
        assert time.process_time() - began < SECONDS
        case.validate_response(response, excluded_checks=NOT_PROMISED)

    fuzz()


SIGNED = {"jira": jira_deliveries, "linear": linear_deliveries, "github": github_deliveries}
EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "sprint_started"]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=6), st.sampled_from(["id", "key", "self", "items"])), inner, max_size=3
        ),
    ),
    max_leaves=12,
)
ISSUE = st.fixed_dictionaries(
    {"id": st.one_of(st.integers().map(str), JSON)},
    optional={
        "key": st.one_of(st.just("SHOP-1"), JSON),
        "self": JSON,
        "node_id": st.one_of(st.just("I_kwDO"), JSON),
        "number": st.one_of(st.integers(), JSON),
    },
)
KNOWN = {
    "issue": st.one_of(ISSUE, JSON),
    "data": st.one_of(ISSUE, JSON),
    "action": st.one_of(st.sampled_from(["create", "update", "remove", "opened", "edited", "deleted"]), JSON),
    "repository": st.one_of(st.just({"full_name": "shop/web", "node_id": "R_kgDO"}), JSON),
    "webhookEvent": st.sampled_from(EVENTS),
    "type": st.sampled_from(["Issue", "Comment", "Project"]),
}
NAMES = ["comment", "changelog", "changes", "updatedFrom", "user", "actor", "sender"]


@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(SIGNED)),
    st.fixed_dictionaries({}, optional={**KNOWN, **dict.fromkeys(NAMES, JSON)}),
)
def test_no_signed_delivery_breaks_it(app, tracker, body):
    """What is behind the signature: everything but a fault of the tracker's own words is answered with 200."""
    sent = SIGNED[tracker].signed(body)
    response = app.test_client().post(f"/webhooks/{tracker}", data=sent.body, headers=dict(sent.headers))
    assert response.status_code in (200, 400), response.text
    assert set(response.json) <= {"accepted", "note", "error"}
