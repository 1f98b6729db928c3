"""One's own progress in the panel of a Connect app: the account that Jira signed decides, and nothing else."""

import pytest
from sqlalchemy import select

from service.reports.drawing import Drawing
from service.store.choices import is_coached
from service.store.schema import response
from service.store.tenants import site_name
from service.tenants import CONNECT
from tests.fakes.connect import Site
from tests.fakes.jira_server import AUTHOR
from tests.web.learning import learnt
from tests.web.test_connect_pages import BASE, SOMEBODY, about, client, jira, keys, site

__all__ = ["client", "jira", "keys", "site"]

MINE = "/connect/panel/mine"


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch):
    """Pictures take a process each."""
    monkeypatch.setattr(Drawing, "pictures", lambda self, specs: dict.fromkeys(specs, "<svg/>"))


def in_connect(client, site, method="get", person=AUTHOR, url=MINE, json=None, **claims):
    headers = site.signed(method.upper(), url, **about("10001", person, **claims))
    return getattr(client, method)(url, headers=headers, **({"json": json} if json is not None else {}))


def test_in_connect_the_signed_account_decides(client, site, store):
    learnt(store, site_name(CONNECT, site.client_key), AUTHOR, "no-benefit")
    for address in (MINE, f"{MINE}?person={AUTHOR}", f"{MINE}?sub={AUTHOR}"):
        assert "Comments told you of one point" in in_connect(client, site, url=address).json["html"]
        assert "nothing to learn" in in_connect(client, site, person=SOMEBODY, url=address).json["html"]


def test_in_connect_nobody_is_refused(client, site, store):
    learnt(store, site_name(CONNECT, site.client_key), AUTHOR, "no-benefit")
    assert in_connect(client, site, person=None).status_code == 403
    assert client.get(MINE).status_code == 401
    assert in_connect(client, site, secret="a secret that nobody shares with us").status_code == 401
    posted = in_connect(client, site, "post", json={"choice": "coaching", "on": False, "person": AUTHOR})
    assert posted.status_code == 400


def test_in_connect_the_same_account_elsewhere_is_another(client, site, keys, jira, store):
    """Atlassian's account ids are the same at every site; what one site learnt of somebody stays there."""
    learnt(store, site_name(CONNECT, site.client_key), AUTHOR, "no-benefit")
    other = Site(keys, BASE, jira=jira.url, name="two")
    assert other.install(client).status_code == 204
    assert "nothing to learn" in in_connect(client, other).json["html"]
    assert in_connect(client, other, "post", json={"choice": "coaching", "on": False}).status_code == 200
    assert "Comments told you of one point" in in_connect(client, site).json["html"]


def test_in_connect_choices_are_kept(client, site, store):
    person = learnt(store, site_name(CONNECT, site.client_key), AUTHOR, "no-benefit")
    told = in_connect(client, site, "post", json={"choice": "coaching", "on": False}).json["html"]
    assert "Coaching: off." in told
    with store.reading() as connection:
        assert not is_coached(connection, [person])
        assert connection.execute(select(response.c.person)).scalars().all() == [""] * 4
