import pytest

from service.comment import CommentTree, Paragraph, Words
from service.feedback import SIGNATURE
from service.render import adf, wiki
from service.settings import JiraSite, Secret
from service.ticket import Markup
from service.trackers.base import CommentGone, TicketGone
from service.trackers.jira import JiraTracker
from tests.fakes.http import Faults
from tests.fakes.jira_server import AUTHOR, EMAIL, ME, TOKEN, FakeJira

TREE = CommentTree(
    (Paragraph((Words("Clarity 40 of 100."),)), Paragraph((Words(SIGNATURE + "fixed rules.", emphasis=True),)))
)
READY = CommentTree((Paragraph((Words(SIGNATURE), Words("Clarity 90 of 100: ready.", strong=True))),))


def connect(fake, **settings):
    if fake.cloud:
        site = JiraSite("default", fake.url, EMAIL, Secret(TOKEN), **settings)
    else:
        site = JiraSite("default", fake.url, token=Secret(TOKEN), cloud=False, **settings)
    return JiraTracker(site, timeout=5)


@pytest.fixture(params=["cloud", "data center"])
def fake(request):
    with FakeJira(cloud=request.param == "cloud") as server:
        yield server


def ours(tracker, issue_id):
    return [comment.ours for comment in tracker.fetch(issue_id).comments]


def quotation(cloud, words):
    if not cloud:
        return f"I disagree.\n{{quote}}\n{words}\n{{quote}}"
    inner = {"type": "paragraph", "content": [{"type": "text", "text": words}]}
    said = {"type": "paragraph", "content": [{"type": "text", "text": "I disagree."}]}
    return {"type": "doc", "version": 1, "content": [said, {"type": "blockquote", "content": [inner]}]}


@pytest.mark.parametrize("tree", [TREE, READY], ids=["points", "ready"])
@pytest.mark.parametrize("shown", [True, False], ids=["properties shown", "properties hidden"])
def test_our_comment_is_found_whatever_jira_shows(fake, tree, shown):
    fake.properties_shown = shown
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    comment_id = tracker.create_comment(issue_id, tree, key="k1")
    read = tracker.fetch(issue_id)
    assert [comment.id for comment in read.our_comments] == [comment_id]


@pytest.mark.parametrize("shown", [True, False], ids=["properties shown", "properties hidden"])
def test_a_comment_of_the_person_whose_account_we_use_is_theirs(fake, shown):
    fake.properties_shown = shown
    issue_id = fake.create_issue("Pay by invoice")
    fake.add_comment(issue_id, quotation(fake.cloud, SIGNATURE + "fixed rules."), ME)
    fake.add_comment(issue_id, adf.render(CommentTree(TREE.nodes[:1])) if fake.cloud else "A comment.", ME)
    assert ours(connect(fake), issue_id) == [False, False]


def test_our_words_under_another_account_are_not_ours(fake):
    issue_id = fake.create_issue("Pay by invoice")
    fake.add_comment(issue_id, adf.render(TREE) if fake.cloud else wiki.render(TREE))
    assert ours(connect(fake), issue_id) == [False]


def test_a_comment_is_edited_in_place_and_nobody_is_mailed(fake):
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    comment_id = tracker.create_comment(issue_id, TREE, key="k1")
    tracker.update_comment(issue_id, comment_id, READY)
    (comment,) = tracker.fetch(issue_id).comments
    assert (comment.id, comment.ours, fake.mailed) == (comment_id, True, [])
    assert comment.body.content == (adf.render(READY) if fake.cloud else wiki.render(READY))
    assert comment.body.markup is (Markup.ADF if fake.cloud else Markup.WIKI)


def test_an_edit_that_asks_somebody_something_is_mailed(fake):
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    comment_id = tracker.create_comment(issue_id, TREE, key="k1")
    tracker.update_comment(issue_id, comment_id, READY, notify=True)
    assert fake.mailed == [comment_id]


def test_author_creator_and_assignee_are_read(fake):
    issue_id = fake.create_issue("Pay by invoice", assignee=fake.user("u7"))
    fake.edit_issue(issue_id, author="u8", summary="Pay by transfer")
    read = connect(fake).fetch(issue_id)
    assert read.assignee.id == fake_id(fake, "u7")
    assert read.author.id == fake_id(fake, "u8")
    assert read.creator.id == fake_id(fake, AUTHOR)
    other = fake.create_issue("Pay by invoice", assignee=None)
    assert connect(fake).fetch(other).assignee is None


def fake_id(fake, user_id):
    user = fake.user(user_id)
    return user["accountId"] if fake.cloud else user["key"]


def test_the_marker_holds_the_key_and_an_internal_note_says_so(fake):
    issue_id = fake.create_issue("Pay by invoice")
    connect(fake).create_comment(issue_id, TREE, key="k1", internal=True)
    (comment,) = fake.comments[issue_id].values()
    assert comment["properties"] == [
        {"key": "ticket-clarity", "value": {"key": "k1"}},
        {"key": "sd.public.comment", "value": {"internal": True}},
    ]


def test_a_deleted_comment_is_gone_to_edit_and_no_error_to_delete(fake):
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    comment_id = tracker.create_comment(issue_id, TREE, key="k1")
    tracker.delete_comment(issue_id, comment_id)
    tracker.delete_comment(issue_id, comment_id)
    with pytest.raises(CommentGone):
        tracker.update_comment(issue_id, comment_id, READY)
    assert tracker.fetch(issue_id).comments == ()


def test_a_deleted_ticket_is_gone(fake):
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    fake.delete_issue(issue_id)
    with pytest.raises(TicketGone):
        tracker.fetch(issue_id)
    with pytest.raises(TicketGone):
        tracker.create_comment(issue_id, TREE, key="k1")


def test_a_comment_whose_answer_was_lost_is_found_and_was_posted_once(fake):
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    fake.faults = Faults(dropped=1.0)
    with pytest.raises(Exception, match="could not be reached"):
        tracker.create_comment(issue_id, TREE, key="k1")
    fake.faults = Faults()
    assert ours(tracker, issue_id) == [True]


def test_all_comments_are_read_page_by_page(fake):
    fake.per_page = 3
    issue_id = fake.create_issue("Pay by invoice")
    ids = [fake.add_comment(issue_id, "Hello.") for _ in range(8)]
    assert [comment.id for comment in connect(fake).fetch(issue_id).comments] == ids


def test_a_history_longer_than_one_answer_is_read_whole(fake):
    issue_id = fake.create_issue("Pay by invoice", created="2026-01-01T00:00:00.000+0000")
    fake.edit_issue(issue_id, author="early-editor", description="Better.", at="2026-02-01T00:00:00.000+0000")
    for _ in range(120):
        fake.edit_issue(issue_id, author="mover", priority="High")
    read = connect(fake).fetch(issue_id)
    assert (read.author.id, read.text_changed.month) == ("early-editor", 2)


def test_a_custom_field_is_read_under_its_name_and_its_editor_known(fake):
    fake.names = {"customfield_7": "Acceptance Criteria", "customfield_8": "Sprint"}
    issue_id = fake.create_issue("Pay by invoice", customfield_7="* One", customfield_8="Sprint 1")
    fake.edit_issue(issue_id, author="criteria-editor", customfield_7="* One\n* Two")
    fake.edit_issue(issue_id, author="scrum-master", customfield_8="Sprint 2")
    read = connect(fake, fields={"customfield_7": "acceptance criteria"}).fetch(issue_id)
    assert read.author.id == "criteria-editor"
    assert read.ticket.fields["acceptance criteria"].content == "* One\n* Two"
    assert set(read.ticket.fields) == {"acceptance criteria"}


def test_we_are_introduced(fake):
    assert connect(fake).check().endswith("signed in as A user")


def test_our_account_is_asked_for_once(fake):
    fake.properties_shown = False
    issue_id, tracker = fake.create_issue("Pay by invoice"), connect(fake)
    tracker.create_comment(issue_id, TREE, key="k1")
    for _ in range(3):
        tracker.fetch(issue_id)
    assert sum(path.endswith("/myself") for _, path, *_ in fake.requests) == 1
