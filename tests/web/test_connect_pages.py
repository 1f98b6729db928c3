"""Pages in Jira's frames: who may open them, what they are about, and what the panel keeps."""

import re
import time
from dataclasses import replace

import jwt
import pytest
from sqlalchemy import select

from service.engine.base import Busy, CheckFailed
from service.reaction import Action
from service.reports.recounting import recount
from service.settings import ConnectApp
from service.store.accepting import raise_generation
from service.store.recording import record_decision
from service.store.schema import opinion, ticket
from service.store.tenants import site_name
from service.ticket import TicketRef, frozen
from service.trackers import registry
from service.trackers.base import TicketGone, TrackerError
from service.trackers.jira import JiraTracker
from service.verdict import Dimension, Finding, Level, Review, Severity, Suggestion
from service.web.panel import MOST_ASKING
from service.web.server import THREADS
from tests.fakes.connect import KeyServer, Site
from tests.fakes.jira_server import AUTHOR, FakeJira
from tests.reports.sample import AUTHORS, add_review, add_ticket

BASE = "https://clarity.team.example"
TRENDS = "/connect/project/trends"
PANEL, FINDINGS, OPINION = "/connect/panel", "/connect/panel/findings", "/connect/panel/opinion"
SOMEBODY = "5b10a2844c20165700ede99z"


@pytest.fixture(scope="module")
def keys():
    with KeyServer() as server:
        yield server


@pytest.fixture
def jira():
    with FakeJira() as fake:
        yield fake


@pytest.fixture
def client(make_app, keys):
    return make_app(base_url=BASE, connect=ConnectApp(keys.url)).test_client()


@pytest.fixture
def site(client, keys, jira):
    made = Site(keys, BASE, jira=jira.url)
    jira.secret = made.secret
    assert made.install(client).status_code == 204
    return made


def found(rule="unmeasured-quality", **changes):
    told = {
        "severity": Severity.WARNING,
        "dimension": Dimension.PRECISION,
        "points": 8,
        "gain": 8,
        "message": "“fast” cannot be tested.",
        "why": "An adjective hides a number.",
        "coach": "Write a limit.",
        "field": "description",
        "start": 3,
        "end": 7,
        "quote": "fast",
    }
    return Finding(rule, **(told | changes))


def review(*findings, score=92, text_hash="hash", **more):
    return Review(score, Level.READY, "", findings, "f00d", text_hash, **more)


def about(issue, person=AUTHOR, **more):
    """A token for whatever Jira shows around this issue."""
    jira = {"issue": {"id": issue, "key": f"DEMO-{issue}"}, "project": {"key": "DEMO"}}
    return {"qsh": "context-qsh", "sub": person, "context": {"jira": jira}} | more


def opened(client, site, url, **claims):
    return client.get(url, headers=site.signed("GET", url, **claims))


def token_in(page):
    return re.search(r'<meta name="token" content="([^"]+)">', page.text)[1]


def with_token(client, token, method="get", url=FINDINGS, **more):
    return getattr(client, method)(url, headers={"Authorization": f"JWT {token}"}, **more)


def say(client, site, issue, rule, kind="not-useful", on=True, person=AUTHOR):
    headers = site.signed("POST", OPINION, **about(issue, person))
    return client.post(OPINION, json={"rule": rule, "kind": kind, "on": on}, headers=headers)


@pytest.mark.parametrize("address", [f"{PANEL}?issue=10001", "/connect/project?project=DEMO", "/connect/admin"])
def test_who_may_open_a_page(client, site, address):
    assert opened(client, site, address, sub=AUTHOR).status_code == 200
    assert opened(client, site, address, qsh="context-qsh").status_code == 200
    assert (
        client.get(f"{address}{'&' if '?' in address else '?'}jwt={site.token('GET', address)}").status_code == 200
    )
    assert client.get(address).status_code == 401
    assert opened(client, site, address, secret="a secret that nobody shares with us").status_code == 401
    assert opened(client, site, address, iss="client-key-of-nobody").status_code == 401
    assert opened(client, site, address, exp=1).status_code == 401
    assert opened(client, site, address, qsh=None).status_code == 401
    assert client.get(address, headers=site.lifecycle(address.partition("?")[0])).status_code == 401


def test_a_changed_address_is_refused(client, site):
    headers = site.signed("GET", f"{PANEL}?issue=10001")
    assert client.get(f"{PANEL}?issue=10002", headers=headers).status_code == 401


def test_a_page_is_framed_by_its_own_jira_alone(client, site, jira):
    page = opened(client, site, f"{PANEL}?issue=10001")
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-ancestors {jira.url}" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in page.headers
    refused = client.get(PANEL)
    assert refused.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in refused.headers["Content-Security-Policy"]


def test_the_pages_parts_are_for_everybody(client):
    for name in ("panel.css", "panel.js", "connect.js", "theme.js", "project.js", "trends.js"):
        answer = client.get(f"/connect/static/{name}", headers={"X-Forwarded-For": "203.0.113.9"})
        assert answer.status_code == 200


def test_the_panel_shows_what_is_found_now(client, site, jira, engine):
    issue = jira.create_issue("As a user, I want it fast")
    engine.answer = review(found())
    page = opened(client, site, f"{PANEL}?issue={issue}", sub=AUTHOR)
    answer = with_token(client, token_in(page))
    assert answer.status_code == 200
    told = answer.json
    assert (told["key"], told["review"]["score"], told["before"], told["ignored"]) == (
        f"DEMO-{issue}",
        92,
        None,
        [],
    )
    [shown] = told["review"]["findings"]
    assert (shown["quote"], shown["coach"], shown["not_useful"]) == ("fast", "Write a limit.", False)
    assert (shown["suggestion"], told["said"], told["may_ignore"]) == (None, None, True)
    assert re.fullmatch(r"tracker;dur=[\d.]+, clarity;dur=[\d.]+", answer.headers["Server-Timing"])
    assert with_token(client, told["token"]).status_code == 200


def test_a_token_of_the_page_is_for_its_issue_and_ends(client, site, jira):
    issue, other = (jira.create_issue("A title") for _ in range(2))
    token = token_in(opened(client, site, f"{PANEL}?issue={issue}", sub=AUTHOR))
    told = jwt.decode(token, site.secret, ["HS256"], options={"verify_aud": False})
    assert told["exp"] - told["iat"] == 900
    assert with_token(client, token, url=f"{FINDINGS}?issue={other}").json["key"] == f"DEMO-{issue}"


def test_which_issue_is_meant_has_to_be_signed(client, site, jira):
    issue = jira.create_issue("A title")
    answer = opened(client, site, f"{FINDINGS}?issue={issue}", qsh="context-qsh", sub=AUTHOR)
    assert answer.status_code == 400
    for context in ({}, {"jira": None}, {"jira": {"issue": "x"}}, {"jira": {"issue": {"id": "../1"}}}):
        assert opened(client, site, FINDINGS, qsh="context-qsh", context=context).status_code == 400
    assert opened(client, site, FINDINGS, **about(issue)).json["key"] == f"DEMO-{issue}"


def test_one_tenants_page_tells_nothing_of_anothers_issue(client, site, keys, jira):
    jira.create_issue("A secret", issue_id="10001")
    with FakeJira() as elsewhere:
        other = Site(keys, BASE, "two", elsewhere.url)
        elsewhere.secret = other.secret
        assert other.install(client).status_code == 204
        elsewhere.create_issue("Another", issue_id="10002")
        assert opened(client, other, FINDINGS, **about("10001")).status_code == 404
        assert opened(client, other, FINDINGS, **about("10002"), aud=[site.client_key]).status_code == 401
        assert opened(client, other, FINDINGS, **about("10002")).status_code == 200


@pytest.mark.parametrize(("fault", "status"), [(Busy(), 503), (CheckFailed(), 500)])
def test_what_cannot_be_scored_is_told(client, site, jira, engine, fault, status):
    issue = jira.create_issue("A title")
    engine.answer = fault
    answer = opened(client, site, FINDINGS, **about(issue))
    assert (answer.status_code, "error" in answer.json) == (status, True)


@pytest.mark.parametrize(("fault", "status"), [(TicketGone("gone"), 404), (TrackerError("down"), 503)])
def test_what_jira_does_not_show_is_told(client, site, jira, monkeypatch, fault, status):
    def fetch(self, ticket_id):
        raise fault

    monkeypatch.setattr("service.trackers.jira.JiraTracker.fetch", fetch)
    assert opened(client, site, FINDINGS, **about("10001")).status_code == status


def test_who_waits_for_a_slow_jira_leaves_threads_to_deliveries(client, site, jira, monkeypatch):
    assert MOST_ASKING < THREADS
    issue, waiting, refused = jira.create_issue("A title"), [], []
    fetch = JiraTracker.fetch

    def slowly(self, ticket_id):
        waiting.append(ticket_id)
        answer = opened(client, site, FINDINGS, **about(issue))  # somebody else looks meanwhile
        refused.append(answer.status_code)
        return fetch(self, ticket_id)

    monkeypatch.setattr(JiraTracker, "fetch", slowly)
    assert opened(client, site, FINDINGS, **about(issue)).status_code == 200
    assert (len(waiting), refused) == (MOST_ASKING, [503] + [200] * (MOST_ASKING - 1))
    monkeypatch.undo()
    assert opened(client, site, FINDINGS, **about(issue)).status_code == 200


def test_who_waits_for_roles_at_a_slow_jira_does_so_too(client, site, jira, monkeypatch):
    issue, waiting, refused = jira.create_issue("A title"), [], []
    has_role = JiraTracker.has_role

    def slowly(self, snapshot, person, wanted):
        waiting.append(person.id)
        refused.append(opened(client, site, FINDINGS, **about(issue, f"{SOMEBODY}{len(waiting)}")).status_code)
        return has_role(self, snapshot, person, wanted)

    monkeypatch.setattr(JiraTracker, "has_role", slowly)
    assert opened(client, site, FINDINGS, **about(issue, SOMEBODY)).status_code == 200
    assert (len(waiting), refused) == (MOST_ASKING, [503] + [200] * (MOST_ASKING - 1))


def test_a_tenant_that_is_switched_off_is_told(client, site):
    path = "/connect/disabled"
    assert client.post(path, headers=site.signed("POST", path)).status_code == 204
    answer = opened(client, site, FINDINGS, **about("10001"))
    assert answer.status_code == 503
    assert registry.UNINSTALLED in answer.json["error"]


# What people think of it.


def test_not_useful_is_kept_for_who_said_it(client, site, jira, engine, store):
    issue = jira.create_issue("A title")
    engine.answer = review(found(), found("vague-words", points=0))

    def mine(person=AUTHOR):
        told = opened(client, site, FINDINGS, **about(issue, person)).json
        return {one["rule"]: one["not_useful"] for one in told["review"]["findings"]}

    said = say(client, site, issue, "vague-words")
    assert [one["not_useful"] for one in said.json["review"]["findings"]] == [False, True]
    assert mine() == {"unmeasured-quality": False, "vague-words": True}
    assert mine(SOMEBODY) == {"unmeasured-quality": False, "vague-words": False}
    say(client, site, issue, "vague-words")
    say(client, site, issue, "vague-words", person=SOMEBODY)
    with store.reading() as connection:
        rows = connection.execute(select(opinion)).all()
    assert [(row.rule, row.kind) for row in rows] == [("vague-words", "not-useful")] * 2
    assert not [row for row in rows if AUTHOR in row.person or SOMEBODY in row.person]
    say(client, site, issue, "vague-words", on=False)
    assert mine() == {"unmeasured-quality": False, "vague-words": False}
    assert mine(SOMEBODY)["vague-words"] is True


def test_the_author_has_a_rule_left_out_and_the_ticket_is_looked_at_again(client, site, jira, engine, store):
    issue = jira.create_issue("A title", assignee=jira.user(SOMEBODY))
    engine.answer = review(found())
    told = say(client, site, issue, "unmeasured-quality", "ignored").json
    assert told["ignored"] == [
        {"rule": "unmeasured-quality", "title": "unmeasured quality", "reason": "", "here": True}
    ]
    _, policy, _ = engine.asked[-1]
    assert policy.rules["unmeasured-quality"].enabled is False
    with store.reading() as connection:
        [row] = connection.execute(select(ticket)).all()
    assert row.generation == row.done_generation + 1
    assert row.saved_at == 0
    # What one of them left out, the other may bring back.
    assert (
        say(client, site, issue, "unmeasured-quality", "ignored", on=False, person=SOMEBODY).json["ignored"] == []
    )
    assert "unmeasured-quality" not in engine.asked[-1][1].rules


def test_a_button_makes_nobody_speak_while_the_author_still_types(client, site, jira, engine, store):
    issue = jira.create_issue("A title")
    engine.answer = review(found())
    ref = TicketRef("jira", site_name("connect", site.client_key), issue, f"DEMO-{issue}")
    with store.writing() as connection:
        raise_generation(connection, ref, debounce=90.0, max_wait=600.0)
        before = connection.execute(select(ticket.c.generation, ticket.c.due)).one()
    say(client, site, issue, "unmeasured-quality", "ignored")
    with store.reading() as connection:
        assert connection.execute(select(ticket.c.generation, ticket.c.due)).one() == before


def test_who_neither_wrote_nor_works_on_it_leaves_nothing_out(client, site, jira, store):
    issue = jira.create_issue("A title")
    assert opened(client, site, FINDINGS, **about(issue, SOMEBODY)).json["may_ignore"] is False
    assert say(client, site, issue, "unmeasured-quality", "ignored", person=SOMEBODY).status_code == 403
    assert say(client, site, issue, "unmeasured-quality", "ignored", person="").status_code == 403
    with store.reading() as connection:
        assert connection.execute(select(opinion)).all() == []


def test_what_would_pass_is_what_the_comment_says_once_a_rule(client, site, jira, engine):
    issue = jira.create_issue("A title")
    passes = Suggestion("Say instead:", "done within ⟨n⟩ seconds")
    engine.answer = replace(review(found(), found()), suggestions=frozen({found().rule: passes}))
    told = opened(client, site, FINDINGS, **about(issue)).json
    assert engine.suggested
    assert [one["suggestion"] for one in told["review"]["findings"]] == [
        {"lead": "Say instead:", "text": "done within ⟨n⟩ seconds", "block": False},
        None,
    ]


def test_what_was_decided_about_the_comment_is_told_with_its_reason(client, site, jira, engine, store):
    issue = jira.create_issue("A title")
    engine.answer = review(found())
    record(store, site, issue, review(found()))
    with store.writing() as connection:
        row = connection.execute(select(ticket.c.id)).scalar_one()
        for action, reason in ((Action.POST, "there is something to say"), (Action.UPDATE, "the text changed")):
            record_decision(connection, row, review_id=None, action=action, reason=reason)
    assert opened(client, site, FINDINGS, **about(issue)).json["said"] == {
        "action": "update",
        "reason": "the text changed",
    }


def test_it_tells_that_the_author_is_still_writing_until_somebody_looks(make_app, keys, jira, engine, store):
    client = make_app(base_url=BASE, connect=ConnectApp(keys.url), debounce_seconds=90.0).test_client()
    site = Site(keys, BASE, jira=jira.url)
    jira.secret = site.secret
    assert site.install(client).status_code == 204
    issue = jira.create_issue("A title")
    engine.answer = review(found())
    ref = TicketRef("jira", site_name("connect", site.client_key), issue, f"DEMO-{issue}")
    with store.writing() as connection:
        raise_generation(connection, ref, debounce=90.0, max_wait=600.0)
    told = opened(client, site, FINDINGS, **about(issue)).json["said"]
    assert told["action"] == "silence"
    assert re.fullmatch(r"the author is still writing; last edit \d+ seconds? ago", told["reason"])
    with store.writing() as connection:
        connection.execute(ticket.update().values(done_generation=ticket.c.generation))
    assert opened(client, site, FINDINGS, **about(issue)).json["said"] is None


def test_who_runs_the_project_leaves_a_rule_out(client, site, jira, engine):
    issue = jira.create_issue("A title")
    jira.roles["Administrators"] = ["group:leads"]
    jira.groups[SOMEBODY] = ["leads"]
    engine.answer = review(found())
    assert opened(client, site, FINDINGS, **about(issue, SOMEBODY)).json["may_ignore"] is True
    told = say(client, site, issue, "unmeasured-quality", "ignored", person=SOMEBODY).json
    assert [one["rule"] for one in told["ignored"]] == ["unmeasured-quality"]


def test_another_sites_page_cannot_speak_for_somebody(client, site, jira):
    issue = jira.create_issue("A title")
    body = {"rule": "vague-words", "kind": "not-useful", "on": True}
    assert client.post(OPINION, json=body).status_code == 401
    headers = site.signed("POST", OPINION, **about(issue))
    form = client.post(OPINION, data=body, headers=headers)
    assert form.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"rule": "x"},
        {"rule": "X Y", "kind": "ignored", "on": True},
        {"rule": "x", "kind": "y", "on": True},
    ],
)
def test_an_opinion_that_is_none_is_refused(client, site, jira, body):
    headers = site.signed("POST", OPINION, **about(jira.create_issue("A title")))
    assert client.post(OPINION, json=body, headers=headers).status_code == 400


def test_a_command_in_a_comment_and_the_panel_say_the_same(client, site, jira, engine):
    issue = jira.create_issue("A title")
    rule = "unmeasured-quality"
    words = f"/clarity ignore {rule} because we agreed on it"
    content = [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]
    jira.add_comment(issue, {"type": "doc", "version": 1, "content": content})
    told = opened(client, site, FINDINGS, **about(issue)).json
    [one] = told["ignored"]
    assert (one["rule"], one["reason"], one["here"]) == (rule, "we agreed on it", False)


# How it did before, and how a project does.


def record(store, site, issue, told, project="DEMO"):
    """As a worker would after a webhook."""
    from datetime import UTC, datetime

    from service.store.opinions import ticket_id
    from service.store.recording import record_review
    from service.ticket import Snapshot, Ticket

    ref = TicketRef("jira", site_name("connect", site.client_key), issue, f"{project}-{issue}")
    now = datetime.now(UTC)
    with store.writing() as connection:
        raise_generation(connection, ref, debounce=0, max_wait=0)
        row = ticket_id(connection, ref)
        snapshot = Snapshot(Ticket(issue, "", project=project), ref.key, "", now, now, None)
        record_review(connection, row, 1, found=told, snapshot=snapshot, policy="p", author="")


def test_what_changed_since_the_last_edit(client, site, jira, engine, store):
    issue = jira.create_issue("A title")
    record(store, site, issue, review(found(), found("vague-words"), score=60, text_hash="before"))
    engine.answer = review(found("no-criteria"), score=80, passed={"vague-words": "the vague words"})
    record(store, site, issue, engine.answer)
    assert opened(client, site, FINDINGS, **about(issue)).json["before"] == {
        "score": 60,
        "mended": ["the vague words"],
        "new": ["no criteria"],
    }


def test_a_project_shows_how_its_tickets_stand(client, site, store):
    for issue, score in (("1", 40), ("2", 90), ("3", 94)):
        record(store, site, issue, review(found(), score=10, text_hash="old"))
        record(store, site, issue, review(*([found("no-criteria")] if score < 50 else []), score=score))
    record(store, site, "4", review(found("elsewhere"), score=1), project="OTHER")
    page = opened(client, site, "/connect/project?project=DEMO").text
    assert "3 tickets scored. Half of them score 90 of 100 or more." in page
    assert "no criteria" in page
    assert "unmeasured quality" not in page
    assert "elsewhere" not in page
    nothing = opened(client, site, "/connect/project?project=NONE").text
    assert "No ticket of this project has been scored yet" in nothing


def test_a_project_shows_its_own_trends(client, site, store):
    here = {"tracker": "jira", "site": site_name("connect", site.client_key)}
    with store.writing() as connection:
        for n, project in enumerate(["DEMO"] * 12 + ["OTHER"] * 12 + ["FEW"] * 2):
            at = time.time() - 86_400
            given = {"at": at, "text_changed": at, "author": AUTHORS[n % 6], "text_hash": str(n), "score": 40 + n}
            add_review(connection, add_ticket(connection, str(n), project, **here), project=project, **given)
    while recount(store):
        pass
    page = opened(client, site, "/connect/project?project=DEMO")
    assert "12 tickets by 6 people" in page.text
    assert page.text.count('<div data-picture="clarity"></div>') == 1  # its one chart, which takes time to draw
    assert "data:image" not in page.text
    drawn = with_token(client, token_in(page), url=TRENDS).json["html"]
    assert drawn.count("data:image/svg+xml;base64,") == 2  # in both themes
    assert "Only 12 tickets were scored in this time" in page.text
    assert "Too few people" in opened(client, site, "/connect/project?project=FEW").text
    assert "<h2 id" not in opened(client, site, "/connect/project", qsh="context-qsh").text
    told = with_token(client, token_in(page), url=f"{TRENDS}?kind=bug&project=OTHER&period=4")
    assert "Nothing to show yet" in told.json["html"]
    assert "12 tickets by 6 people" in with_token(client, told.json["token"], url=TRENDS).json["html"]
    assert client.get(TRENDS).status_code == 401
    assert opened(client, site, TRENDS, qsh="context-qsh").status_code == 403
    assert opened(client, site, f"{TRENDS}?project=DEMO").status_code == 403


def test_a_projects_name_is_escaped(client, site):
    url = "/connect/project?project=%3Cscript%3Ealert(1)%3C/script%3E"
    page = opened(client, site, url)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_the_admins_page_says_how_it_stands(client, site, jira):
    page = opened(client, site, "/connect/admin").text
    assert jira.url in page
    assert BASE in page
    assert site.secret not in page
