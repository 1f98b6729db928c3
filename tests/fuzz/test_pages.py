"""Every page of a sample's, whatever its address asks for: no 5xx, and nothing of it comes alive."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.app import create_app
from service.demo.filling import fill
from service.inbox import Inbox
from service.rulebook import load
from service.settings import Settings
from service.store import Store
from tests.fuzz.examples import examples
from tests.store.conftest import KEY
from tests.web.conftest import Engine

PAGES = ["/trends/", "/trends/tickets", "/trends/clarity.csv", "/trends/found.csv", "/rules/", "/rules/no-role"]
PAGES += [
    "/",
    "/login",
    "/me/",
    "/teams/",
    "/operations",
    "/oauth",
    "/oauth/jira/callback",
    "/leave/x",
    "/nowhere",
]
OURS = "tracker site project team kind period since rule measure from days skip theme v next code state error jwt"
FLASKS = "endpoint _scheme _external _anchor _method values self"
ALIVE = "<script>alert(1)</script>"
VALUES = st.one_of(
    st.text(max_size=8),
    st.integers().map(str),
    st.dates().map(str),
    st.sampled_from([ALIVE, f"\"'>{ALIVE}", "SHOP", "story", "jira", "sample", "no-role", "score", "52", "4"]),
    st.sampled_from(["9999-12-31", "0001-01-01", "\0", "\r\nX: y", "//evil.example", "javascript:alert(1)"]),
)
ASKED = st.dictionaries(
    st.one_of(st.sampled_from(OURS.split()), st.sampled_from(FLASKS.split())), VALUES, max_size=4
)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('pages')}/clarity.db"
    told, store = Settings(url, Path(), secret_key=KEY), Store(url, KEY)
    fill(store, load())
    inbox = Inbox(store, told)
    yield create_app(told, store, inbox, Engine()).test_client()
    inbox.stop()
    store.close()


@pytest.mark.parametrize("page", PAGES)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=ASKED)
def test_no_address_breaks_a_page(client, page, asked):
    answer = client.get(page, query_string=asked, headers={"Accept": "text/html"})
    assert answer.status_code < 500
    assert ALIVE not in answer.text or answer.mimetype == "text/csv"
    assert not re.search(r'(?:href|src|action)="(?:javascript:|//)', answer.text)
    assert "evil.example" not in answer.headers.get("Location", "")
