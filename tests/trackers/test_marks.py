"""Label, score and readers of a comment, on Jira Cloud, Jira Data Center and Linear, over real HTTP."""

import json

import pytest

from service.settings import JiraSite, LinearSite, Secret
from service.trackers.base import Marking, NotAllowed, Shown, TicketGone, TrackerError
from service.trackers.jira import JiraTracker
from service.trackers.jira_webhook import receive as receive_jira
from service.trackers.linear import LinearTracker
from service.trackers.linear_webhook import receive as receive_linear
from service.trackers.local import LocalTracker
from tests.fakes import jira_deliveries, linear_deliveries
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira
from tests.fakes.linear_server import KEY, FakeLinear
from tests.trackers.test_jira import READY, TREE

NAME = "needs-clarity"
SHOWN = Shown(64, "nearly", ("no-benefit", "open-ended-list"), "https://clarity.team.example/")
NOW = 1_800_000_000.0


@pytest.fixture(params=["cloud", "data center"])
def jira(request):
    with FakeJira(cloud=request.param == "cloud") as fake:
        yield fake


@pytest.fixture
def tracker(jira):
    if jira.cloud:
        return JiraTracker(JiraSite("default", jira.url, EMAIL, Secret(TOKEN)), timeout=5)
    return JiraTracker(JiraSite("default", jira.url, token=Secret(TOKEN), cloud=False), timeout=5)


@pytest.fixture
def linear():
    with FakeLinear() as fake:
        yield fake


@pytest.fixture
def workspace(linear):
    return LinearTracker(LinearSite("default", linear.api_url, Secret(KEY)), timeout=5)


def labels(tracker, ticket_id):
    return tracker.fetch(ticket_id).ticket.labels


def test_a_label_on_jira_leaves_the_others_and_mails_nobody(jira, tracker):
    issue_id = jira.create_issue("Pay by invoice", labels=["ui", "billing"])
    for _ in range(2):
        tracker.set_label(issue_id, NAME, on=True)
    assert labels(tracker, issue_id) == ("ui", "billing", NAME)
    for _ in range(2):
        tracker.set_label(issue_id, NAME, on=False)
    assert labels(tracker, issue_id) == ("ui", "billing")
    assert jira.mailed == []
    assert tracker.fetch(issue_id).text_changed == tracker.fetch(issue_id).created


def test_a_score_on_jira_is_a_property_and_a_number(jira, tracker):
    issue_id = jira.create_issue("Pay by invoice")
    tracker.show_score(issue_id, SHOWN)
    tracker.show_score(issue_id, Shown(None, "", (), ""))
    assert jira.properties[issue_id] == {"ticket-clarity": {"score": None, "level": None, "rules": []}}
    tracker.show_score(issue_id, SHOWN)
    assert jira.properties[issue_id]["ticket-clarity"]["rules"] == ["no-benefit", "open-ended-list"]
    with pytest.raises(TrackerError, match="customfield_10050") as refused:
        tracker.set_number(issue_id, "customfield_10050", 64)
    assert refused.value.permanent
    jira.screen.add("customfield_10050")
    tracker.set_number(issue_id, "customfield_10050", 64)
    assert jira.issues[issue_id]["fields"]["customfield_10050"] == 64
    assert jira.mailed == []


def test_what_jira_does_not_allow_says_what_to_grant(jira, tracker):
    issue_id = jira.create_issue("Pay by invoice")
    jira.may_edit = False
    with pytest.raises(NotAllowed, match="Edit issues"):
        tracker.set_label(issue_id, NAME, on=True)
    with pytest.raises(NotAllowed):
        tracker.show_score(issue_id, SHOWN)
    with pytest.raises(TicketGone):
        tracker.set_label("404", NAME, on=True)


@pytest.mark.parametrize(
    ("readers", "told"),
    [
        ("role:Developers", {"type": "role", "value": "Developers"}),
        ("group:jira-staff: all", {"type": "group", "value": "jira-staff: all"}),
        ("", None),
    ],
)
def test_a_comment_stays_with_its_readers_through_every_edit(jira, tracker, readers, told):
    issue_id = jira.create_issue("Pay by invoice")
    comment_id = tracker.create_comment(issue_id, TREE, key="k1", visible_to=readers)
    assert jira.ours(issue_id)[0].get("visibility") == told
    tracker.update_comment(issue_id, comment_id, READY, visible_to=readers)
    assert jira.ours(issue_id)[0].get("visibility") == told


def own(site, **more):
    return JiraSite("default", site, webhook_secrets=(Secret(jira_deliveries.SECRET),), **more)


@pytest.mark.parametrize(
    ("before", "after", "more", "events"),
    [
        ("ui", f"ui {NAME}", [], 0),
        (f"ui {NAME}", "ui", [], 0),
        ("ui", f"ui {NAME} urgent", [], 1),
        ("ui", "ui", [], 1),
        ("ui", f"ui {NAME}", [{"field": "summary", "fromString": "a", "toString": "b"}], 1),
    ],
)
def test_jira_telling_of_our_own_label_alone_is_no_news(before, after, more, events):
    items = [{"field": "labels", "fieldtype": "jira", "fromString": before, "toString": after}, *more]
    body = {
        "webhookEvent": "jira:issue_updated",
        "issue": {"id": "1", "key": "A-1"},
        "changelog": {"items": items},
    }
    given = jira_deliveries.signed(body, now=NOW)
    site = own("https://team.atlassian.net", own_labels=frozenset({NAME}))
    assert len(receive_jira(given, site, NOW).events) == events
    assert len(receive_jira(given, own("https://team.atlassian.net"), NOW).events) == 1


def test_a_label_on_linear_is_the_teams_the_workspaces_or_a_new_one(linear, workspace):
    issue_id = linear.create_issue("Pay by invoice", labels=("ui",))
    linear.label(NAME, team="another-team")
    linear.label(NAME, team="another-team", group=True)
    for _ in range(2):
        workspace.set_label(issue_id, NAME, on=True)
    assert linear.worn(issue_id) == ["ui", NAME]
    worn = linear.issues[issue_id]["labels"][1]
    assert (worn["isGroup"], worn["team"]["id"]) == (False, linear.issues[issue_id]["team"]["id"])
    for _ in range(2):
        workspace.set_label(issue_id, NAME, on=False)
    assert linear.worn(issue_id) == ["ui"]
    made = [label for label in linear.labels.values() if label["name"] == NAME]
    workspace.set_label(issue_id, NAME, on=True)
    assert len([label for label in linear.labels.values() if label["name"] == NAME]) == len(made)


def test_the_workspaces_own_label_is_used_where_there_is_one(linear, workspace):
    everybodys = linear.label(NAME, team=None)
    issue_id = linear.create_issue("Pay by invoice")
    workspace.set_label(issue_id, NAME, on=True)
    assert [label["id"] for label in linear.issues[issue_id]["labels"]] == [everybodys["id"]]


def test_a_label_that_linear_does_not_let_us_make(linear, workspace):
    linear.forbidden.add("labels")
    issue_id = linear.create_issue("Pay by invoice")
    with pytest.raises(NotAllowed):
        workspace.set_label(issue_id, NAME, on=True)


def test_a_score_on_linear_is_one_attachment_that_is_no_evidence(linear, workspace):
    issue_id = linear.create_issue("Pay by invoice")
    workspace.show_score(issue_id, SHOWN)
    workspace.show_score(issue_id, Shown(100, "ready", (), SHOWN.url))
    (kept,) = linear.issues[issue_id]["attachments"]
    assert (kept["title"], kept["subtitle"]) == ("Clarity: 100 of 100: ready", "nothing to mend")
    assert kept["url"] == "https://clarity.team.example/#clarity-score"
    assert workspace.fetch(issue_id).ticket.attachments == ()
    workspace.set_number(issue_id, "customfield_1", 3)
    with pytest.raises(TicketGone):
        workspace.show_score("7b0b2c9e-0000-4000-8000-000000000000", SHOWN)


@pytest.mark.parametrize(
    ("before", "labels", "more", "events"),
    [
        (["a"], [("a", "ui"), ("b", NAME)], {}, 0),
        (["a"], [("a", "ui"), ("b", "urgent")], {}, 1),
        (["a", "b"], [("a", "ui")], {}, 1),
        (["a"], [("a", "ui"), ("b", NAME)], {"title": "before"}, 1),
    ],
)
def test_linear_telling_of_our_own_label_alone_is_no_news(before, labels, more, events):
    data = {"id": "i", "identifier": "A-1", "labels": [{"id": key, "name": name} for key, name in labels]}
    body = {"action": "update", "type": "Issue", "data": data, "updatedFrom": {"labelIds": before, **more}}
    site = LinearSite("default", webhook_secrets=(Secret(linear_deliveries.SECRET),), own_labels=frozenset({NAME}))
    given = linear_deliveries.signed(json.loads(json.dumps(body)), now=NOW)
    assert len(receive_linear(given, site, NOW).events) == events


def test_who_can_mark(tracker, workspace):
    assert isinstance(tracker, Marking)
    assert isinstance(workspace, Marking)
    assert not issubclass(LocalTracker, Marking)
