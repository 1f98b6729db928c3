"""Through the real `jira` library over real HTTP, every request and answer held to Jira's own OpenAPI document."""

import pytest
import requests

from service.settings import JiraSite, Secret
from service.trackers.jira import JiraTracker
from tests.fakes.jira_server import AUTHOR, EMAIL, TOKEN, strict
from tests.needs import shared
from tests.trackers.test_jira import READY, TREE

pytestmark = pytest.mark.shared


@pytest.fixture(params=["cloud", "data center"])
def jira(request):
    with strict(shared("conformance"), cloud=request.param == "cloud") as fake:
        yield fake


def connect(fake):
    if fake.cloud:
        return JiraTracker(JiraSite("default", fake.url, EMAIL, Secret(TOKEN)), timeout=5)
    return JiraTracker(JiraSite("default", fake.url, token=Secret(TOKEN), cloud=False), timeout=5)


def test_a_comment_is_created_then_edited_then_found_after_its_id_is_lost(jira):
    issue_id = jira.create_issue("Pay by invoice", "h2. Goal\nPay later.")
    jira.edit_issue(issue_id, description="h2. Goal\nPay within 30 days.")
    comment_id = connect(jira).create_comment(issue_id, TREE, key="k1")
    connect(jira).update_comment(issue_id, comment_id, READY)
    (found,) = connect(jira).fetch(issue_id).our_comments
    assert (found.id, found.ours) == (comment_id, True)
    assert [verb for verb, *_ in jira.writes] == ["POST", "PUT"]
    connect(jira).delete_comment(issue_id, found.id)
    assert connect(jira).fetch(issue_id).comments == ()
    assert connect(jira).check()
    assert jira.api.faults == []


def test_long_histories_and_many_comments_are_paged_as_allowed(jira):
    issue_id = jira.create_issue("Pay by invoice")
    for number in range(120):
        jira.edit_issue(issue_id, description=f"Version {number}")
        jira.add_comment(issue_id, doc("Hello.") if jira.cloud else "Hello.", AUTHOR)
    assert len(connect(jira).fetch(issue_id).comments) == 120
    assert jira.api.faults == []


def doc(words):
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}],
    }


@pytest.mark.parametrize(
    "body",
    [
        {"body": "wiki text"},
        {"body": {"type": "doc", "version": 1, "content": [{"type": "text", "text": ""}]}},
        {"text": doc("x")},
        {"body": doc("x"), "properties": {"ticket-clarity": 1}},
    ],
)
def test_the_fake_is_as_strict_as_the_document(body):
    with strict(shared("conformance")) as fake:
        issue_id = fake.create_issue("Pay by invoice")
        answer = requests.post(
            f"{fake.url}/rest/api/3/issue/{issue_id}/comment", json=body, auth=(EMAIL, TOKEN), timeout=5
        )
        assert answer.status_code == 400
        unknown = requests.get(
            f"{fake.url}/rest/api/3/issue/{issue_id}", params={"filds": "x"}, auth=(EMAIL, TOKEN), timeout=5
        )
        assert unknown.status_code == 400
        assert requests.get(f"{fake.url}/rest/api/3/myself", auth=(EMAIL, "wrong"), timeout=5).status_code == 401
        assert fake.comments[issue_id] == {}
