"""The whole service, over HTTP: label and score follow a ticket's text, and a killed service leaves them right."""

import os
import signal

import pytest
import requests

from tests.conformance.test_running_service import WEAK, _adf
from tests.durability.running import Service
from tests.fakes import jira_deliveries
from tests.fakes.jira_server import EMAIL, TOKEN, strict
from tests.needs import shared
from tests.service import serving, until

NAME = "needs-clarity"
GOOD = (
    "The accountants need the month's invoices in the ledger, so that nobody types them in again.\n\n"
    "h2. Acceptance criteria\n\n"
    '* Given 1,000 invoices, when I choose "Export", then a file with 1,000 lines is saved within 10 seconds.\n'
    '* Given no invoices, when I choose "Export", then I see "Nothing to export".'
)
SETTINGS = """
[policy]
ready = 95
nearly = 90
label = "needs-clarity"
show_score = true
visible_to = "role:Developers"
"""


@pytest.fixture
def jira():
    with strict(shared("conformance")) as fake:
        yield fake
        assert fake.api.faults == []


@pytest.fixture
def settings(jira, tmp_path):
    (tmp_path / "clarity.toml").write_text(SETTINGS)
    return {
        "config": tmp_path / "clarity.toml",
        "jira_url": jira.url,
        "jira_email": EMAIL,
        "jira_api_token": TOKEN,
        "jira_webhook_secret": jira_deliveries.SECRET,
        "debounce_seconds": 0,
    }


def send(address, issue_id, event="jira:issue_updated", items=()):
    issue = {"id": issue_id, "key": f"DEMO-{issue_id}"}
    body = {"webhookEvent": event, "issue": issue, "changelog": {"items": list(items)}}
    given = jira_deliveries.signed(body)
    answer = requests.post(f"{address}/webhooks/jira", data=given.body, headers=dict(given.headers), timeout=10)
    assert answer.status_code == 200
    return answer.json()


def labels(jira, issue_id):
    return jira.issues[issue_id]["fields"]["labels"]


def test_label_and_score_follow_the_text(jira, settings, tmp_path):
    with serving(tmp_path, **settings) as address:
        issue_id = jira.create_issue("As a user, I want an export", _adf(WEAK), labels=["ui"])
        desk = jira.create_issue("It broke", _adf(WEAK), project={"key": "HELP", "projectTypeKey": "service_desk"})
        send(address, issue_id, "jira:issue_created")
        send(address, desk, "jira:issue_created")
        until(lambda: issue_id in jira.properties)
        assert labels(jira, issue_id) == ["ui", NAME]
        assert jira.properties[issue_id]["ticket-clarity"]["level"] == "unclear"
        assert jira.ours(issue_id)[0]["visibility"] == {"type": "role", "value": "Developers"}

        own = {"field": "labels", "fieldtype": "jira", "fromString": "ui", "toString": f"ui {NAME}"}
        assert send(address, issue_id, items=[own]) == {
            "accepted": False,
            "note": "only a label of ours changed",
        }
        jira.edit_issue(issue_id, description=_adf(GOOD))
        send(address, issue_id)
        until(lambda: labels(jira, issue_id) == ["ui"])
        until(lambda: jira.properties[issue_id]["ticket-clarity"]["level"] == "ready")
        assert jira.ours(issue_id)[0]["visibility"] == {"type": "role", "value": "Developers"}
    assert jira.mailed == []
    assert jira.ours(desk) == []
    assert desk not in jira.properties
    assert labels(jira, desk) == []


def test_a_service_killed_right_after_a_write_neither_repeats_nor_forgets_it(jira, settings, tmp_path):
    service = Service(tmp_path, WORKERS=1, **{name.upper(): value for name, value in settings.items()})
    jira.on_edit = lambda: os.killpg(service.process.pid, signal.SIGKILL)
    try:
        service.start()
        service.wait_ready()
        issue_id = jira.create_issue("As a user, I want an export", _adf(WEAK))
        send(service.url, issue_id, "jira:issue_created")
        service.process.wait(60)
        assert labels(jira, issue_id) == [NAME]
        assert issue_id not in jira.properties
        jira.on_edit = None
        service.start()
        until(lambda: issue_id in jira.properties, seconds=120)
        service.stop()
    finally:
        service.kill()
    assert labels(jira, issue_id) == [NAME]
    assert len(jira.ours(issue_id)) == 1
    assert len([write for write in jira.writes if write[0] == "EDIT"]) == 1
