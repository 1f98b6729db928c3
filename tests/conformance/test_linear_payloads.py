"""Every real payload is accepted, and says exactly what it should."""

import json

import pytest

from service.settings import LinearSite, Secret
from service.ticket import Saved, TicketRef
from service.trackers.linear_webhook import receive
from tests.fakes.linear_deliveries import SECRET, signed
from tests.needs import shared

pytestmark = pytest.mark.shared

NOW = 1_800_000_000.0
SITE = LinearSite("default", webhook_secrets=(Secret(SECRET),))
EXPECTED = {
    "k_updateIssueCycle": ("236e0fe8-xxxx-xxxx-xxxx-b2df06e33810", "KOR-11"),
    "k_updateIssueDueDate": ("236e0fe8-xxxx-xxxx-xxxx-b2df06e33810", "KOR-11"),
    "k_updateIssueEstimated": ("236e0fe8-xxxx-xxxx-xxxx-b2df06e33810", "KOR-11"),
    "z_issue_create_no_description": ("21e12515-fe5e-4923-88a1-e9ace5056473", "WEB-42"),
}


@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_payload_says_what_changed(name, stamped):
    body = json.loads(shared("conformance", "payloads", "linear", f"{name}.json").read_text(encoding="utf-8"))
    body.pop("webhookTimestamp", None)
    sent = signed(body if stamped else json.dumps(body).encode(), now=NOW)
    received = receive(sent, SITE, NOW)
    assert (received.events, received.note) == ((Saved(TicketRef("linear", "default", *EXPECTED[name])),), "")


def test_no_payload_is_left_out():
    found = {path.stem for path in shared("conformance", "payloads", "linear").glob("*.json")}
    assert found == set(EXPECTED)
