"""Forge Remote over HTTP: who may invoke, what an event and a question come to, and which issue is meant."""

import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select

from service.catchup import catch_up
from service.settings import ForgeApp, Settings
from service.store.schema import secret, tenant, ticket
from service.store.tenants import site_name
from service.tenants import FORGE, Tenants
from service.trackers.registry import opener
from tests.fakes.forge import APP, Forge, changed
from tests.fakes.jira_server import AUTHOR, TOKEN, FakeJira
from tests.web.conftest import TOKEN as DASHBOARD
from tests.web.test_connect_pages import found, review

EVENTS, PANEL = "/forge/events", "/forge/panel"
ALIEN = "https://evil.example"


@pytest.fixture(scope="module")
def forge():
    with Forge() as fake:
        yield fake


@pytest.fixture
def jira():
    """A Jira that takes a bearer's token, as it does from a Forge app."""
    with FakeJira(cloud=False) as fake:
        fake.cloud = True
        fake.version = "3"
        fake._authenticate = lambda headers, *_: (
            None if headers.get("authorization") in fake.taken else fake._refuse()
        )
        fake.taken = {f"Bearer {TOKEN}"}
        yield fake


@pytest.fixture
def client(make_app, forge):
    return make_app(forge=ForgeApp(APP, forge.url), dashboard_token=DASHBOARD).test_client()


def rows(store, table):
    with store.reading() as connection:
        return connection.execute(select(table)).all()


def invoke(client, forge, jira, path=EVENTS, body=None, **claims):
    headers = forge.headers(getattr(jira, "url", jira), **({"system": TOKEN} | claims))
    return client.post(path, json=changed("10001") if body is None else body, headers=headers)


def ask(client, forge, jira, issue, body=None, person=AUTHOR, **claims):
    extension = {"issue": {"id": issue, "key": f"DEMO-{issue}"}, "project": {"key": "DEMO"}}
    told = {"extension": extension, "principal": person} | claims
    return invoke(client, forge, jira, PANEL, {} if body is None else body, **told)


INVOCATIONS = {
    "good": ({}, 200),
    "an audience among several": ({"aud": [APP]}, 200),
    "another app": ({"aud": "ari:cloud:ecosystem::app/another"}, 401),
    "two audiences": ({"aud": [APP, "ari:cloud:ecosystem::app/another"]}, 401),
    "no audience": ({"aud": None}, 401),
    "another issuer": ({"iss": "forge/another-token"}, 401),
    "no issuer": ({"iss": None}, 401),
    "expired": ({"exp": int(time.time()) - 1}, 401),
    "no expiry": ({"exp": None}, 401),
    "an unknown key": ({"header": {"kid": "nobody's"}}, 401),
    "no key's name": ({"header": {"kid": None}}, 401),
    "hs256": ({"key": "a text that somebody made up, long enough", "algorithm": "HS256"}, 401),
    "no algorithm": ({"key": "", "algorithm": "none"}, 401),
    "another of rsa": ({"algorithm": "RS512"}, 401),
    "no installation": ({"app": {"apiBaseUrl": "https://api.atlassian.com/ex/jira/c"}}, 401),
    "an app that is a text": ({"app": "x"}, 401),
    "no address": ({"app": {"installationId": "one"}}, 401),
    "another address": ({"app": {"installationId": "one", "apiBaseUrl": ALIEN}}, 401),
}


@pytest.mark.parametrize("case", INVOCATIONS)
@pytest.mark.parametrize("path", [EVENTS, PANEL])
def test_who_may_invoke(client, forge, jira, store, case, path):
    claims, status = INVOCATIONS[case]
    issue = jira.create_issue("A title")
    answer = ask(client, forge, jira, issue, **claims) if path == PANEL else invoke(client, forge, jira, **claims)
    assert answer.status_code == status, answer.text
    assert len(rows(store, tenant)) == (1 if status == 200 else 0)
    assert TOKEN not in answer.text


def test_a_token_by_another_key_of_the_same_name_is_refused(client, forge, jira):
    alien = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert invoke(client, forge, jira, key=alien).status_code == 401


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer x"}, {"Authorization": "JWT x.y.z"}]
)
def test_without_a_token_nothing_is_told(client, headers):
    for path in (EVENTS, PANEL):
        assert client.post(path, json={}, headers=headers).status_code == 401


def test_without_an_app_nothing_is_told(make_app, forge, jira):
    client = make_app(forge=ForgeApp("", forge.url)).test_client()
    answer = invoke(client, forge, jira)
    assert (answer.status_code, "CLARITY_FORGE_APP_ID" in answer.json["error"]) == (401, True)


def test_forge_says_which_key_signs_now_and_is_not_asked_too_often(client, forge, jira):
    assert invoke(client, forge, jira).status_code == 200
    asked = forge.asked
    assert invoke(client, forge, jira).status_code == 200
    assert forge.asked == asked
    forge.rotate()
    assert invoke(client, forge, jira).status_code == 200
    assert forge.asked == asked + 1
    for number in range(30):
        assert invoke(client, forge, jira, header={"kid": f"made-up-{number}"}).status_code == 401
    assert forge.asked <= asked + 5
    assert invoke(client, forge, jira).status_code == 200


def test_a_key_server_that_is_down_asks_to_come_again(client, forge, jira):
    forge.status = 503
    try:
        assert invoke(client, forge, jira).status_code == 503
        assert ask(client, forge, jira, "1").status_code == 503
    finally:
        forge.status = None
    assert invoke(client, forge, jira).status_code == 200


def test_keys_that_are_none_are_passed_over(client, forge, jira):
    forge.extra = [
        7,
        {},
        {"kty": "EC", "kid": "ec"},
        {"kty": "RSA", "kid": "broken", "n": "?", "e": 1},
        {"kid": 1},
    ]
    try:
        assert invoke(client, forge, jira).status_code == 200
        assert invoke(client, forge, jira, header={"kid": "broken"}).status_code == 401
    finally:
        forge.extra = []


# Events.


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_event_goes_where_all_deliveries_go(client, forge, jira, store, wrapped):
    event = changed("10001", "avi:jira:created:issue")
    answer = invoke(client, forge, jira, body={"event": event, "context": {}} if wrapped else event)
    assert answer.json == {"accepted": True, "note": ""}
    [row], [known] = rows(store, ticket), rows(store, tenant)
    assert (row.tracker, row.site, row.external_id, row.key) == ("jira", known.site, "10001", "DEMO-10001")
    assert known.site.startswith("forge:")
    assert known.shown_url == "https://one.atlassian.net"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 200),
        ({"eventType": "avi:forge:installed:app"}, 200),
        ({"eventType": "avi:jira:updated:project"}, 200),
        ({"eventType": 7}, 400),
        ({"eventType": "avi:jira:updated:issue"}, 400),
        ({"eventType": "avi:jira:updated:issue", "issue": {"id": "../1"}}, 400),
        ({"eventType": "avi:jira:updated:issue", "issue": {"id": 10001}}, 200),
        ([], 400),
    ],
)
def test_what_else_may_come(client, forge, jira, body, status):
    assert invoke(client, forge, jira, body=body).status_code == status


def test_the_token_to_ask_jira_with_is_kept_encrypted_and_renewed(client, forge, jira, store):
    issue = jira.create_issue("A title")
    invoke(client, forge, jira, body=changed(issue))
    site = site_name(FORGE, "ari:cloud:ecosystem::installation/one")
    [kept] = [row for row in rows(store, secret) if row.name == site]
    assert TOKEN.encode() not in kept.value
    assert Tenants(store).at(site).secret == TOKEN
    jira.taken = {"Bearer the next token"}
    invoke(client, forge, jira, body={}, system="the next token")
    assert Tenants(store).at(site).secret == "the next token"
    revision = Tenants(store).at(site).revision
    invoke(client, forge, jira, body={}, system="the next token")
    assert Tenants(store).at(site).revision == revision


def test_a_worker_reads_the_issue_with_the_apps_token(client, forge, jira, store, url):
    issue = jira.create_issue("A title")
    invoke(client, forge, jira, body=changed(issue))
    settings = Settings(url, Path())
    site = site_name(FORGE, "ari:cloud:ecosystem::installation/one")
    snapshot = opener(settings, store)("jira", site).fetch(issue)
    assert snapshot.ticket.title == "A title"
    assert snapshot.url == f"https://one.atlassian.net/browse/DEMO-{issue}"
    [caught] = catch_up(store, settings)
    assert (caught.site, caught.changed, caught.error) == (site, 1, "")


def test_a_first_call_without_a_token_says_what_is_missing(client, forge, jira):
    answer = invoke(client, forge, jira, system="")
    assert (answer.status_code, "appSystemToken" in answer.json["error"]) == (400, True)
    invoke(client, forge, jira)
    assert invoke(client, forge, jira, system="").status_code == 200


def test_who_has_uninstalled_the_app_is_forgotten(client, forge, jira, store):
    invoke(client, forge, jira)
    invoke(client, forge, jira, body={"eventType": "avi:forge:uninstalled:app"})
    assert not [row for row in rows(store, secret) if row.name.startswith("forge:")]


def test_one_installation_is_not_another(client, forge, jira, store):
    for name in ("one", "two"):
        invoke(client, forge, jira, installation=name)
    assert len({row.site for row in rows(store, ticket)}) == 2


# Questions.


def test_the_panel_shows_what_is_found_now(client, forge, jira, engine):
    issue = jira.create_issue("As a user, I want it fast")
    engine.answer = review(found())
    answer = ask(client, forge, jira, issue)
    assert answer.status_code == 200
    assert (answer.json["key"], answer.json["review"]["score"], answer.json["may_ignore"]) == (
        f"DEMO-{issue}",
        92,
        True,
    )
    assert answer.json["review"]["findings"][0]["quote"] == "fast"
    assert "clarity;dur=" in answer.headers["Server-Timing"]


def test_opinions_are_kept_as_in_connect(client, forge, jira, engine):
    issue = jira.create_issue("A title")
    engine.answer = review(found())
    say = {"opinion": {"rule": "unmeasured-quality", "kind": "not-useful", "on": True}}
    assert ask(client, forge, jira, issue, say).json["review"]["findings"][0]["not_useful"] is True
    assert ask(client, forge, jira, issue).json["review"]["findings"][0]["not_useful"] is True
    say["opinion"]["kind"] = "ignored"
    assert ask(client, forge, jira, issue, say, person="somebody-else").status_code == 403
    assert ask(client, forge, jira, issue, say).json["ignored"][0]["rule"] == "unmeasured-quality"
    for wrong in ({"opinion": 7}, {"opinion": {"rule": "X"}}):
        assert ask(client, forge, jira, issue, wrong).status_code == 400


def test_which_issue_is_meant_has_to_be_signed(client, forge, jira):
    issue, other = jira.create_issue("A title"), jira.create_issue("Another")
    assert ask(client, forge, jira, issue, {"issue": other}).json["key"] == f"DEMO-{issue}"
    unsigned = {"extension": {}, "principal": AUTHOR}
    assert invoke(client, forge, jira, PANEL, {"issue": other}, **unsigned).status_code == 403
    for hostile in ("../myself", "1/comment", "x y"):
        assert ask(client, forge, jira, issue, extension={"issue": {"id": hostile}}).status_code == 403


def test_an_issue_that_is_merely_named_is_read_with_its_readers_eyes(client, forge, jira):
    issue = jira.create_issue("A title")
    unsigned = {"extension": {}, "principal": AUTHOR}
    jira.taken = {"Bearer their own"}
    mine = invoke(client, forge, jira, PANEL, {"issue": issue}, user="their own", **unsigned)
    assert (mine.status_code, mine.json["key"]) == (200, f"DEMO-{issue}")
    theirs = invoke(client, forge, jira, PANEL, {"issue": issue}, user="somebody else's", **unsigned)
    assert theirs.status_code == 503
    assert "key" not in theirs.json


def test_what_stands_in_another_place_of_the_token_is_found(client, forge, jira):
    issue = jira.create_issue("A title")
    context = {"cloudId": "c", "issue": {"key": issue}}
    assert invoke(client, forge, jira, PANEL, {}, context=context, principal=AUTHOR).json["key"] == f"DEMO-{issue}"


def test_a_project_and_a_site_show_how_their_tickets_stand(client, forge, jira):
    empty = {"project": "DEMO", "count": 0, "middle": None, "found": []}
    told = ask(client, forge, jira, "1", {"show": "project"}).json
    assert {name: told[name] for name in empty} == empty
    assert "Nothing to show yet" in told["trends"]
    asked = ask(client, forge, jira, "1", {"show": "project", "kind": "bug", "period": "4"}).json["trends"]
    assert '<option value="bug" selected>' in asked
    assert "trends" not in ask(client, forge, jira, "1", {"show": "site"}).json
    assert ask(client, forge, jira, "1", {"show": "site"}).json["count"] == 0
    assert ask(client, forge, jira, "1", {"show": "project"}, extension={}).status_code == 403


def test_a_question_that_is_none_is_refused(client, forge, jira):
    headers = forge.headers(jira.url, system=TOKEN)
    for body in (b"{", b"[]", b"\xff", b'{"show": 7}'):
        assert client.post(PANEL, data=body, headers=headers).status_code == 400


def test_neither_tokens_are_logged(client, forge, jira, capsys):
    invoke(client, forge, jira)
    invoke(client, forge, jira, aud="x")
    told = "".join(capsys.readouterr())
    assert TOKEN not in told
    assert "eyJ" not in told
