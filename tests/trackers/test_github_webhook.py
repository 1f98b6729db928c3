import json
from contextlib import suppress

import pytest
from hypothesis import given
from structlog.testing import capture_logs

from service.settings import GitHubSite, Secret
from service.ticket import Commented, Removed, Saved, TicketRef
from service.trackers.base import Delivery, Refused
from service.trackers.github_webhook import IGNORED, REMOVING, SAVING, receive
from tests.fakes.github_deliveries import SECRET, signed
from tests.needs import vendors
from tests.trackers.test_wild import JSON

NOW = 1_800_000_000.0
SITE = GitHubSite("default", token=Secret("token"), webhook_secrets=(Secret(SECRET),))
ISSUE = {
    "action": "opened",
    "issue": {"node_id": "I_1", "number": 12, "title": "Hush"},
    "repository": {"full_name": "demo/shop"},
}
REF = TicketRef("github", "default", "I_1", "demo/shop#12")


def told(body, site=SITE, **options):
    return receive(signed(body, **options), site, NOW)


def refused(delivery, site=SITE):
    with pytest.raises(Refused) as error:
        receive(delivery, site, NOW)
    return error.value.status, str(error.value)


@pytest.mark.parametrize(
    ("action", "event"), [*((one, Saved) for one in sorted(SAVING)), *((one, Removed) for one in sorted(REMOVING))]
)
def test_an_issue_is_saved_or_removed(action, event):
    received = told({**ISSUE, "action": action}, x_github_delivery="d-1")
    assert (received.id, received.events, received.note) == ("d-1", (event(REF),), "")


@pytest.mark.parametrize("action", ["created", "edited", "deleted"])
def test_a_comment_names_its_issue(action):
    assert told({**ISSUE, "action": action}, event="issue_comment").events == (Commented(REF),)


@pytest.mark.parametrize("action", sorted(IGNORED))
def test_what_changes_nothing_that_is_read_is_ignored(action):
    received = told({**ISSUE, "action": action})
    assert (received.events, received.note) == ((), "nothing changed that is read")


@pytest.mark.parametrize("event", ["issues", "issue_comment"])
def test_a_pull_request_is_no_ticket(event):
    pull = {**ISSUE, "action": "edited", "issue": {**ISSUE["issue"], "pull_request": {"url": "https://x.example"}}}
    received = told(pull, event=event)
    assert (received.events, received.note) == ((), "a pull request is no ticket")


@pytest.mark.parametrize("event", ["ping", "push", "pull_request", "", "<b>\n"])
def test_other_events_are_thanked_for(event):
    assert told({"zen": "Hush"}, event=event).events == ()


def test_an_action_that_is_new_is_logged_and_ignored():
    with capture_logs() as logs:
        assert told({**ISSUE, "action": "teleported\n"}).events == ()
    assert [entry["event_name"] for entry in logs] == ["issues teleported?"]


def test_repositories_outside_the_settings_are_left_alone():
    site = GitHubSite("default", webhook_secrets=(Secret(SECRET),), repositories=("Demo/Shop",))
    assert told(ISSUE, site).events == (Saved(REF),)
    assert told({**ISSUE, "repository": {"full_name": "demo/other"}}, site).events == ()


def test_a_label_of_ours_changes_nothing():
    site = GitHubSite("default", webhook_secrets=(Secret(SECRET),), own_labels=frozenset({"needs-clarity"}))
    for action in ("labeled", "unlabeled"):
        assert told({**ISSUE, "action": action, "label": {"name": "needs-clarity"}}, site).events == ()
        assert told({**ISSUE, "action": action, "label": {"name": "bug"}}, site).events == (Saved(REF),)


def test_another_installation_of_the_same_app_is_left_alone():
    site = GitHubSite("default", webhook_secrets=(Secret(SECRET),), app_id="1", installation_id="7")
    assert told({**ISSUE, "installation": {"id": 7}}, site).events == (Saved(REF),)
    assert told({**ISSUE, "installation": {"id": 8}}, site).events == ()
    assert told(ISSUE, site).events == (Saved(REF),)


@pytest.mark.parametrize(
    "header",
    ["", "sha256=", "sha256=00", "sha1=" + "0" * 40, "0" * 64],
    ids=["none", "empty", "short", "weak", "bare"],
)
def test_a_wrong_signature_is_refused(header):
    assert refused(signed(ISSUE, x_hub_signature_256=header))[0] == 401


def test_another_secret_or_another_body_is_refused():
    good = signed(ISSUE)
    assert refused(signed(ISSUE, secret="another"))[0] == 401
    assert refused(Delivery("default", good.headers, good.body + b" "))[0] == 401


def test_two_secrets_are_accepted_while_one_is_replaced():
    site = GitHubSite("default", webhook_secrets=(Secret("new"), Secret(SECRET)))
    assert told(ISSUE, site).events
    assert told(ISSUE, site, secret="new").events


@pytest.mark.parametrize("secrets", [(), (Secret(""),)])
def test_without_a_secret_nothing_is_trusted(secrets):
    site = GitHubSite("default", webhook_secrets=secrets)
    status, sentence = refused(signed(ISSUE, secret=""), site)
    assert (status, "No webhook secret" in sentence) == (401, True)


def test_a_form_is_refused_with_advice():
    sent = signed(b"payload=%7B%7D", content_type="application/x-www-form-urlencoded")
    assert refused(sent) == (400, "This delivery is a form. Set the webhook's content type to application/json.")


def test_what_cannot_be_read_is_400_and_names_the_place():
    assert refused(signed({**ISSUE, "issue": {"number": 1}})) == (
        400,
        "This delivery could not be read: issue.node_id is missing.",
    )


def test_a_delivery_without_an_id_stands_for_itself():
    first, again = told(ISSUE, x_github_delivery=""), told(ISSUE, x_github_delivery="")
    assert first.id == again.id != told({**ISSUE, "action": "edited"}, x_github_delivery="").id
    assert first.id.startswith("sha256:")


@given(JSON)
def test_any_json_is_read_or_refused(value):
    for event in ("issues", "issue_comment"):
        with suppress(Refused):
            assert receive(signed(json.dumps(value).encode(), event=event), SITE, NOW).id


def test_the_vendors_own_examples_are_all_understood():
    path = vendors("@octokit", "webhooks-examples", "api.github.com", "index.json")
    seen = 0
    for one in json.loads(path.read_text(encoding="utf-8")):
        if one["name"] in ("issues", "issue_comment"):
            for body in one["examples"]:
                received = told(body, event=one["name"])
                pull = bool(body["issue"].get("pull_request"))
                assert bool(received.events) == (not pull and body["action"] not in IGNORED)
                seen += 1
    assert seen > 20
