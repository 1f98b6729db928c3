"""Tenants: each a site of its own, opened with its own secret, and forgotten with it."""

from pathlib import Path

import pytest

from service.catchup import catch_up
from service.settings import JiraSite, Secret, Settings
from service.store import Store
from service.tenants import CONNECT, FORGE, Tenants, is_tenant
from service.ticket import Kind
from service.trackers import registry
from service.trackers.base import TrackerError
from tests.fakes.jira_server import FakeJira
from tests.store.conftest import KEY, store, url

__all__ = ["store", "url"]


@pytest.fixture
def tenants(store):
    return Tenants(store)


@pytest.fixture
def settings(url):
    return Settings(url, Path(), secret_key=KEY)


def test_a_tenant_is_found_by_its_own_name_and_by_its_site(tenants):
    site = tenants.installed(CONNECT, "one", "https://one.atlassian.net", "its secret")
    found = tenants.find(CONNECT, "one")
    assert found == tenants.at(site)
    assert (found.site, found.base_url, found.secret, found.app) == (
        site,
        "https://one.atlassian.net",
        "its secret",
        CONNECT,
    )
    assert "its secret" not in repr(found)
    assert tenants.find(CONNECT, "two") is None
    assert tenants.find(FORGE, "one") is None


def test_no_site_in_the_settings_can_be_taken_for_a_tenant(tenants):
    assert is_tenant(tenants.installed(CONNECT, "one", "https://one.atlassian.net", "its secret"))
    assert not any(is_tenant(name) for name in ("default", "connect-one"))


def test_what_settings_say_of_a_jira_holds_for_it_as_a_tenant(tenants, store, settings):
    from dataclasses import replace

    known = JiraSite(
        "x", "https://one.atlassian.net", types={"Wunsch": Kind.STORY}, fields={"customfield_1": "steps"}
    )
    settings = replace(settings, jira={"x": known})
    tenants.installed(CONNECT, "one", "https://one.atlassian.net/", "its secret")
    tenants.installed(CONNECT, "two", "https://two.atlassian.net", "its secret")
    one, two = (registry.tenant_site(settings, tenants.find(CONNECT, name)) for name in ("one", "two"))
    assert (one.types, one.fields) == (known.types, known.fields)
    assert (two.types, two.fields) == ({}, {})
    read = {name for _, name in registry.all_sites(settings, store)}
    assert read == {one.name, two.name, registry.LOCAL[1]}, "and it is not gone through a second time"


def test_a_tenant_is_opened_anew_when_its_secret_changes_and_not_at_all_when_it_is_gone(tenants, settings, store):
    opened = registry.opener(settings, store)
    site = tenants.installed(CONNECT, "one", "https://one.atlassian.net", "its secret")
    first = opened("jira", site)
    assert opened("jira", site) is first
    assert (first.name, first.site) == ("jira", site)
    tenants.installed(CONNECT, "one", "https://one.atlassian.net", "another secret")
    assert opened("jira", site) is not first
    tenants.enabled(site, enabled=False)
    with pytest.raises(TrackerError, match="does not let us work"):
        opened("jira", site)
    tenants.enabled(site, enabled=True)
    tenants.uninstalled(CONNECT, "one")
    with pytest.raises(TrackerError, match="uninstalled"):
        registry.open_tracker(settings, store, "jira", site)


def test_every_night_what_changed_at_a_tenant_is_found(tenants, settings, store):
    with FakeJira() as jira:
        jira.secret = "its secret, which is long enough for it"
        site = tenants.installed(CONNECT, "one", jira.url, jira.secret)
        off = tenants.installed(CONNECT, "two", jira.url, "another secret")
        tenants.enabled(off, enabled=False)
        jira.create_issue("A title")
        [found] = catch_up(store, settings)
    assert (found.tracker, found.site, found.changed, found.missed, found.error) == ("jira", site, 1, 1, "")


def test_its_secret_is_encrypted_anew_with_all_others(tenants, store, url):
    tenants.installed(CONNECT, "one", "https://one.atlassian.net", "its secret")
    new = Secret("another key of thirty-two characters or more")
    assert Store(url, new, KEY).reseal() >= 1
    assert Tenants(Store(url, new)).find(CONNECT, "one").secret == "its secret"
