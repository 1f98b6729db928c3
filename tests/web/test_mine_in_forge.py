"""One's own progress in the panel of a Forge app: the principal that Forge signed decides, and nothing else."""

import pytest

from service.reports.drawing import Drawing
from service.store.choices import is_spoken_to
from service.store.tenants import site_name
from service.tenants import FORGE
from tests.fakes.jira_server import AUTHOR
from tests.web.learning import learnt
from tests.web.test_connect_pages import SOMEBODY
from tests.web.test_forge import ask, client, forge, jira

__all__ = ["client", "forge", "jira"]


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch):
    """Pictures take a process each."""
    monkeypatch.setattr(Drawing, "pictures", lambda self, specs: dict.fromkeys(specs, "<svg/>"))


def test_in_forge_the_signed_principal_decides(client, forge, jira, store):
    person = learnt(store, site_name(FORGE, "ari:cloud:ecosystem::installation/one"), AUTHOR, "no-benefit")
    own = ask(client, forge, jira, "10001", {"show": "mine", "person": SOMEBODY})
    assert "Comments told you of one point" in own.json["html"]
    other = ask(client, forge, jira, "10001", {"show": "mine", "person": AUTHOR}, person=SOMEBODY)
    assert "nothing to learn" in other.json["html"]
    assert ask(client, forge, jira, "10001", {"show": "mine"}, person=None).status_code == 403
    off = {"choice": {"choice": "comments", "on": False}}
    assert "Comments on your tickets: off." in ask(client, forge, jira, "10001", off).json["html"]
    with store.reading() as connection:
        assert not is_spoken_to(connection, [person])
    wrong = {"choice": {"choice": "comments", "on": False, "person": SOMEBODY}}
    assert ask(client, forge, jira, "10001", wrong).status_code == 400
