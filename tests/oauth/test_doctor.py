"""What `clarity doctor` says of sites connected by consent."""

import time
from dataclasses import replace

import pytest

from service.diagnosis import State
from service.doctor import examine
from service.oauth.hooks import see_to
from service.oauth.providers import providers
from service.settings import JiraSite, Secret, Settings
from service.tenants import LINEAR_OAUTH, Tenants
from tests.fakes.oauth_server import SECRET
from tests.oauth.conftest import let_in
from tests.store.conftest import KEY, store
from tests.store.conftest import sqlite_url as url

__all__ = ["store", "url"]

DAY = 86_400_000


@pytest.fixture
def settings(url, tmp_path, changes):
    return Settings(url, tmp_path, secret_key=KEY, **changes | {"base_url": "https://clarity.example"})


@pytest.fixture
def jira(consent, store, settings):
    fake = consent.add_site("one")
    (site,) = let_in(store, providers(settings)["jira"], consent)
    see_to(settings, store, site)
    return fake


@pytest.fixture
def looked(settings):
    def look(*, offline=False, **changes):
        return {check.name: check for check in examine(replace(settings, **changes), offline=offline)}

    return look


def test_sites_and_workspaces_that_are_well(consent, store, settings, jira, looked):
    consent.add_workspace("red")
    let_in(store, providers(settings)["linear"], consent)
    told = looked()
    assert told["one.atlassian.net grant"].said == "alive: Jira Cloud, signed in as A user"
    assert told["red grant"].said.startswith("alive: Linear workspace red")
    assert "is renewed each day" in told["one.atlassian.net webhook"].said
    ours = {name: check.state for name, check in told.items() if name.startswith(("one.", "red", "trackers"))}
    never = {"one.atlassian.net deliveries", "red deliveries"}
    assert {name for name, state in ours.items() if state is not State.WELL} == never
    assert {"one.atlassian.net scopes", "red scopes", "one.atlassian.net rights"} <= set(ours)
    for secret in (SECRET, *consent.access, *consent.refresh):
        assert secret not in repr(told)


def test_offline_nobody_is_asked(consent, jira, looked):
    before = len(consent.requests)
    assert looked(offline=True)["one.atlassian.net grant"].said.startswith("kept")
    assert len(consent.requests) == before


@pytest.mark.parametrize(
    ("change", "said", "advice"),
    [
        ({"expirationDate": int(time.time() * 1000) + 5 * DAY}, "ends on ", "Is it running?"),
        ({"url": "https://old.example"}, "sends elsewhere, or not all", "sees to it within a day"),
        ({"events": ["comment_created"]}, "sends elsewhere, or not all", "sees to it within a day"),
        (None, "none is registered", "CLARITY_BASE_URL has to be an https address"),
    ],
    ids=["ends soon", "elsewhere", "not all", "none"],
)
def test_when_a_webhook_ends_and_what_is_wrong_with_it(jira, looked, change, said, advice):
    if change is None:
        jira.hooks.clear()
    for hook in jira.hooks.values():
        hook.update(change)
    check = looked()["one.atlassian.net webhook"]
    assert (check.state, check.said.startswith(said), advice in check.advice) == (State.ODD, True, True)


def test_what_the_grant_is_not_good_for(consent, store, settings, looked):
    consent.granted = "read:jira-work read:jira-user write:jira-work"
    consent.add_site("one")
    let_in(store, providers(settings)["jira"], consent)
    check = looked(offline=True)["one.atlassian.net scopes"]
    assert (check.state, check.said) == (State.WRONG, "lacks manage:jira-webhook")
    assert "permissions at Atlassian. Connect it again on the page /oauth." in check.advice


def test_access_that_was_taken_back(consent, store, settings, jira, looked):
    consent.add_workspace("red")
    let_in(store, providers(settings)["linear"], consent)
    Tenants(store).uninstalled(LINEAR_OAUTH, "red")
    consent.revoke()
    first, second = looked(), looked()
    assert "refused our token (401)" in first["one.atlassian.net grant"].said
    assert second["one.atlassian.net grant"].said == "the access was taken back, or has ended"
    for name, state in (("one.atlassian.net grant", State.WRONG), ("red grant", State.ODD)):
        assert (second[name].state, second[name].advice) == (state, "Connect it again on the page /oauth.")


def test_an_app_that_settings_name_no_more_and_one_without_a_secret(consent, jira, looked):
    assert "CLARITY_OAUTH_JIRA_CLIENT_ID" in looked(oauth={})["one.atlassian.net grant"].advice
    bare = {"linear": replace(consent.app(), webhook_secrets=())}
    assert looked(oauth=bare)["linear app webhook"].state is State.WRONG


def test_a_jira_that_was_connected_in_two_ways(jira, looked):
    site = JiraSite("shop", "https://one.atlassian.net/", "bot@team.example", Secret("token"))
    hooked = replace(site, webhook_secrets=(Secret("a secret for deliveries"),))
    check = looked(offline=True, jira={"shop": hooked})["one.atlassian.net twice"]
    assert (check.state, "named shop in the settings" in check.said) == (State.ODD, True)
    told = looked(offline=True, jira={"shop": site})
    assert "one.atlassian.net twice" not in told
    assert "jira shop webhook" not in told, "without a webhook it only says what types and fields mean"


def test_a_key_that_does_not_fit_is_told_by_the_database_alone(store, jira, looked):
    store.unlock()
    told = looked(secret_key=type(KEY)("another key of thirty-two characters"))
    assert told["database"].state is State.WRONG
    assert "one.atlassian.net grant" not in told
