"""No call goes out that was not held against the vendor's own document or schema.

Calls are declared in one module a tracker; a life of a ticket makes every one of them against a fake that is as
strict as the document; and no other module speaks HTTP to a tracker. Whoever adds a call without adding it here
fails one of the three.
"""

import ast
import re
from datetime import UTC, datetime, timedelta

import pytest
from graphql import parse

from service.oauth.hooks import ALL, EVENTS
from service.settings import JiraSite, LinearSite, Secret
from service.ticket import Person
from service.trackers import jira_calls, linear_queries
from service.trackers.base import Shown
from service.trackers.jira import JiraTracker
from service.trackers.jira_calls import Call
from service.trackers.linear import LinearTracker
from tests.fakes import linear_server
from tests.fakes.jira_server import AUTHOR, EMAIL, TOKEN, strict
from tests.fakes.linear_server import KEY, FakeLinear
from tests.fakes.openapi import OpenApi
from tests.needs import ROOT, shared
from tests.trackers.test_jira import READY, TREE

CALLS = {name: value for name, value in vars(jira_calls).items() if isinstance(value, Call)}
OPERATIONS = {name: text for name, text in vars(linear_queries).items() if name.isupper() and name[0] != "_"}
# What the document does not have, and what it is held against instead.
OUTSIDE = {
    "PERMISSIONS": "the document at hand leaves it out; held against the call that the jira library makes",
    "USER": "the document at hand leaves it out; held against the call that the jira library makes",
    "SEARCH_BY_NUMBER": "Data Center: Cloud's document dropped it; the fake answers it on Data Center alone",
}
CLOUD_ONLY = {"SEARCH", "CHANGELOG", "COUNT", "WEBHOOKS", "ADD_WEBHOOKS", "RENEW_WEBHOOKS", "DELETE_WEBHOOKS"}
DATA_CENTER_ONLY = {"SEARCH_BY_NUMBER"}
# Who may speak HTTP, and to whom.
SPEAKERS = {
    "service/digest.py": "the team's own chat, where it wants the weekly figures",
    "service/doctor.py": "asks a tracker's address for the time",
    "service/trackers/connect.py": "signs what the library of jira.py sends; sends nothing itself",
    "service/trackers/github.py": "GitHub, by github_queries",
    "service/trackers/github_access.py": "signs what github.py sends; sends nothing itself",
    "service/trackers/knocking.py": "ourselves, by the address that a tracker would use",
    "service/trackers/key_server.py": "where the vendor keeps the keys that sign installations",
    "service/trackers/jira.py": "Jira, by jira_calls alone",
    "service/trackers/linear.py": "Linear, by linear_queries alone",
    "service/trackers/outgoing.py": "the transport below both",
    "service/web/oidc.py": "the team's own provider of logins",
    "service/oauth/bearer.py": "signs what trackers send; sends nothing itself",
    "service/oauth/installing.py": "asks once which sites a consent lets us into",
    "service/oauth/providers.py": "codes and tokens, by the library's session",
}
QUERIES = {"service/trackers/linear_queries.py", "service/trackers/github_queries.py"}
HTTP = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "jira"}


def source(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def modules():
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "service").rglob("*.py"))


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_nobody_else_speaks_http():
    speaks = {path for path in modules() if any(_is_http(name) for name in imported(source(path)))}
    only_errors = {"service/trackers/jira_errors.py"}  # the library's exception, for reading it
    assert speaks - only_errors == set(SPEAKERS)


def _is_http(name):
    return name in HTTP or any(name.startswith(f"{one}.") for one in HTTP)


def test_a_call_is_declared_in_one_place():
    for path in modules():
        built = [
            node
            for node in ast.walk(source(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Call"
        ]
        assert not built or path == "service/trackers/jira_calls.py", path


def test_a_graphql_operation_is_declared_in_one_place():
    operation = re.compile(r"^\s*(query|mutation|subscription)\b[^{]*\{")
    for path in modules():
        for node in ast.walk(source(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and operation.match(node.value):
                assert path in QUERIES, f"{path}:{node.lineno}"


@pytest.mark.parametrize(("path", "verb"), [("jira", "request"), ("linear", "post")])
def test_a_tracker_sends_in_one_place(path, verb):
    """Of the session one method is called, once; and of Jira's library nothing that would send by itself."""
    sent = [
        node.func.attr
        for node in ast.walk(source(f"service/trackers/{path}.py"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _of(node.func, "_http")
    ]
    assert sent == [verb]
    library = {
        node.attr
        for node in ast.walk(source(f"service/trackers/{path}.py"))
        if isinstance(node, ast.Attribute) and _of(node, "_client")
    }
    assert library <= {"_session", "_get_url"}


def _of(node, owner):
    return isinstance(node.value, ast.Attribute) and node.value.attr == owner


@pytest.mark.shared
@pytest.mark.parametrize("name", CALLS)
def test_a_rest_call_is_in_the_official_document(name):
    api = OpenApi(shared("conformance", "jira-openapi-v3.json"))
    call = CALLS[name]
    assert api.knows(call.method, f"/rest/api/3/{call.path}") != (name in OUTSIDE)


@pytest.fixture(params=["cloud", "data center"])
def jira(request):
    with strict(shared("conformance"), cloud=request.param == "cloud", per_page=2) as fake:
        yield fake


def connected(fake):
    if fake.cloud:
        return JiraTracker(JiraSite("default", fake.url, EMAIL, Secret(TOKEN)), timeout=5)
    return JiraTracker(JiraSite("default", fake.url, token=Secret(TOKEN), cloud=False), timeout=5)


@pytest.mark.shared
def test_every_rest_call_was_made_as_the_document_has_it(jira):
    issue_id = jira.create_issue("Pay by invoice")
    for number in range(101):
        jira.edit_issue(issue_id, description=f"Version {number}")
    jira.edit_issue(issue_id, status="In Progress")
    jira.screen.add("customfield_10050")
    tracker = connected(jira)
    live(tracker, issue_id)
    assert tracker.lacking({"ADD_COMMENTS": "Add comments"}, "DEMO") == []
    jira.roles["Administrators"] = ["group:jira-admins"]
    assert not tracker.has_role(tracker.fetch(issue_id), Person(AUTHOR), {"administrators"})
    assert jira.api.faults == []
    wanted = set(CALLS) - (DATA_CENTER_ONLY if jira.cloud else CLOUD_ONLY)
    assert made(jira) == wanted


@pytest.mark.shared
def test_we_ask_for_a_users_groups_as_the_library_does(jira):
    jira.roles["Administrators"] = ["group:jira-admins"]
    issue_id = jira.create_issue("Pay by invoice")
    tracker = connected(jira)
    tracker.has_role(
        tracker.fetch(issue_id), Person(AUTHOR, handle="" if jira.cloud else AUTHOR), {"administrators"}
    )
    tracker._client.deploymentType = "Cloud" if jira.cloud else "Server"
    tracker._client.user(AUTHOR, expand="groups")
    ours, theirs = (request[:3] for request in jira.requests[-2:])
    assert ours == theirs


@pytest.mark.shared
def test_we_ask_for_permissions_as_the_library_does(jira):
    wanted = {"ADD_COMMENTS": "Add comments", "BROWSE_PROJECTS": "Browse projects"}
    tracker = connected(jira)
    tracker.lacking(wanted, "DEMO")
    tracker._client.my_permissions(projectKey="DEMO", permissions=",".join(wanted))
    ours, theirs = (request[:3] for request in jira.requests)
    assert ours == theirs


def live(tracker, ticket_id):
    """A ticket's life: everything that a tracker is asked to do."""
    assert tracker.check()
    comment_id = tracker.create_comment(ticket_id, TREE, key="k1", visible_to="role:Developers")
    tracker.update_comment(ticket_id, comment_id, READY, visible_to="role:Developers")
    assert [comment.id for comment in tracker.fetch(ticket_id).our_comments] == [comment_id]
    tracker.set_label(ticket_id, "needs-clarity", on=True)
    tracker.set_label(ticket_id, "needs-clarity", on=False)
    tracker.show_score(ticket_id, Shown(64, "nearly", ("no-benefit",), "https://clarity.team.example"))
    tracker.set_number(ticket_id, "customfield_10050", 64)
    tracker.delete_comment(ticket_id, comment_id)
    assert list(tracker.changed(datetime.now(UTC) - timedelta(hours=1)))
    query = "project = DEMO" if tracker.name == "jira" else "DEMO"
    assert tracker.count(query) in (1, None)
    assert tracker.search(query, "").tickets
    if tracker.name == "jira" and tracker._settings.cloud:
        tracker.webhooks.renew(tracker.webhooks.add("https://clarity.example/oauth/webhooks/jira", EVENTS, ALL))
        (hook,) = tracker.webhooks.all()
        tracker.webhooks.delete([hook.number])


def made(fake):
    """Which of our calls a fake was asked for; whatever is none of them stands as it was."""
    found = set()
    for method, path, *_ in fake.requests:
        rest = path.removeprefix(f"/rest/api/{fake.version}/")
        known = [name for name, call in CALLS.items() if call.method == method and _matches(call.path, rest)]
        found.update(known or [f"{method} {path}"])
    return found


def _matches(template, rest):
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), rest)


@pytest.mark.shared
def test_every_graphql_operation_was_made_as_the_schema_has_it():
    shared("conformance", "linear-schema.graphql")
    with FakeLinear(page=1) as fake:
        ticket_id = fake.create_issue("Pay by invoice")
        for number in range(2):
            fake.edit_issue(ticket_id, description=f"Version {number}")
            fake.add_comment(ticket_id, "Hello.")
        tracker = LinearTracker(LinearSite("default", fake.api_url, Secret(KEY)), timeout=5)
        live(tracker, ticket_id)
        assert not tracker.has_role(tracker.fetch(ticket_id), Person(linear_server.AUTHOR), {"administrators"})
        assert tracker.ensure_webhook("https://clarity.team.example/webhooks/linear", "secret") == "secret"
        sent = {body["query"] for *_, body in fake.requests}
    assert {name for name, text in OPERATIONS.items() if text in sent} == set(OPERATIONS)
    assert sent <= set(OPERATIONS.values())


def test_an_operation_is_one_and_named():
    for name, text in OPERATIONS.items():
        (operation,) = parse(text).definitions
        assert operation.name.value.upper() == name.replace("_", ""), name
