"""Tokens by consent, renewed by one process at a time, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.oauth.bearer import Bearer
from service.oauth.grants import Tokens, keep
from service.oauth.providers import NotGranted, providers
from service.settings import Settings
from service.store import Store
from service.store.grants import release_grant
from service.trackers.base import TrackerError, Unreachable
from tests.fakes.http import Faults
from tests.oauth.conftest import grants
from tests.store.conftest import KEY, postgres_url, sqlite_url, store, url

__all__ = ["postgres_url", "sqlite_url", "store", "url"]


@pytest.fixture
def settings(url, tmp_path, changes):
    return Settings(url, tmp_path, secret_key=KEY, **changes)


@pytest.fixture
def grant(consent, store, settings):
    def make(seconds):
        consent.seconds = seconds
        told = consent._made("")
        provider = providers(settings)["jira"]
        return provider, keep(store, "jira", Tokens.told(told, time.time(), provider.scopes))

    return make


def test_a_token_that_is_good_is_used_as_it_is(store, consent, grant):
    provider, name = grant(3600)
    bearer = Bearer(store, provider, name)
    assert bearer.token() == bearer.token()
    assert consent.renewals == 0


def test_of_many_processes_one_renews(url, consent, grant):
    provider, name = grant(1)
    consent.seconds, consent.latency = 3600, 0.3
    stores = [Store(url, KEY) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        tokens = set(pool.map(lambda own: Bearer(own, provider, name).token(), stores))
    for own in stores:
        own.close()
    assert (len(tokens), consent.renewals) == (1, 1)


def test_a_refresh_token_is_spent_and_the_next_one_kept(store, consent, grant):
    provider, name = grant(1)
    first = Bearer(store, provider, name).token()
    second = Bearer(store, provider, name).token()
    assert first != second
    assert consent.renewals == 2
    assert len(consent.refresh) == 1


@pytest.mark.parametrize(
    ("refusal", "sentence", "how", "kept"),
    [
        ("invalid_grant", "connect it again", (True, "site"), False),
        ("unauthorized_client", "connect it again", (True, "site"), False),
        ("invalid_client", "Is CLARITY_OAUTH_JIRA_CLIENT_SECRET the secret", (True, "site"), True),
        ("temporarily_unavailable", "answered temporarily_unavailable", (False, "ticket"), True),
    ],
)
def test_what_is_granted_is_forgotten_only_where_it_has_ended(store, consent, grant, refusal, sentence, how, kept):
    provider, name = grant(1)
    consent.refusal = refusal
    for _ in range(2):
        with pytest.raises(TrackerError, match=sentence) as error:
            Bearer(store, provider, name).token()
        assert (error.value.permanent, error.value.pauses) == how
    assert bool(grants(store)) is kept
    consent.refusal = ""
    if kept:
        assert Bearer(store, provider, name).token()


@pytest.mark.parametrize("refused", [False, True], ids=["renewed late", "refused late"])
def test_a_lease_that_ended_spoils_nothing_that_another_process_wrote(store, consent, grant, refused):
    provider, name = grant(1)
    consent.seconds = 3600

    class Slow:
        """Meanwhile the lease ends, and another process renews."""

        name, tracker = provider.name, provider.tracker

        def renewed(self, refresh_token):
            with store.writing() as connection:
                release_grant(connection, name)
            self.others = Bearer(store, provider, name).token()
            if refused:
                raise NotGranted("spent")
            return consent._made("")

    slow = Slow()
    assert Bearer(store, slow, name).token() == slow.others == Bearer(store, provider, name).token()


def test_a_provider_that_is_down_is_asked_again(store, consent, grant):
    provider, name = grant(1)
    consent.faults = Faults(broken=1.0)
    with pytest.raises(Unreachable):
        Bearer(store, provider, name).token()
    consent.faults = Faults()
    assert Bearer(store, provider, name).token()
