"""What docs/security.md says and no other test shows; and that it names tests that exist."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from runpy import run_path

import pytest

from service.document import language
from service.settings import JiraSite, LinearSite, Secret, Settings
from service.trackers import registry
from service.trackers.base import Refused
from tests.fakes import jira_deliveries, linear_deliveries
from tests.needs import ROOT

THREATS = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", THREATS)
EVENT = {"webhookEvent": "jira:issue_created", "issue": {"id": "1", "key": "SHOP-1"}}
AUDIT = run_path(str(ROOT / ".ci" / "audit"), run_name="audit")
verdict, why = AUDIT["verdict"], AUDIT["why"]


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part)
def test_every_guard_named_is_a_test(path, name):
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_threat_names_its_guard():
    rows = re.findall(r"^\| (?!Threat|---)(.*?) \|.*?\| (.*?) \|$", THREATS, re.MULTILINE)
    assert len(rows) > 20
    assert [threat for threat, guards in rows if "::" not in guards] == []


def test_one_sites_secret_opens_no_other():
    jira = {
        name: JiraSite(name, f"https://{name}.example", webhook_secrets=(Secret(f"the secret of {name}"),))
        for name in ("one", "two")
    }
    linear = {"one": LinearSite("one", api_key=Secret("key"), webhook_secrets=(Secret("the secret of linear"),))}
    settings = Settings("sqlite:////unused.db", Path(), jira=jira, linear=linear)

    def deliver(tracker, site, secret):
        fake = {"jira": jira_deliveries, "linear": linear_deliveries}[tracker]
        body = EVENT if tracker == "jira" else {"type": "Issue", "action": "create", "data": {"id": "1"}}
        sent = fake.signed(body, secret=secret, site=site)
        return registry.receive(settings, tracker, sent, time.time())

    [event] = deliver("jira", "one", "the secret of one").events
    assert event.ref.site == "one"
    for tracker, site, secret in (
        ("jira", "two", "the secret of one"),
        ("jira", "one", "the secret of linear"),
        ("linear", "one", "the secret of one"),
    ):
        with pytest.raises(Refused) as refused:
            deliver(tracker, site, secret)
        assert refused.value.status == 401


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A copy of the model, which a test may damage."""
    copy = tmp_path_factory.mktemp("model") / "model"
    shutil.copytree(language.find(), copy)
    return copy


def test_a_model_as_published_is_taken(model):
    assert language.verify(model)


@pytest.mark.parametrize("name", language.PUBLISHED)
def test_a_model_with_one_byte_changed_is_refused(model, name):
    path = model / name
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    try:
        with pytest.raises(language.ModelError):
            language.verify(model)
    finally:
        path.write_bytes(whole)


def test_the_list_of_parts_names_every_dependency(tmp_path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^sbom:.*\n\t@\$\(BIN\)/python (.*)$", makefile, re.MULTILINE)[1]
    listed = tmp_path / "sbom.json"
    arguments = [str(listed) if word == "sbom.json" else word for word in recipe.split()]
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
    told = json.loads(listed.read_text())
    assert told["bomFormat"] == "CycloneDX"
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9][\w.\-]*)==([^\s;\\]+)", lock, re.MULTILINE)
    assert len(pins) > 50
    assert {(part["name"], part["version"]) for part in told["components"]} >= set(pins)


def test_an_audit_that_asked_nobody_is_no_audit():
    code, lines = verdict("")
    assert (code, lines[0][:12]) == (3, "NOT AUDITED:")
    skipped = {"name": "flask", "skip_reason": "not found"}
    assert verdict(json.dumps({"dependencies": [skipped]}))[0] == 3
    fine = {"name": "jira", "version": "3.10", "vulns": []}
    code, lines = verdict(json.dumps({"dependencies": [fine, skipped]}))
    assert (code, lines) == (0, ["flask could not be audited.", "1 of 2 dependencies audited: no known fault."])
    faulty = fine | {"vulns": [{"id": "CVE-1", "fix_versions": ["3.11"]}, {"id": "CVE-2", "fix_versions": []}]}
    code, lines = verdict(json.dumps({"dependencies": [faulty]}))
    assert code == 1
    assert lines[:2] == ["jira 3.10: CVE-1, mended in 3.11", "jira 3.10: CVE-2, mended in no version"]


def test_an_audit_that_could_not_ask_does_not_say_that_it_found_nothing():
    told = "WARNING: the service did not answer\nNo known vulnerabilities found, 105 skipped\n"
    assert why(told) == "WARNING: the service did not answer"
