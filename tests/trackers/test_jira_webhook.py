import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from service.settings import JiraSite, Secret
from service.ticket import Commented, Saved, TicketRef
from service.trackers.base import Delivery, Refused
from service.trackers.jira_webhook import IGNORED_EVENTS, receive
from tests.fakes.jira_deliveries import SECRET, signed

NOW = 1_800_000_000.0
HOUR = 3600.0
SITE = JiraSite("default", "https://example.atlassian.net", webhook_secrets=(Secret(SECRET),))
UNSIGNED = JiraSite("old", "https://jira.example.com", path_token=Secret("an-unguessable-token"), cloud=False)
BODY = {"webhookEvent": "jira:issue_updated", "issue": {"id": "10001", "key": "SHOP-1"}}
REF = TicketRef("jira", "default", "10001", "SHOP-1")


def refused(delivery, site=SITE, now=NOW):
    with pytest.raises(Refused) as error:
        receive(delivery, site, now)
    return error.value.status, str(error.value)


def test_the_vendors_own_signature_vector_is_accepted():
    site = JiraSite("default", SITE.url, webhook_secrets=(Secret("It's a Secret to Everybody"),))
    signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    status, sentence = refused(Delivery("default", {"x-hub-signature": signature}, b"Hello World!"), site)
    assert (status, sentence.startswith("This delivery could not be read")) == (400, True)


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
def test_a_strong_method_is_accepted(method):
    assert receive(signed(BODY, now=NOW, method=method), SITE, NOW).events == (Saved(REF),)


@pytest.mark.parametrize("method", ["sha1", "md5"])
def test_a_weak_method_is_refused(method):
    assert refused(signed(BODY, now=NOW, method=method))[0] == 401


def test_either_of_two_secrets_is_valid():
    site = JiraSite("default", SITE.url, webhook_secrets=(Secret("the-old-secret"), Secret(SECRET)))
    for secret in ("the-old-secret", SECRET):
        assert receive(signed(BODY, now=NOW, secret=secret), site, NOW).events == (Saved(REF),)
    assert refused(signed(BODY, now=NOW, secret="another-secret"), site)[0] == 401


@pytest.mark.parametrize("secrets", [(), (Secret(""),)])
def test_without_a_secret_nothing_is_trusted(secrets):
    site = JiraSite("default", SITE.url, webhook_secrets=secrets)
    status, sentence = refused(signed(BODY, now=NOW, secret=""), site)
    assert (status, sentence) == (401, "No webhook secret is set for this site, so no delivery can be trusted.")


@pytest.mark.parametrize("signature", ["", "sha256", "sha256=", "sha256=00", "=", "sha256=é", "none=abc"])
def test_a_malformed_signature_is_refused(signature):
    delivery = signed(BODY, now=NOW, x_hub_signature=signature)
    assert refused(delivery)[0] == 401


def test_a_changed_body_is_refused():
    delivery = signed(BODY, now=NOW)
    assert refused(Delivery("default", delivery.headers, delivery.body + b" "))[0] == 401


def test_a_site_that_cannot_sign_is_known_by_its_token():
    body = signed(BODY, now=NOW).body
    assert receive(Delivery("old", {}, body, token="an-unguessable-token"), UNSIGNED, NOW).events
    for token in ("", "an-unguessable-toke", "é"):
        assert refused(Delivery("old", {}, body, token=token), UNSIGNED)[0] == 401


def test_a_token_does_not_replace_a_signature():
    site = JiraSite(
        "default", SITE.url, webhook_secrets=SITE.webhook_secrets, path_token=Secret("an-unguessable-token")
    )
    delivery = Delivery("default", {}, signed(BODY, now=NOW).body, token="an-unguessable-token")
    assert refused(delivery, site)[0] == 401


@pytest.mark.parametrize("age", [25 * HOUR, -25 * HOUR])
def test_a_delivery_out_of_its_time_is_refused(age):
    status, sentence = refused(signed(BODY, now=NOW - age))
    assert (status, sentence) == (401, "The delivery's timestamp is 25 hours off; at most 24 are accepted.")


@pytest.mark.parametrize("age", [23 * HOUR, -23 * HOUR])
def test_a_retry_within_a_day_is_accepted(age):
    assert receive(signed(BODY, now=NOW - age), SITE, NOW).events == (Saved(REF),)


def test_a_body_without_a_timestamp_is_accepted_by_its_signature():
    assert receive(signed(json.dumps(BODY).encode()), SITE, NOW).events == (Saved(REF),)


def test_the_id_is_the_vendors_or_else_the_bodys():
    first, again = (signed(BODY, now=NOW, x_atlassian_webhook_identifier="d-1") for _ in range(2))
    assert receive(first, SITE, NOW).id == receive(again, SITE, NOW).id == "d-1"
    bare = [signed(BODY, now=NOW + n, x_atlassian_webhook_identifier="") for n in (0, 0, 1)]
    ids = [receive(delivery, SITE, NOW).id for delivery in bare]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("sha256:")


def test_two_long_ids_are_told_apart():
    ids = [
        receive(signed(BODY, now=NOW, x_atlassian_webhook_identifier="d" * 300 + end), SITE, NOW).id
        for end in "ab"
    ]
    assert ids[0] != ids[1]
    assert max(map(len, ids)) <= 200


@pytest.mark.parametrize(
    ("field", "read"),
    [
        ({"field": "Key", "fieldId": "issuekey", "fieldtype": "jira"}, True),
        ({"field": "Link", "fieldtype": "jira"}, True),
        ({"field": "Attachment", "fieldId": "attachment", "fieldtype": "jira"}, True),
        ({"field": "project", "fieldId": "project", "fieldtype": "jira"}, True),
        ({"field": "issuetype", "fieldtype": "jira"}, True),
        ({"field": "Rank", "fieldId": "customfield_10019", "fieldtype": "custom"}, False),
        ({"field": "timeestimate", "fieldId": "timeestimate", "fieldtype": "jira"}, False),
    ],
)
def test_an_update_counts_if_it_touches_what_is_read(field, read):
    body = {**BODY, "changelog": {"items": [{"field": "priority", "fieldId": "priority"}, field]}}
    assert bool(receive(signed(body, now=NOW), SITE, NOW).events) is read


@pytest.mark.parametrize("event", ["comment_created", "comment_updated", "comment_deleted"])
def test_a_comment_without_its_issue_is_placed_by_its_address(event):
    comment = {"self": "https://example.atlassian.net/rest/api/2/issue/10001/comment/5", "id": "5"}
    received = receive(signed({"webhookEvent": event, "comment": comment}, now=NOW), SITE, NOW)
    assert received.events == (Commented(TicketRef("jira", "default", "10001")),)


@pytest.mark.parametrize(
    "address", ["", "https://example.com/rest/api/2/issue/../comment/5", "/issue/SHOP-1/comment/5"]
)
def test_a_comment_that_belongs_nowhere_is_refused(address):
    status, sentence = refused(signed({"webhookEvent": "comment_created", "comment": {"self": address}}, now=NOW))
    assert (status, "comment.self" in sentence) == (400, True)


@pytest.mark.parametrize("event", sorted(IGNORED_EVENTS))
def test_an_event_that_does_not_matter_is_noted(event):
    with capture_logs() as logs:
        received = receive(signed({"webhookEvent": event}, now=NOW), SITE, NOW)
    assert (received.events, received.note) == ((), f"{event} changes nothing that is judged")
    assert logs == []


def test_a_new_event_is_logged_without_what_it_says():
    with capture_logs() as logs:
        body = {"webhookEvent": "jira:issue_sung\n\ud800", "issue": {"fields": {"summary": "private words"}}}
        received = receive(signed(body, now=NOW), SITE, NOW)
    assert (received.events, received.note) == ((), "this event is not known")
    assert [(entry["log_level"], entry["event_name"]) for entry in logs] == [("warning", "jira:issue_sung??")]
    assert "private" not in str(logs)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is not JSON (line 1, column 1)"),
        (b"\xff", "the body is not UTF-8 (byte 0)"),
        (b'{"timestamp": NaN}', "the body is not JSON"),
        (b'{"a":' * 200_000, "the body is nested too deeply"),
        (b'{"timestamp": 1e999}', "timestamp is too large"),
        (b'{"timestamp": "now"}', "timestamp is a text, not a number"),
        (b"{}", "webhookEvent is missing"),
        (b'{"webhookEvent": 3}', "webhookEvent is a number, not a text"),
        (b'{"webhookEvent": "jira:issue_created"}', "issue.id is missing"),
        (b'{"webhookEvent": "jira:issue_created", "issue": []}', "issue is a list, not an object"),
        (b'{"webhookEvent": "jira:issue_created", "issue": {"id": "1/../2"}}', "issue.id is not a number"),
        (
            b'{"webhookEvent": "jira:issue_updated", "issue": {"id": 1}, "changelog": {"items": 1}}',
            "changelog.items is a number, not a list",
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_its_path(body, sentence):
    assert refused(signed(body)) == (400, f"This delivery could not be read: {sentence}.")


@pytest.mark.parametrize("key", ["SHOP-1 <b>", "x" * 300, "\ud800", "\x00-1", 7])
def test_an_odd_key_is_no_reason_to_lose_a_ticket(key):
    body = {**BODY, "issue": {"id": 10001, "key": key}}
    assert receive(signed(body, now=NOW), SITE, NOW).events == (Saved(TicketRef("jira", "default", "10001")),)


NAMES = st.sampled_from(["id", "key", "issue", "self", "items", "field", "fieldId", "fieldtype"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
EVENTS = st.sampled_from(["jira:issue_updated", "jira:issue_deleted", "comment_created", "x"])


@given(EVENTS, JSON, JSON, JSON)
def test_whatever_comes_is_received_or_refused(event, issue, comment, changelog):
    body = {"webhookEvent": event, "issue": issue, "comment": comment, "changelog": changelog}
    try:
        receive(signed(body, now=NOW), SITE, NOW)
    except Refused as error:
        status = error.status
    else:
        status = 200
    assert status in {200, 400}


@given(st.binary(max_size=40))
def test_bytes_that_are_signed_never_crash(body):
    with contextlib.suppress(Refused):
        receive(signed(body), SITE, NOW)
