import uuid

import pytest

from service.comment import CommentTree, Paragraph, Words
from service.render import markdown
from service.settings import LinearSite, Secret
from service.ticket import Kind, Person, StatusCategory
from service.trackers import linear_ids
from service.trackers.base import CommentGone, TrackerError
from service.trackers.linear import LinearTracker
from tests.fakes import linear_server
from tests.fakes.http import Faults
from tests.fakes.linear_server import APP, AUTHOR, KEY, ME, FakeLinear

TREE = CommentTree((Paragraph((Words("Clarity 40 of 100."),)),))
BETTER = CommentTree((Paragraph((Words("Clarity 90 of 100."),)),))
EARLY, LATE = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"


def connect(fake, key=KEY, url=None, **settings):
    return LinearTracker(LinearSite("default", url or fake.api_url, Secret(key), **settings), timeout=5)


@pytest.fixture
def fake():
    with FakeLinear(page=2) as server:
        yield server


@pytest.fixture
def tracker(fake):
    return connect(fake)


def test_the_same_is_read_without_the_vendors_schema(fake, tracker, monkeypatch):
    issue_id = fake.create_issue("Pay by invoice", "As **Markdown**.", labels=["Bug"])
    fake.edit_issue(issue_id, title="Pay by bank transfer")
    comment_id = tracker.create_comment(issue_id, TREE, key="k1")
    read = tracker.fetch(issue_id)
    monkeypatch.setattr(linear_server, "schema", lambda: None)
    assert tracker.fetch(issue_id) == read
    tracker.update_comment(issue_id, comment_id, BETTER)
    assert fake.comments[issue_id][comment_id]["body"] == markdown.render(BETTER)


def test_creator_and_assignee_are_read_with_the_address_that_mentions_them(fake):
    issue_id = fake.create_issue("Export", assignee=APP)
    read = connect(fake).fetch(issue_id)
    assert (read.creator.id, read.creator.handle) == (AUTHOR, f"https://linear.app/demo/profiles/{AUTHOR[:8]}")
    assert read.assignee == Person(APP, is_bot=True)
    assert connect(fake).fetch(fake.create_issue("Export")).assignee is None


def test_facts_are_read(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice", None, labels=["Urgent", "Bug"], status="Triage", at=EARLY)
    issue = fake.issues[issue_id]
    issue["attachments"] = [{"title": "Screenshot", "url": "https://files.example/1"}]
    issue["relations"] = linear_server.connection([{"relatedIssue": {"identifier": "DEMO-9"}}])
    read = tracker.fetch(issue_id)
    assert read.ticket.description.content is None
    assert (read.ticket.kind, read.ticket.labels) == (Kind.BUG, ("Urgent", "Bug"))
    assert (read.ticket.project, read.key) == ("DEMO", "DEMO-1")
    assert (read.ticket.links, read.ticket.attachments) == (("DEMO-9",), ("Screenshot",))
    assert (read.ticket.status, read.status_category) == ("Triage", StatusCategory.NEW)
    assert read.text_changed == read.created


def test_a_label_that_settings_name_decides_the_kind(fake):
    issue_id = fake.create_issue("Pay by invoice", labels=["Defekt", "Kundenwunsch"])
    read = connect(fake, labels={"kundenwunsch": Kind.STORY}).fetch(issue_id)
    assert read.ticket.kind is Kind.STORY


@pytest.mark.parametrize(
    ("kind", "category"),
    [
        ("triage", "new"),
        ("backlog", "new"),
        ("unstarted", "new"),
        ("a type of tomorrow", "new"),
        ("started", "in_progress"),
        ("completed", "done"),
        ("canceled", "done"),
        ("duplicate", "done"),
    ],
)
def test_every_state_type_has_a_category(fake, tracker, kind, category):
    issue_id = fake.create_issue("Pay by invoice")
    fake.issues[issue_id]["state"] = {"name": "Some state", "type": kind}
    assert tracker.fetch(issue_id).status_category == category


def test_the_last_editor_of_the_text_is_spoken_to(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice", at=EARLY)
    fake.edit_issue(issue_id, author=ME, at="2026-01-02T00:00:00.000Z", title="Pay later")
    fake.edit_issue(issue_id, author="editor", at=LATE, description="Better.")
    fake.edit_issue(issue_id, author="mover", status="In Progress")
    read = tracker.fetch(issue_id)
    assert (read.author, read.text_changed.month) == (Person("editor"), 2)
    assert [(step.status, step.category) for step in read.status_history] == [
        ("In Progress", StatusCategory.IN_PROGRESS)
    ]


def test_an_edit_far_back_in_a_long_history_is_found(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice", at=EARLY)
    fake.edit_issue(issue_id, author="editor", at=LATE, description="Better.")
    for _ in range(9):
        fake.edit_issue(issue_id, author="mover", status="Todo")
    assert tracker.fetch(issue_id).author.id == "editor"


@pytest.mark.parametrize(
    ("author", "bot", "person"),
    [
        (AUTHOR, None, Person(AUTHOR)),
        (APP, None, Person(APP, is_bot=True)),
        (None, "slack", Person("bot", is_bot=True)),
        (None, None, None),
    ],
)
def test_what_an_app_or_an_integration_filed_is_by_a_bot(fake, tracker, author, bot, person):
    assert tracker.fetch(fake.create_issue("Pay by invoice", author=author, bot=bot)).author == person


def test_an_integrations_edit_is_a_bots(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice")
    fake.edit_issue(issue_id, author=None, title="Pay later")["botActor"] = {"id": "zap"}
    assert tracker.fetch(issue_id).author == Person("bot", is_bot=True)


def test_all_comments_are_read_page_by_page(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice")
    ids = [fake.add_comment(issue_id, "Hello.") for _ in range(7)]
    fake.add_comment(issue_id, "Deployed.", author=None, bot="deployer")
    comments = tracker.fetch(issue_id).comments
    assert [comment.id for comment in comments[:-1]] == ids
    assert (comments[-1].author, comments[-1].ours) == (Person("bot", is_bot=True), False)


def test_an_id_is_a_version_4_uuid_that_knows_its_issue():
    made = {linear_ids.comment_id("issue-1", f"key {n}") for n in range(100)}
    assert len(made) == 100
    for comment_id in made:
        assert uuid.UUID(comment_id).version == 4
        assert linear_ids.is_ours(comment_id, "issue-1")
        assert not linear_ids.is_ours(comment_id, "issue-2")
    others = [str(uuid.uuid4()) for _ in range(1000)] + ["", "a comment", "80e102b0-xxxx-xxxx-xxxx-044bcfb4cd39"]
    assert not any(linear_ids.is_ours(other, "issue-1") for other in others)


def test_our_comment_is_ours_whatever_a_person_made_of_it_and_a_copy_is_theirs(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice")
    ours = tracker.create_comment(issue_id, TREE, key="k1")
    copied = fake.add_comment(issue_id, fake.comments[issue_id][ours]["body"], author=ME)
    fake.comments[issue_id][ours] |= {"body": "", "user": linear_server.user("another account")}
    assert {c.id: c.ours for c in tracker.fetch(issue_id).comments} == {ours: True, copied: False}


def test_a_lost_answer_is_followed_by_an_edit_with_the_newer_text(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice")
    fake.faults = Faults(dropped=1.0)
    with pytest.raises(TrackerError):
        tracker.create_comment(issue_id, TREE, key="k1")
    fake.faults = Faults()
    comment_id = tracker.create_comment(issue_id, BETTER, key="k1")
    assert [write[0] for write in fake.writes] == ["create", "update"]
    assert {c["id"]: c["body"] for c in fake.ours(issue_id)} == {comment_id: markdown.render(BETTER)}


def test_a_lost_comment_that_a_person_deleted_is_not_posted_again(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice")
    fake.delete_comment(issue_id, tracker.create_comment(issue_id, TREE, key="k1"))
    with pytest.raises(CommentGone):
        tracker.create_comment(issue_id, TREE, key="k1")
    assert fake.ours(issue_id) == []


def test_a_refusal_for_another_reason_stays_what_it_is(fake, tracker, monkeypatch):
    def refuse(info, input):  # noqa: A002 (GraphQL's own name)
        raise linear_server.invalid("Argument Validation Error - body is too long")

    monkeypatch.setattr(fake, "_create", refuse)
    with pytest.raises(TrackerError, match="did not accept our request") as error:
        tracker.create_comment(fake.create_issue("Pay by invoice"), TREE, key="k1")
    assert error.value.permanent
    assert not isinstance(error.value, CommentGone)


def test_what_linear_says_it_did_not_do_is_tried_again(fake, tracker, monkeypatch):
    monkeypatch.setattr(fake, "_update", lambda info, id, input: {"success": False})  # noqa: A006 (GraphQL's own names)
    monkeypatch.setattr(linear_server, "schema", lambda: None)
    with pytest.raises(TrackerError, match="did not carry out commentUpdate") as error:
        tracker.update_comment("issue-1", "comment-1", TREE)
    assert not error.value.permanent


def test_an_issue_in_the_bin_is_gone(fake, tracker):
    issue_id = fake.create_issue("Pay by invoice")
    fake.issues[issue_id]["trashed"] = True
    with pytest.raises(TrackerError, match="deleted"):
        tracker.fetch(issue_id)


@pytest.mark.parametrize(
    ("key", "header"), [("lin_api_123", "lin_api_123"), ("lin_oauth_123", "Bearer lin_oauth_123")]
)
def test_a_key_is_sent_bare_and_an_oauth_token_as_bearer_whatever_netrc_says(
    fake, monkeypatch, tmp_path, key, header
):
    (tmp_path / ".netrc").write_text("default login somebody password something\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    seen = []
    monkeypatch.setattr(
        fake, "answer", lambda method, path, query, headers, body: (seen.append(headers), (500, {}))[1]
    )
    with pytest.raises(TrackerError):
        connect(fake, key=key).check()
    assert [headers["authorization"] for headers in seen] == [header]


def test_a_wrong_key_lets_the_site_wait_and_says_what_to_do(fake):
    with pytest.raises(TrackerError, match="Make a new one under Settings, API") as error:
        connect(fake, key="lin_api_wrong").check()
    assert (error.value.permanent, error.value.pauses) == (True, "site")
    assert "lin_api_wrong" not in str(error.value)


def test_a_wrong_address_lets_the_site_wait_and_says_what_to_do(fake):
    with pytest.raises(TrackerError, match="Is LINEAR_API_URL right") as error:
        connect(fake, url=fake.url + "/elsewhere").fetch("issue-1")
    assert (error.value.permanent, error.value.pauses) == (True, "site")


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"issue": {"id": "issue-1"}}},
        {"data": {"issue": []}},
        {"data": {"issue": {"id": 1, "createdAt": "yesterday"}}},
        {"data": {"issue": {"trashed": "maybe"}}},
        {"data": None},
        {"errors": "all of it"},
        {"errors": [{"message": 7}], "data": {}},
        [],
    ],
)
def test_an_answer_that_cannot_be_read_is_a_tracker_error(fake, tracker, monkeypatch, answer):
    monkeypatch.setattr(fake, "answer", lambda *_: (200, answer))
    for act in (
        lambda: tracker.fetch("issue-1"),
        tracker.check,
        lambda: tracker.create_comment("issue-1", TREE, key="k1"),
    ):
        with pytest.raises(TrackerError) as error:
            act()
        assert not error.value.permanent


def test_a_cursor_that_never_ends_does_not_hang(fake, tracker, monkeypatch):
    again = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "again"}}
    monkeypatch.setattr(fake, "_paged", lambda nodes, **args: again)
    assert tracker.fetch(fake.create_issue("Pay by invoice")).comments == ()


def test_we_are_introduced(tracker):
    assert tracker.check() == "Linear workspace Demo, signed in as clarity"
