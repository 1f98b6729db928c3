"""The whole service, over HTTP: real payloads go in, and one comment comes out, created and then edited."""

import copy
import json

import pytest
import requests

from tests.fakes import jira_deliveries, linear_deliveries
from tests.fakes.jira_server import EMAIL, TOKEN, strict
from tests.fakes.linear_server import KEY, FakeLinear
from tests.needs import shared
from tests.service import serving, until

WEAK = "It should be user-friendly, so that nobody has to call support."
BETTER = (
    "The accountants need the month's invoices in the ledger, so that nobody types them in again.\n\n"
    "h2. Acceptance criteria\n\n"
    '* Given 1,000 invoices, when I choose "Export", then a file with 1,000 lines is saved within 10 seconds.\n'
    '* Given no invoices, when I choose "Export", then I see "Nothing to export".'
)


@pytest.fixture(scope="module")
def jira():
    with strict(shared("conformance")) as fake:
        yield fake
        assert fake.api.faults == []


@pytest.fixture(scope="module")
def linear():
    shared("conformance", "linear-schema.graphql")
    with FakeLinear() as fake:
        yield fake


@pytest.fixture(scope="module")
def service(jira, linear, tmp_path_factory):
    settings = {
        "jira_url": jira.url,
        "jira_email": EMAIL,
        "jira_api_token": TOKEN,
        "jira_webhook_secret": jira_deliveries.SECRET,
        "linear_api_url": linear.api_url,
        "linear_api_key": KEY,
        "linear_webhook_secret": linear_deliveries.SECRET,
        "debounce_seconds": 0,
    }
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, **settings) as address:
        yield address
    log = (folder / "service.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [line for line in lines if line["level"] in {"error", "critical"}] == []
    for secret in (
        TOKEN,
        KEY,
        EMAIL,
        jira_deliveries.SECRET,
        linear_deliveries.SECRET,
        "user-friendly",
        "accountants",
    ):
        assert secret not in log


def send(service, tracker, delivery):
    return requests.post(
        f"{service}/webhooks/{tracker}", data=delivery.body, headers=dict(delivery.headers), timeout=10
    )


def payloads(tracker):
    return sorted(shared("conformance", "payloads", tracker).glob("*.json"))


def test_every_real_jira_payload_goes_through(service, jira):
    found = payloads("jira")
    assert len(found) == 28
    for path in found:
        body = json.loads(path.read_text(encoding="utf-8"))
        issue = body.get("issue", {})
        if issue.get("id") and issue["id"] not in jira.issues:
            fields = issue.get("fields", {})
            jira.create_issue(
                fields.get("summary") or "A ticket",
                _adf(fields.get("description")),
                issue_id=issue["id"],
                kind="Task",
            )
        answer = send(service, "jira", jira_deliveries.signed(body))
        assert answer.status_code == 200, (path.name, answer.text)


def test_every_real_linear_payload_goes_through(service):
    found = payloads("linear")
    assert len(found) == 4
    for path in found:
        answer = send(service, "linear", linear_deliveries.signed(json.loads(path.read_text(encoding="utf-8"))))
        assert answer.status_code == 200, (path.name, answer.text)


def test_a_comment_is_created_on_jira_and_then_edited(service, jira):
    issue_id = jira.create_issue("As a user, I want an export", _adf(WEAK))
    event = {"webhookEvent": "jira:issue_created", "issue": {"id": issue_id, "key": f"DEMO-{issue_id}"}}
    assert send(service, "jira", jira_deliveries.signed(copy.deepcopy(event))).json() == {
        "accepted": True,
        "note": "",
    }
    until(lambda: len(jira.ours(issue_id)) == 1)
    first = jira.ours(issue_id)[0]
    assert "user-friendly" in json.dumps(first["body"])

    jira.edit_issue(issue_id, description=_adf(BETTER))
    event["webhookEvent"] = "jira:issue_updated"
    delivery = jira_deliveries.signed(event)
    assert send(service, "jira", delivery).json()["accepted"] is True
    assert send(service, "jira", delivery).json() == {"accepted": False, "note": "this delivery had come before"}
    until(lambda: jira.ours(issue_id)[0]["edits"] == 1)
    assert [comment["id"] for comment in jira.ours(issue_id)] == [first["id"]]
    assert "→" in json.dumps(jira.ours(issue_id)[0]["body"], ensure_ascii=False)
    assert jira.mailed == []


def test_a_comment_is_created_on_linear_and_then_edited(service, linear):
    issue_id = linear.create_issue("As a user, I want an export", WEAK.replace("h2.", "##"), labels=("Story",))
    body = {"action": "create", "type": "Issue", "data": {"id": issue_id, "number": 1, "team": {"key": "DEMO"}}}
    assert send(service, "linear", linear_deliveries.signed(copy.deepcopy(body))).status_code == 200
    first = until(lambda: linear.ours(issue_id))
    assert len(first) == 1
    assert "user\\-friendly" in first[0]["body"] or "user-friendly" in first[0]["body"]

    linear.edit_issue(issue_id, description=BETTER.replace("h2.", "##").replace("* G", "- G"))
    body |= {"action": "update", "updatedFrom": {"description": "before"}}
    assert send(service, "linear", linear_deliveries.signed(body)).status_code == 200
    until(lambda: "→" in linear.ours(issue_id)[0]["body"])
    assert [comment["id"] for comment in linear.ours(issue_id)] == [first[0]["id"]]


def test_what_went_through_is_told_to_prometheus(service):
    """The web process counts deliveries and a worker comments; any process tells of both."""

    def counted(name):
        lines = requests.get(f"{service}/metrics", timeout=10).text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    assert counted('clarity_deliveries_total{outcome="accepted"') > 10
    until(lambda: counted('clarity_comments_total{action="post"}') >= 2)
    assert counted("clarity_scoring_seconds_count") >= 4


def _adf(text):
    """A plain rendering: one paragraph a line, `h2.` lines as headings."""
    if not isinstance(text, str):
        return text
    blocks = []
    for line in filter(None, text.replace("\r", "").split("\n")):
        heading = line.startswith("h2. ")
        words = [{"type": "text", "text": line.removeprefix("h2. ").removeprefix("* ")}]
        blocks.append(
            {"type": "heading", "attrs": {"level": 2}, "content": words}
            if heading
            else {"type": "paragraph", "content": words}
        )
    return {"type": "doc", "version": 1, "content": blocks}
