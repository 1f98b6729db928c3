from urllib.parse import parse_qs, urlsplit

import pytest

from service.oauth.installing import install
from tests.fakes.oauth_server import FakeConsent


@pytest.fixture
def consent():
    with FakeConsent() as fake:
        yield fake


@pytest.fixture
def changes(consent):
    return {"oauth": {"jira": consent.app(), "linear": consent.app()}, "base_url": "http://localhost"}


def grants(store):
    """What is kept sealed of grants."""
    with store.reading() as connection:
        return connection.exec_driver_sql("SELECT value FROM secret WHERE name LIKE 'grant:%%'").all()


def let_in(store, provider, consent):
    """An admin consents, without the page; the names of the sites."""
    address, _, verifier = provider.consent("http://localhost/back")
    (code,) = parse_qs(urlsplit(consent.agree(address)).query)["code"]
    return install(store, provider, code, verifier, "http://localhost/back")
