import hashlib
import json

import pytest
from hypothesis import given
from structlog.testing import capture_logs

from service.settings import LinearSite, Secret
from service.ticket import Commented, Removed, Saved, TicketRef
from service.trackers.base import Delivery, Refused
from service.trackers.linear_webhook import IGNORED_TYPES, READ_FIELDS, receive
from tests.fakes.linear_deliveries import SECRET, signed
from tests.trackers.test_wild import JSON

NOW = 1_800_000_000.0
SITE = LinearSite("default", webhook_secrets=(Secret(SECRET),))
ISSUE = {"type": "Issue", "action": "create", "data": {"id": "issue-1", "identifier": "WEB-42"}}
REF = TicketRef("linear", "default", "issue-1", "WEB-42")


def told(body, site=SITE, **options):
    return receive(signed(body, now=NOW, **options), site, NOW)


def refused(delivery, site=SITE, now=NOW):
    with pytest.raises(Refused) as error:
        receive(delivery, site, now)
    return error.value.status, str(error.value)


@pytest.mark.parametrize(
    ("action", "event"), [("create", Saved), ("update", Saved), ("restore", Saved), ("remove", Removed)]
)
def test_an_issue_is_saved_or_removed(action, event):
    received = told({**ISSUE, "action": action}, linear_delivery="d-1")
    assert (received.id, received.events, received.note) == ("d-1", (event(REF),), "")


@pytest.mark.parametrize("field", sorted(READ_FIELDS))
def test_an_update_of_what_is_read_counts(field):
    changed = {**ISSUE, "action": "update", "updatedFrom": {"updatedAt": "x", "sortOrder": 1, field: None}}
    assert told(changed).events == (Saved(REF),)


def test_an_update_of_nothing_that_is_read_is_ignored():
    changed = {**ISSUE, "action": "update", "updatedFrom": {"updatedAt": "x", "assigneeId": "y", "sortOrder": 1}}
    received = told(changed)
    assert (received.events, received.note) == ((), "only fields changed that are not read")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"id": "issue-1", "number": 7, "team": {"key": "WEB"}}, "WEB-7"),
        ({"id": "issue-1", "number": 7}, ""),
        ({"id": "issue-1", "identifier": "WEB-8", "number": 7, "team": {"key": "OLD"}}, "WEB-8"),
    ],
)
def test_a_key_is_made_of_whatever_an_old_delivery_has(data, key):
    assert told({**ISSUE, "data": data}).events == (Saved(TicketRef("linear", "default", "issue-1", key)),)


@pytest.mark.parametrize("action", ["create", "update", "remove"])
@pytest.mark.parametrize(
    "data",
    [
        {"id": "c", "issueId": "issue-1", "issue": {"id": "issue-1", "identifier": "WEB-42"}},
        {"id": "c", "issue": {"id": "issue-1", "identifier": "WEB-42"}},
    ],
)
def test_a_comment_names_its_issue(action, data):
    assert told({"type": "Comment", "action": action, "data": data}).events == (Commented(REF),)


def test_a_comment_on_something_else_is_ignored():
    received = told({"type": "Comment", "action": "create", "data": {"id": "c", "projectUpdateId": "p"}})
    assert (received.events, received.note) == ((), "the comment is not on an issue")


@pytest.mark.parametrize("kind", sorted(IGNORED_TYPES))
def test_types_that_do_not_matter_are_ignored_quietly(kind):
    with capture_logs() as logs:
        received = told({"type": kind, "action": "create", "data": {}})
    assert (received.events, received.note) == ((), f"{kind} changes nothing that is judged")
    assert logs == []


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Moon\nshot", "action": "create"},
        {"type": "Issue", "action": "explode", "data": {"title": "hush"}},
    ],
)
def test_an_unknown_event_is_logged_without_its_text(body):
    with capture_logs() as logs:
        received = told(body)
    assert (received.events, received.note) == ((), "this event is not known")
    assert [line["event"] for line in logs] == ["unknown event"]
    assert "hush" not in str(logs)
    assert "\n" not in logs[0]["event_name"]


@pytest.mark.parametrize(
    "headers",
    [
        {"linear_signature": ""},
        {"linear_signature": "0" * 64},
        {"linear_signature": "sha256=" + "0" * 64},
        {"linear_signature": "ä"},
    ],
)
def test_a_wrong_signature_is_refused(headers):
    status, sentence = refused(signed(ISSUE, now=NOW, **headers))
    assert status == 401
    assert "Linear-Signature" in sentence


def test_a_changed_body_is_refused():
    sent = signed(ISSUE, now=NOW)
    changed = Delivery(sent.site, sent.headers, sent.body.replace(b"issue-1", b"issue-2"))
    assert refused(changed)[0] == 401


def test_without_a_secret_nothing_is_trusted_not_even_an_empty_key():
    for secrets in ((), (Secret(""),)):
        status, sentence = refused(
            signed(ISSUE, now=NOW, secret=""), LinearSite("default", webhook_secrets=secrets)
        )
        assert status == 401
        assert "secret" in sentence


def test_two_secrets_are_valid_while_one_replaces_the_other():
    site = LinearSite("default", webhook_secrets=(Secret("new"), Secret("old")))
    for secret in ("new", "old"):
        assert told(ISSUE, site, secret=secret).events
    assert refused(signed(ISSUE, now=NOW, secret="older"), site)[0] == 401


@pytest.mark.parametrize("hours", [7.9, -7.9])
def test_a_retry_within_eight_hours_is_accepted(hours):
    assert receive(signed(ISSUE, now=NOW), SITE, NOW + hours * 3600).events


@pytest.mark.parametrize("hours", [8.1, -8.1])
def test_an_old_delivery_and_one_from_the_future_are_refused(hours):
    status, sentence = refused(signed(ISSUE, now=NOW), now=NOW + hours * 3600)
    assert status == 401
    assert sentence == "The delivery's webhookTimestamp is 8 hours off; at most 8 are accepted."


def test_the_most_hours_are_a_setting():
    site = LinearSite("default", webhook_secrets=(Secret(SECRET),), max_age_seconds=60)
    assert refused(signed(ISSUE, now=NOW), site, NOW + 61)[0] == 401


def test_a_body_without_a_time_is_accepted_as_old_deliveries_have_none():
    assert receive(signed(json.dumps(ISSUE).encode()), SITE, NOW).events == (Saved(REF),)


def test_without_a_delivery_id_the_body_is_its_own():
    sent = signed(ISSUE, now=NOW, linear_delivery="")
    assert receive(sent, SITE, NOW).id == "sha256:" + hashlib.sha256(sent.body).hexdigest()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is not JSON (line 1, column 1)"),
        (b"[1]", "the body is a list, not an object"),
        ({}, "type is missing"),
        ({"type": "Issue"}, "action is missing"),
        ({"type": "Issue", "action": "create"}, "data.id is missing"),
        ({"type": "Issue", "action": "create", "data": {"id": True}}, "data.id is true or false, not a text"),
        ({"type": "Issue", "action": "create", "data": []}, "data is a list, not an object"),
        ({**ISSUE, "action": "update", "updatedFrom": 3}, "updatedFrom is a number, not an object"),
        ({"type": "Comment", "action": "create", "data": {"issueId": ""}}, "data.issueId is empty"),
    ],
)
def test_an_unreadable_body_is_refused_with_the_path(body, sentence):
    assert refused(signed(body, now=NOW)) == (400, f"This delivery could not be read: {sentence}.")


@given(JSON)
def test_any_signed_json_is_accepted_or_refused(value):
    for body in (value, {**ISSUE, "data": value}, {**ISSUE, "action": "update", "updatedFrom": value}):
        assert outcome(signed(json.dumps(body).encode())) in ("events", "note", 400, 401)


def outcome(delivery):
    try:
        received = receive(delivery, SITE, NOW)
    except Refused as error:
        return error.status
    return "events" if received.events else "note" if received.note else "neither"
