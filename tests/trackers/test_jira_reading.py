from datetime import UTC, datetime

import pytest

from service.settings import JiraSite
from service.ticket import NO_TEXT, Kind, Markup, Person, StatusCategory, StatusChange, Text
from service.trackers.jira_reading import last_words, person, read_snapshot, text
from service.trackers.wild import Untamed, Wild

SITE = JiraSite("default", "https://example.atlassian.net/", fields={"customfield_7": "acceptance criteria"})
ADF = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}],
}
BASE = {
    "summary": "Pay by invoice",
    "description": None,
    "issuetype": {"name": "Story"},
    "labels": ["billing"],
    "status": {"name": "Doing", "statusCategory": {"key": "indeterminate"}},
    "project": {"key": "SHOP", "projectTypeKey": "software"},
    "issuelinks": [{"outwardIssue": {"key": "SHOP-2"}}, {"inwardIssue": {"key": "SHOP-3"}}],
    "attachment": [{"filename": "screen.png"}],
    "creator": {"accountId": "creator", "accountType": "atlassian"},
    "created": "2026-11-01T10:00:00.000+0100",
}


def snapshot(histories=(), site=SITE, names=None, **fields):
    issue = {"id": "10001", "key": "SHOP-1", "fields": {**BASE, **fields}, "names": names or {}}
    return read_snapshot(Wild(issue), [Wild(history) for history in histories], (), site)


def changed(day, who, *items, bot=False):
    author = {"accountId": who, "accountType": "app" if bot else "atlassian"}
    return {"author": author, "created": f"2026-11-{day:02}T10:00:00.000+0000", "items": list(items)}


def item(field, kind="jira", field_id=None, **more):
    return {"field": field, "fieldtype": kind, **({"fieldId": field_id} if field_id else {}), **more}


def day(number):
    return datetime(2026, 11, number, 10, tzinfo=UTC)


def test_an_issue_is_read_whole():
    read = snapshot(customfield_7="* One\n* Two")
    ticket = read.ticket
    assert (ticket.id, ticket.title, ticket.description) == ("10001", "Pay by invoice", NO_TEXT)
    assert ticket.kind is Kind.STORY
    assert ticket.fields == {"acceptance criteria": Text("* One\n* Two", Markup.WIKI)}
    assert (ticket.labels, ticket.status, ticket.project) == (("billing",), "Doing", "SHOP")
    assert (ticket.links, ticket.attachments) == (("SHOP-2", "SHOP-3"), ("screen.png",))
    assert (read.key, read.url) == ("SHOP-1", "https://example.atlassian.net/browse/SHOP-1")
    assert read.created == read.text_changed == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert (read.author, read.service_desk) == (Person("creator"), False)


def test_environment_and_versions_are_read_where_they_are_filled_in():
    fields = snapshot(environment="Firefox", versions=[{"name": "4.2"}, {"name": "4.3"}]).ticket.fields
    assert fields["environment"] == Text("Firefox", Markup.WIKI)
    assert fields["affected versions"] == Text("4.2\n4.3", Markup.PLAIN)
    assert snapshot(environment=None, versions=[]).ticket.fields.keys() == {"acceptance criteria"}


@pytest.mark.parametrize(
    "edit", [item("environment", field_id="environment"), item("Version", field_id="versions"), item("Version")]
)
def test_who_fills_them_in_edits_the_text(edit):
    assert snapshot([changed(4, "editor", edit)]).author == Person("editor")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, NO_TEXT),
        ("", NO_TEXT),
        ("h1. Hi", Text("h1. Hi", Markup.WIKI)),
        (ADF, Text(ADF, Markup.ADF)),
        ({"value": "Chrome", "id": "1"}, Text("Chrome", Markup.PLAIN)),
        ({"name": "1.0"}, Text("1.0", Markup.PLAIN)),
        ([{"value": "Chrome"}, {"value": "Firefox"}, None], Text("Chrome\nFirefox", Markup.PLAIN)),
        (["a", "b"], Text("a\nb", Markup.PLAIN)),
        (3.5, Text("3.5", Markup.PLAIN)),
        (True, NO_TEXT),
        ({"accountId": "x"}, NO_TEXT),
        ([], NO_TEXT),
    ],
)
def test_a_field_may_hold_anything(value, expected):
    read = text(value)
    assert (read.content, read.content and read.markup) == (expected.content, expected.content and expected.markup)


@pytest.mark.parametrize(
    ("key", "category"),
    [
        ("new", StatusCategory.NEW),
        ("indeterminate", StatusCategory.IN_PROGRESS),
        ("done", StatusCategory.DONE),
        ("undefined", StatusCategory.NEW),
    ],
)
def test_a_status_falls_into_a_category(key, category):
    assert snapshot(status={"name": "Any", "statusCategory": {"key": key}}).status_category is category


def test_the_history_of_statuses_is_told_in_order():
    histories = [
        changed(5, "a", item("status", toString="Done")),
        changed(3, "a", item("status", toString="Doing")),
    ]
    told = snapshot(histories).status_history
    assert told == (StatusChange(day(3), "Doing"), StatusChange(day(5), "Done"))


@pytest.mark.parametrize(
    "edit",
    [
        item("summary", field_id="summary"),
        item("description", field_id="description"),
        item("description"),
        item("Acceptance Criteria", "custom", "customfield_7"),
        item("Acceptance Criteria", "custom"),
    ],
)
def test_the_last_to_edit_a_text_is_who_is_spoken_to(edit):
    read = snapshot([changed(4, "editor", edit)], names={"customfield_7": "Acceptance Criteria"})
    assert (read.author, read.text_changed) == (Person("editor"), day(4))


@pytest.mark.parametrize(
    "edit",
    [
        item("status", field_id="status"),
        item("Sprint", "custom"),
        item("Sprint", "custom", "customfield_8"),
        item("description", "custom", "customfield_9"),
        item("Rank", "custom"),
    ],
)
def test_who_edits_something_else_is_not(edit):
    read = snapshot([changed(4, "mover", edit)], names={"customfield_7": "Acceptance Criteria"})
    assert (read.author, read.text_changed) == (Person("creator"), read.created)


def test_an_automations_edit_counts_but_is_nobody_to_speak_to():
    edits = [
        changed(2, "editor", item("description", field_id="description")),
        changed(6, "automation", item("summary", field_id="summary"), bot=True),
    ]
    read = snapshot(edits)
    assert (read.author, read.text_changed) == (Person("editor"), day(6))
    alone = snapshot(edits[1:])
    assert (alone.author, alone.text_changed) == (Person("creator"), day(6))


def test_a_ticket_that_a_bot_filed_has_a_bot_as_author():
    assert snapshot(creator={"accountId": "app", "accountType": "app"}).author == Person("app", is_bot=True)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"accountId": "a", "accountType": "atlassian"}, Person("a")),
        ({"accountId": "a", "accountType": "customer"}, Person("a")),
        ({"accountId": "a", "accountType": "app"}, Person("a", is_bot=True)),
        ({"key": "JIRAUSER1", "name": "ann"}, Person("JIRAUSER1")),
        ({"name": "ann"}, Person("ann")),
        ({}, None),
        (None, None),
    ],
)
def test_a_person_has_the_trackers_own_id(user, expected):
    assert person(Wild(user)) == expected


def test_a_service_desk_is_known():
    assert snapshot(project={"key": "HELP", "projectTypeKey": "service_desk"}).service_desk


def test_what_an_issue_cannot_lack_is_named():
    with pytest.raises(Untamed, match=r"^fields\.created is missing$"):
        read_snapshot(Wild({"id": "1", "key": "A-1", "fields": {}}), [], (), SITE)
    with pytest.raises(Untamed, match="ISO 8601"):
        snapshot(created="yesterday")


def paragraph(*words):
    return {"type": "paragraph", "content": [{"type": "text", "text": word} for word in words]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([paragraph("a"), paragraph("b ", "c")], "b c"),
        ([paragraph("a"), {"type": "blockquote", "content": [paragraph("b")]}], ""),
        ([{"type": "paragraph", "content": [{"type": "hardBreak"}, {"type": "text", "text": "x"}]}], "x"),
        ([{"type": "paragraph"}], ""),
        ([], ""),
    ],
)
def test_a_comments_last_words_are_not_a_quotation(content, words):
    assert last_words(Text({"type": "doc", "version": 1, "content": content}, Markup.ADF)) == words


def test_a_security_level_keeps_some_from_seeing_a_ticket():
    assert not snapshot().restricted
    assert not snapshot(security=None).restricted
    assert snapshot(security={"id": "10021", "name": "Staff only"}).restricted
