"""The whole service as a Connect app: a site installs it, says that an issue was created, and gets its comment."""

import json

import pytest
import requests

from tests.fakes.connect import KeyServer, Site, created
from tests.fakes.jira_server import FakeJira
from tests.service import serving, until

TEXT = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "It should be user-friendly."}]}],
}
BASE = "https://clarity.team.example"


class Poster:
    """Posts as a Flask test client does."""

    def __init__(self, address):
        self.address = address

    def post(self, path, json=None, headers=None):
        return requests.post(self.address + path, json=json, headers=headers, timeout=10)


@pytest.fixture(scope="module")
def jiras():
    with FakeJira() as one, FakeJira() as two:
        yield one, two


@pytest.fixture(scope="module")
def keys():
    with KeyServer() as server:
        yield server


@pytest.fixture(scope="module")
def service(keys, tmp_path_factory):
    folder = tmp_path_factory.mktemp("connect")
    settings = {"base_url": BASE, "connect_keys_url": keys.url, "debounce_seconds": 0}
    with serving(folder, **settings) as address:
        yield address
    log = (folder / "service.log").read_text()
    for word in ("the shared secret of", "the second secret of", "user-friendly", "eyJ"):
        assert word not in log


def test_each_tenant_gets_its_own_comments_signed_for_its_own_jira(service, keys, jiras):
    for name, jira in zip(("one", "two"), jiras, strict=True):
        site = Site(keys, BASE, name, jira.url)
        jira.secret = site.secret
        assert site.install(Poster(service)).status_code == 204
        issue_id = jira.create_issue(f"As a user, I want export {name}", TEXT, issue_id="10001")
        commented(service, site, jira, issue_id)
    asked = [jira.requests[-1][3]["authorization"] for jira in jiras]
    assert all(header.startswith("JWT ") for header in asked)
    assert requests.get(f"{service}/connect/atlassian-connect.json", timeout=5).json()["baseUrl"] == BASE


def test_after_installing_again_the_new_secret_signs(service, keys, jiras):
    site, jira = Site(keys, BASE, "one", jiras[0].url), jiras[0]
    site.secret = jira.secret = "the second secret of one, long enough"
    assert site.install(Poster(service)).status_code == 204
    commented(service, site, jira, jira.create_issue("As a user, I want another export", TEXT))


def commented(service, site, jira, issue_id):
    body = created(issue_id, f"DEMO-{issue_id}")
    headers = site.signed("POST", "/connect/webhook")
    answer = requests.post(f"{service}/connect/webhook", data=body, headers=headers, timeout=10)
    assert answer.json() == {"accepted": True, "note": ""}
    until(lambda: len(jira.ours(issue_id)) == 1)
    assert "user-friendly" in json.dumps(jira.ours(issue_id)[0]["body"])
