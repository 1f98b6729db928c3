"""An admin lets us in, deliveries come, tokens are renewed, and access is taken back: over real HTTP."""

import html
import os
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from service.audit.sources import Search
from service.cli import main
from service.oauth.hooks import EVENTS, see_to, see_to_all
from service.oauth.providers import ProviderDown, providers
from service.settings import Secret, Settings, load, prepare
from service.store import Store
from service.tenants import Tenants
from service.trackers import outgoing
from service.trackers.base import TrackerError
from service.trackers.registry import all_sites, open_searchable, open_tracker, site_named
from tests.fakes import linear_deliveries
from tests.fakes.http import Faults
from tests.fakes.oauth_server import HOOK_SECRET, FakeConsent, delivered, revoked
from tests.oauth.conftest import grants, let_in
from tests.store.conftest import KEY, store
from tests.store.conftest import sqlite_url as url
from tests.web.conftest import TOKEN, engine, make_app

__all__ = ["engine", "make_app", "store", "url"]

VIEWER = Secret("a token for those who may see")


@pytest.fixture
def settings(url, tmp_path, changes):
    return Settings(url, tmp_path, secret_key=KEY, **changes)


@pytest.fixture
def admin(make_app, changes):
    return make_app(**changes).test_client()


def asked(client, tracker):
    """The address that an admin is sent to."""
    page = client.post(f"/oauth/{tracker}").text
    return html.unescape(re.search(r'href="(http[^"]+)"', page)[1])


def connect(client, consent, tracker="jira"):
    return client.get(consent.agree(asked(client, tracker)))


def sites(store):
    return Tenants(store).sites()


def test_consent_is_asked_for_with_a_state_and_a_challenge(admin):
    told = {name: values[0] for name, values in parse_qs(urlsplit(asked(admin, "jira")).query).items()}
    assert (told["response_type"], told["code_challenge_method"]) == ("code", "S256")
    assert (told["audience"], told["prompt"]) == ("api.atlassian.com", "consent")
    assert {"offline_access", "manage:jira-webhook", "write:jira-work"} <= set(told["scope"].split())
    assert told["redirect_uri"] == "http://localhost/oauth/jira/callback"
    assert len(told["state"]) >= 20
    linear = {name: values[0] for name, values in parse_qs(urlsplit(asked(admin, "linear")).query).items()}
    assert (linear["actor"], linear["scope"]) == ("app", "read,write")
    assert linear["state"] != told["state"]


def test_a_jira_is_connected_read_and_hooked(admin, consent, store, settings):
    jira = consent.add_site("one")
    ticket_id = jira.create_issue("Pay by invoice", "It should be fast.")
    answer = connect(admin, consent)
    assert (answer.status_code, "1 site is connected" in answer.text) == (200, True)
    (site,) = sites(store)
    assert ("jira", site) in list(all_sites(settings, store))
    tracker = open_tracker(settings, store, "jira", site)
    read = tracker.fetch(ticket_id)
    assert (read.ticket.title, read.url) == ("Pay by invoice", f"https://one.atlassian.net/browse/{read.key}")
    assert tracker.check().startswith("Jira Cloud")
    (hook,) = jira.hooks.values()
    assert hook["url"] == "http://localhost/oauth/webhooks/jira"
    assert "comment_created" in hook["events"]
    assert "one.atlassian.net" in admin.get("/oauth").text


def test_tokens_are_kept_sealed(admin, consent, store):
    consent.add_site("one")
    connect(admin, consent)
    with store.reading() as connection:
        kept = b"".join(bytes(row[0]) for row in connection.exec_driver_sql("SELECT value FROM secret"))
    assert consent.access
    assert not any(token.encode() in kept for token in (*consent.access, *consent.refresh))


def test_several_sites_and_workspaces_at_once(admin, consent, store, settings):
    for name in ("one", "two"):
        consent.add_site(name)
    assert "2 sites are connected" in connect(admin, consent).text
    tickets = {}
    for name in ("red", "blue"):
        tickets[name] = consent.add_workspace(name).create_issue(f"Pay in {name}", "")
        assert connect(admin, consent, "linear").status_code == 200
    known = dict.fromkeys(sites(store))
    assert len(known) == 4
    linear = [(tracker, site) for tracker, site in all_sites(settings, store) if tracker == "linear"]
    titles = set()
    for tracker, site in linear:
        tenant = Tenants(store).at(site)
        titles.add(open_tracker(settings, store, tracker, site).fetch(tickets[tenant.client_key]).ticket.title)
    assert titles == {"Pay in red", "Pay in blue"}


def test_what_let_us_in_can_be_audited_by_the_name_people_know(admin, consent, store, settings):
    titles = {}
    for name in ("one", "two"):
        consent.add_site(name).create_issue(f"Pay in {name}", "")
    connect(admin, consent)
    consent.add_workspace("red").create_issue("Pay in red", "")
    connect(admin, consent, "linear")
    asked = (("jira", "one.atlassian.net", "project = DEMO"), ("jira", "two.atlassian.net", "project = DEMO"))
    for tracker, name, query in (*asked, ("linear", "", "DEMO")):
        opened = open_searchable(settings, store, tracker, site_named(settings, store, tracker, name))
        titles[name] = [one.ticket.title for one in Search(opened, query).entries("")]
    assert titles == {
        "one.atlassian.net": ["Pay in one"],
        "two.atlassian.net": ["Pay in two"],
        "": ["Pay in red"],
    }
    with pytest.raises(TrackerError, match=r"no Jira named “default” here\..*: one\.atlassian\.net, two\.atl"):
        site_named(settings, store, "jira", "")


@pytest.mark.parametrize("words", [["audit", "--jql", "project = DEMO", "--processes", "1"], ["reconcile"]])
def test_commands_open_what_the_service_sealed_under_its_kept_key(tmp_path, consent, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    app = consent.app()
    told = {"client_id": app.client_id, "client_secret": app.client_secret, "auth_url": app.auth_url}
    for name, value in (told | {"api_url": app.api_url}).items():
        monkeypatch.setenv(f"CLARITY_OAUTH_JIRA_{name.upper()}", str(value))
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path))
    served = prepare(load(os.environ))
    kept, provider = Store.of(served), providers(served)["jira"]
    kept.migrate()
    consent.add_site("one").create_issue("Pay by invoice", "It should be fast.")
    let_in(kept, provider, consent)
    kept.close()
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "1 ticket, 1 scored" in done.output or "1 changed since" in done.output


def test_consent_again_keeps_the_site_and_renews_the_webhook(admin, consent, store):
    jira = consent.add_site("one")
    connect(admin, consent)
    before = sites(store)
    connect(admin, consent)
    assert sites(store) == before
    assert len(grants(store)) == 1, "what was granted before is forgotten"
    assert len(jira.hooks) == 1
    assert jira.renewed == list(jira.hooks)


# Who may, and what can go wrong.


def test_a_consent_that_was_not_asked_for_is_refused(admin, consent, store):
    consent.add_site("one")
    path = consent.agree(asked(admin, "jira"))
    assert admin.get(path.replace("state=", "state=x")).status_code == 403
    assert admin.get(path).status_code == 403, "the state is good for one answer, a wrong one too"
    assert admin.get("/oauth/jira/callback?code=x&state=").status_code == 403
    assert sites(store) == []


def test_a_state_of_one_provider_is_none_for_the_other(admin, consent, store):
    consent.add_site("one")
    path = consent.agree(asked(admin, "jira"))
    assert admin.get(path.replace("/jira/", "/linear/")).status_code == 403
    assert sites(store) == []


def test_only_an_admin_may_begin_and_end_it(make_app, consent, changes, store):
    consent.add_site("one")
    app = make_app(dashboard_token=TOKEN, viewer_token=VIEWER, **changes)
    viewer = {"Authorization": f"Bearer {VIEWER}"}
    assert app.test_client().post("/oauth/jira", headers=viewer).status_code == 403
    assert app.test_client().get("/oauth/jira/callback?code=x&state=y", headers=viewer).status_code == 403
    assert app.test_client().post("/oauth/jira").status_code == 401
    admin = app.test_client()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    page = admin.post("/oauth/jira", headers=bearer).text
    path = consent.agree(html.unescape(re.search(r'href="(http[^"]+)"', page)[1]))
    assert admin.get(path, headers=viewer).status_code == 403
    assert sites(store) == []
    assert admin.get(path, headers=bearer).status_code == 200


def test_who_does_not_consent_changes_nothing(admin, consent, store):
    state = parse_qs(urlsplit(asked(admin, "jira")).query)["state"][0]
    answer = admin.get(f"/oauth/jira/callback?error=access_denied&state={state}")
    assert (answer.status_code, "Nothing was changed" in answer.text) == (403, True)
    assert sites(store) == []


def test_a_code_that_is_spent_or_foreign_is_refused(admin, consent, store):
    consent.add_site("one")
    path = consent.agree(asked(admin, "jira"))
    consent.codes.clear()
    answer = admin.get(path)
    assert (answer.status_code, "Atlassian refused: invalid_grant" in answer.text) == (403, True)
    assert sites(store) == []


def test_a_provider_that_is_down_is_told(admin, consent):
    path = consent.agree(asked(admin, "jira"))
    consent.faults = Faults(broken=1.0)
    assert admin.get(path).status_code == 503


def test_no_redirect_takes_our_secret_to_another_address(admin, consent, settings, store):
    path = consent.agree(asked(admin, "jira"))
    with FakeConsent() as inner:
        consent.elsewhere = f"{inner.url}/oauth/token"
        assert admin.get(path).status_code == 503
        with pytest.raises(ProviderDown):
            providers(settings)["jira"].renewed("a refresh token")
        assert inner.requests == []
    assert sites(store) == []


def test_tokens_that_swell_are_not_read(consent, settings, monkeypatch):
    monkeypatch.setattr(outgoing, "MOST_BYTES", 1_000)
    provider, told = providers(settings)["jira"], consent._made("")
    told = provider.renewed(told["refresh_token"])
    consent.granted = "read " * 1_000
    with pytest.raises(ProviderDown):
        provider.renewed(told["refresh_token"])


def test_a_consent_without_a_site_is_told(admin, consent, store):
    answer = connect(admin, consent)
    assert (answer.status_code, "named no site" in answer.text) == (503, True)
    assert sites(store) == []
    assert grants(store) == []


def test_without_an_app_the_page_says_what_to_set(make_app):
    client = make_app().test_client()
    assert "CLARITY_OAUTH_JIRA_CLIENT_ID" in client.get("/oauth").text
    assert client.post("/oauth/jira").status_code == 404
    assert client.post("/oauth/webhooks/jira", data=b"{}").status_code == 404


# Deliveries.


def send(client, delivery, tracker="jira"):
    return client.post(f"/oauth/webhooks/{tracker}", data=delivery.body, headers=dict(delivery.headers))


def test_a_delivery_says_where_it_comes_from(admin, consent, store):
    for name in ("one", "two"):
        consent.add_site(name)
    connect(admin, consent)
    for name in ("one", "two"):
        assert send(admin, delivered(name)).json == {"accepted": True, "note": ""}
    stranger = send(admin, delivered("three"))
    assert (stranger.status_code, stranger.json["accepted"]) == (200, False)
    with store.reading() as connection:
        told = connection.exec_driver_sql("SELECT site, external_id FROM ticket").all()
    assert sorted(site for site, _ in told) == sorted(sites(store))


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 200),
        ({"secret": "another secret, of thirty-two letters"}, 401),
        ({"seconds": -3600}, 401),
        ({"algorithm": "HS512"}, 401),
        ({"algorithm": "none", "secret": ""}, 401),
    ],
    ids=["good", "another secret", "ended", "another algorithm", "unsigned"],
)
def test_which_bearer_is_taken(admin, consent, options, status):
    consent.add_site("one")
    connect(admin, consent)
    assert send(admin, delivered("one", **options)).status_code == status


def test_without_a_bearer_nothing_is_read(admin, consent):
    assert admin.post("/oauth/webhooks/jira", data=b"{broken").status_code == 401


def test_a_workspace_delivers_and_takes_the_app_back(admin, consent, store):
    consent.add_workspace("red")
    connect(admin, consent, "linear")
    issue = {"type": "Issue", "action": "create", "data": {"id": "i-1"}, "organizationId": "red"}
    sent = linear_deliveries.signed(issue, secret=HOOK_SECRET)
    assert send(admin, sent, "linear").json["accepted"] is True
    assert send(admin, linear_deliveries.signed(issue, secret="another"), "linear").status_code == 401
    other = linear_deliveries.signed({**issue, "organizationId": "blue"}, secret=HOOK_SECRET)
    assert send(admin, other, "linear").json["accepted"] is False
    assert send(admin, revoked("red"), "linear").status_code == 200
    assert sites(store) == []
    assert grants(store) == []
    assert "connect it again" in admin.get("/oauth").text


# What ends.


def test_a_delivery_from_an_address_that_is_none_is_taken_for_nobodys(admin, consent):
    consent.add_site("one")
    connect(admin, consent)
    sent = delivered("[::1")
    body = sent.body.replace(b"https://[::1.atlassian.net", b"https://[::1")
    answer = admin.post("/oauth/webhooks/jira", data=body, headers=dict(sent.headers))
    assert (answer.status_code, answer.json["accepted"]) == (200, False)


def test_a_delivery_of_no_workspace_by_name_is_not_asked_for_again(admin):
    told = {"type": "Issue", "action": "create", "data": {"id": "one"}, "organizationId": ["acme"]}
    sent = linear_deliveries.signed(told, secret=HOOK_SECRET)
    answer = admin.post("/oauth/webhooks/linear", data=sent.body, headers=dict(sent.headers))
    assert (answer.status_code, "organizationId" in answer.json["error"]) == (400, True)


def test_a_token_refused_before_its_time_is_renewed_or_shows_that_access_was_taken_back(
    admin, consent, store, settings
):
    ticket_id = consent.add_site("one").create_issue("Pay", "")
    connect(admin, consent)
    tracker = open_tracker(settings, store, "jira", *sites(store))
    consent.access.clear()
    with pytest.raises(TrackerError, match=r"refused our token \(401\)") as error:
        tracker.fetch(ticket_id)
    assert (error.value.permanent, error.value.pauses) == (False, "site")
    assert tracker.fetch(ticket_id).ticket.title == "Pay"
    consent.revoke()
    for sentence in ("refused our token", "connect it again", "connect it again"):
        with pytest.raises(TrackerError, match=sentence):
            tracker.fetch(ticket_id)
    assert grants(store) == []


@pytest.mark.parametrize(
    "change", [{"url": "http://old.example/oauth/webhooks/jira"}, {"events": ["jira:issue_created"]}]
)
def test_a_webhook_that_is_not_right_any_more_makes_way_for_one_that_is(admin, consent, store, settings, change):
    jira = consent.add_site("one")
    connect(admin, consent)
    ((number, hook),) = jira.hooks.items()
    hook |= change
    assert list(see_to_all(settings, store)) == [(*sites(store), "")]
    ((made, hook),) = jira.hooks.items()
    assert made != number
    assert (hook["url"], set(hook["events"])) == ("http://localhost/oauth/webhooks/jira", set(EVENTS))


def test_webhooks_are_renewed_and_made_again_where_they_are_gone(admin, consent, store, settings):
    jira = consent.add_site("one")
    connect(admin, consent)
    (site,) = sites(store)
    assert list(see_to_all(settings, store)) == [(site, "")]
    assert jira.renewed == list(jira.hooks)
    jira.hooks.clear()
    assert see_to(settings, store, site) == 1
    assert len(jira.hooks) == 1
    assert "connect it again" not in admin.get("/oauth").text
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM secret WHERE name LIKE 'grant:%'")
    ((_, error),) = see_to_all(settings, store)
    assert "connect it again" in error
    assert "connect it again" in admin.get("/oauth").text
