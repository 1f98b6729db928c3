"""Every real payload is accepted, and says exactly what it should."""

import json

import pytest

from service.settings import JiraSite, Secret
from service.ticket import Commented, Removed, Saved, TicketRef
from service.trackers.jira_webhook import receive
from tests.fakes.jira_deliveries import SECRET, signed
from tests.needs import shared

pytestmark = pytest.mark.shared

NOW = 1_800_000_000.0
SITE = JiraSite("default", "https://example.atlassian.net", webhook_secrets=(Secret(SECRET),))
NOTHING = "only fields changed that are not read"

EXPECTED = {
    "cloud-comment-created-mention-user": (Commented, "10040", "TES-41"),
    "cloud-comment-deleted": (Commented, "10357", "KT-7"),
    "cloud-issue-created-many-fields": (Saved, "10509", "KT-22"),
    "issue-assigned-empty-changelog": (Saved, "10001", "TEST-123"),
    "issue-created": (Saved, "10040", "TES-41"),
    "issue-created-no-description-nor-relevant-fields": (Saved, "10040", "TES-41"),
    "issue-created-no-relevant-fields": (Saved, "10040", "TES-41"),
    "issue-updated-assigned": NOTHING,
    "issue-updated-assigned-nobody": NOTHING,
    "issue-updated-components": NOTHING,
    "issue-updated-fix-version": NOTHING,
    "issue-updated-labels": (Saved, "10040", "TES-41"),
    "issue-updated-multiple-custom-fields": NOTHING,
    "issue-updated-raised-priority": NOTHING,
    "issue-updated-renamed": (Saved, "10040", "TES-41"),
    "issue-updated-reopened": (Saved, "10040", "TES-41"),
    "issue-updated-resolved": (Saved, "10040", "TES-41"),
    "issue-updated-started-working": (Saved, "10040", "TES-41"),
    "server-comment-deleted": (Commented, "10013", ""),
    "server-issue-updated-closed": (Saved, "10300", "TES-4"),
    "server-issue-updated-comment-edited": (Commented, "10013", "PRJX-14"),
    "server-issue-updated-commented-2": (Commented, "10231", "PRJA-42"),
    "server-issue-updated-commented-mention-user": (Commented, "10013", "PRJX-14"),
    "server-issue-updated-many-fields": (Saved, "10400", "HEY-15"),
    "server-issue-updated-resolved": (Saved, "10300", "TES-4"),
    "server-old-issue-updated-no-event-type-comment-deleted": (Saved, "10013", "PRJX-14"),
    "server-old-issue-updated-no-event-type-commented": (Commented, "10013", "PRJX-14"),
    "server-updated-custom-field": NOTHING,
}


def payload(name):
    return json.loads(
        shared("conformance", "payloads", "jira", f"webhook-{name}.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_payload_says_what_changed(name):
    received = receive(signed(payload(name), now=NOW), SITE, NOW)
    expected = EXPECTED[name]
    if isinstance(expected, str):
        assert (received.events, received.note) == ((), expected)
    else:
        event, issue_id, key = expected
        assert received.events == (event(TicketRef("jira", "default", issue_id, key)),)
        assert received.note == ""


def test_no_payload_is_left_out():
    found = {
        path.stem.removeprefix("webhook-") for path in shared("conformance", "payloads", "jira").glob("*.json")
    }
    assert found == set(EXPECTED)


@pytest.mark.parametrize("name", ["issue-updated-multiple-custom-fields", "server-updated-custom-field"])
def test_a_custom_field_counts_where_settings_name_it(name):
    site = JiraSite(
        "default", SITE.url, webhook_secrets=SITE.webhook_secrets, fields={"customfield_10002": "steps"}
    )
    assert isinstance(receive(signed(payload(name), now=NOW), site, NOW).events[0], Saved)


def test_a_deleted_issue_is_removed():
    body = {**payload("issue-created"), "webhookEvent": "jira:issue_deleted"}
    assert receive(signed(body, now=NOW), SITE, NOW).events == (
        Removed(TicketRef("jira", "default", "10040", "TES-41")),
    )
