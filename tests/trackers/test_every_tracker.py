"""What every tracker promises, held against each over its fake. A new tracker adds a world of its own."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.commands import Verb, commands
from service.comment import CommentTree, Mention, Paragraph, Quoted, Words
from service.feedback import SIGNATURE
from service.settings import GitHubSite, JiraSite, LinearSite, Secret, Settings
from service.store import local as local_queries
from service.ticket import Markup, TicketRef
from service.trackers import base, registry
from service.trackers.base import CommentGone, CutOff, TicketGone, TrackerError
from tests.fakes import github_server, jira_server, linear_server
from tests.fakes.github_server import FakeGitHub
from tests.fakes.http import Faults
from tests.fakes.jira_server import FakeJira
from tests.fakes.linear_server import FakeLinear
from tests.store.conftest import sqlite_url as url
from tests.store.conftest import store

__all__ = ["store", "url"]

FIRST = CommentTree(
    (
        Paragraph((Words("Clarity 40 of 100: "), Quoted("fast"), Words(" cannot be tested."))),
        Paragraph((Words(SIGNATURE + "fixed rules.", emphasis=True),)),
    )
)
SECOND = CommentTree((Paragraph((Words(SIGNATURE), Words("Clarity 90 of 100: ready.", strong=True))),))


class OverHttp:
    """A world whose tracker is a server that can fail."""

    site, store = "default", None

    def __init__(self, fake):
        self.fake = fake

    def close(self):
        self.fake.stop()

    def file(self, title, words):
        return self.fake.create_issue(title, words)

    def edit(self, ticket_id, title):
        self.fake.edit_issue(ticket_id, **{self.title_field: title})

    def remove(self, ticket_id):
        self.fake.delete_issue(ticket_id)

    def remove_comment(self, ticket_id, comment_id):
        self.fake.delete_comment(ticket_id, comment_id)

    def break_with(self, **faults):
        self.fake.faults = Faults(**faults)


class Jira(OverHttp):
    tracker, title_field = "jira", "summary"

    def mention(self, user_id):
        return f"'mention', 'attrs': {{'id': '{user_id}'}}" if self.fake.cloud else f"[~{jira_server.ME}]"

    def __init__(self, *, cloud):
        super().__init__(FakeJira(cloud=cloud).start())
        self.markup = Markup.ADF if cloud else Markup.WIKI
        site = JiraSite("default", self.fake.url, jira_server.EMAIL, Secret(jira_server.TOKEN), cloud=cloud)
        own = site if cloud else replace(site, api_token=Secret(""), token=site.api_token)
        self.settings = {"jira": {"default": own}}

    def say(self, ticket_id, words):
        plain = {"type": "paragraph", "content": [{"type": "text", "text": words}]}
        adf = {"type": "doc", "version": 1, "content": [plain]}
        return self.fake.add_comment(ticket_id, adf if self.fake.cloud else words, jira_server.ME)


class Linear(OverHttp):
    tracker, title_field = "linear", "title"

    def mention(self, user_id):
        return f"https://linear.app/demo/profiles/{user_id[:8]} asks"

    markup = Markup.MARKDOWN

    def __init__(self):
        super().__init__(FakeLinear(page=2).start())
        site = LinearSite("default", self.fake.api_url, Secret(linear_server.KEY))
        self.settings = {"linear": {"default": site}}

    def say(self, ticket_id, words):
        return self.fake.add_comment(ticket_id, words, linear_server.ME)


class GitHub(OverHttp):
    tracker, title_field = "github", "title"
    markup = Markup.MARKDOWN

    def __init__(self):
        super().__init__(FakeGitHub(page=2).start())
        self.settings = {"github": {"default": GitHubSite("default", self.fake.url, Secret(github_server.TOKEN))}}

    def mention(self, user_id):
        return f"@{github_server.ME} asks"

    def say(self, ticket_id, words):
        return self.fake.add_comment(ticket_id, words, github_server.ME)


class Local:
    """The playground's own tracker: nobody else comments there, and no server is between."""

    tracker, site = registry.LOCAL
    markup = Markup.MARKDOWN

    def __init__(self, own_store):
        self.store, self.settings = own_store, {}

    def close(self):
        pass

    def file(self, title, words):
        ticket_id = uuid.uuid4().hex
        with self.store.writing() as connection:
            local_queries.add_ticket(connection, ticket_id, local_queries.Draft("", title, words, "markdown"))
        return ticket_id

    def edit(self, ticket_id, title):
        with self.store.writing() as connection:
            local_queries.edit_ticket(connection, ticket_id, local_queries.Draft("", title, "", "markdown"))

    def remove(self, ticket_id):
        with self.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM local_ticket")

    def remove_comment(self, ticket_id, comment_id):
        with self.store.writing() as connection:
            local_queries.delete_comment(connection, comment_id)


WORLDS = {
    "jira cloud": lambda request: Jira(cloud=True),
    "jira data center": lambda request: Jira(cloud=False),
    "linear": lambda request: Linear(),
    "github": lambda request: GitHub(),
    "local": lambda request: Local(request.getfixturevalue("store")),
}
wired = pytest.mark.parametrize("world", ["jira cloud", "jira data center", "linear", "github"], indirect=True)
keyed = pytest.mark.parametrize("world", ["linear", "local"], indirect=True)


@pytest.fixture(params=WORLDS)
def world(request, tmp_path):
    made = WORLDS[request.param](request)
    settings = Settings("", tmp_path, http_timeout_seconds=30.0, **made.settings)
    made.opened = registry.open_tracker(settings, made.store, made.tracker, made.site)
    yield made
    made.close()


@pytest.fixture
def tracker(world):
    return world.opened


@pytest.fixture
def ticket_id(world):
    return world.file("Pay by invoice", "The page should be fast.")


def shown(tracker, ticket_id):
    return [(comment.id, comment.ours) for comment in tracker.fetch(ticket_id).comments]


def test_it_is_named_and_says_who_we_are(world, tracker):
    assert tracker.name == world.tracker
    assert tracker.site
    assert tracker.check()


def test_a_ticket_is_read(tracker, ticket_id):
    read = tracker.fetch(ticket_id)
    assert (read.ticket.id, read.ticket.title) == (ticket_id, "Pay by invoice")
    assert read.ticket.description.content == "The page should be fast."
    assert read.key
    assert read.created.tzinfo
    assert read.text_changed >= read.created
    assert read.author
    assert not read.author.is_bot
    assert (read.comments, read.service_desk) == ((), False)


def test_an_edit_is_seen(world, tracker, ticket_id):
    before = tracker.fetch(ticket_id)
    world.edit(ticket_id, "Pay by bank transfer")
    after = tracker.fetch(ticket_id)
    assert after.ticket.title == "Pay by bank transfer"
    assert after.text_changed >= before.text_changed
    assert after.created == before.created


@wired
def test_what_changed_is_found_page_by_page_and_nothing_else(world, tracker):
    world.fake.per_page = 12
    ids = [world.file(f"Number {number}", "") for number in range(40)]
    assert {one.ref.id for one in tracker.changed(datetime.now(UTC) - timedelta(hours=1))} == set(ids)
    age(world.fake, *ids)
    world.edit(ids[3], "Edited")
    tracker.create_comment(ids[7], FIRST, key="k1")
    found = {one.ref.id: one for one in tracker.changed(datetime.now(UTC) - timedelta(hours=1))}
    assert set(found) == {ids[3], ids[7]}
    assert abs((found[ids[3]].at - datetime.now(UTC)).total_seconds()) < 60
    assert found[ids[3]].ref == TicketRef(world.tracker, "default", ids[3], tracker.fetch(ids[3]).key)


@wired
def test_a_search_that_is_cut_off_does_not_pass_for_a_whole_one(world, tracker, monkeypatch):
    monkeypatch.setattr(base, "MOST_SEARCHED_PAGES", 3)
    world.fake.per_page = world.fake.page = 25
    ids = {world.file(f"Number {number}", "") for number in range(30)}
    since = datetime.now(UTC) - timedelta(hours=1)
    assert {one.ref.id for one in tracker.changed(since)} == ids
    world.fake.per_page = world.fake.page = 9
    found = tracker.changed(since)
    assert {next(found).ref.id for _ in range(9)} < ids
    with pytest.raises(CutOff, match="More changed than 3 pages"):
        list(found)


def age(fake, *ids):
    """Let these tickets be three days old."""
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="milliseconds")
    for ticket_id in ids:
        issue = fake.issues[ticket_id]
        issue.get("fields", issue)["created" if "fields" in issue else "createdAt"] = old.replace(
            "+00:00", "+0000"
        )


@wired
def test_a_search_that_fails_says_why(world, tracker):
    world.file("Pay by invoice", "")
    world.break_with(broken=1.0)
    with pytest.raises(TrackerError, match="500"):
        list(tracker.changed(datetime.now(UTC)))


def test_a_comment_is_created_edited_and_deleted(world, tracker, ticket_id):
    comment_id = tracker.create_comment(ticket_id, FIRST, key="k1")
    (first,) = tracker.fetch(ticket_id).our_comments
    tracker.update_comment(ticket_id, comment_id, SECOND)
    (second,) = tracker.fetch(ticket_id).our_comments
    assert first.id == second.id == comment_id
    assert first.body.markup is second.body.markup is world.markup
    assert "fast" in str(first.body.content)
    assert "ready" in str(second.body.content)
    assert second.created.tzinfo
    tracker.delete_comment(ticket_id, comment_id)
    assert tracker.fetch(ticket_id).comments == ()


@wired
def test_another_comment_by_the_same_account_is_not_ours(world, tracker, ticket_id):
    theirs = world.say(ticket_id, "I would like to know more.")
    ours = tracker.create_comment(ticket_id, FIRST, key="k1")
    assert shown(tracker, ticket_id) == [(theirs, False), (ours, True)]


@wired
def test_what_people_ask_is_read_and_who_asked_can_be_mentioned(world, tracker, ticket_id):
    world.say(ticket_id, "/unclear How fast?")
    (command,) = commands(tracker.fetch(ticket_id).comments)
    assert (command.verb, command.words) == (Verb.UNCLEAR, "How fast?")
    mention = Mention(command.by.handle or command.by.id)
    comment_id = tracker.create_comment(ticket_id, FIRST, key="k1")
    tree = CommentTree((Paragraph((mention, Words(" asks: "), Quoted(command.words))), *FIRST.nodes))
    tracker.update_comment(ticket_id, comment_id, tree, notify=True)
    (ours,) = tracker.fetch(ticket_id).our_comments
    assert world.mention(command.by.id) in str(ours.body.content)


def test_another_key_is_another_comment(tracker, ticket_id):
    ids = {tracker.create_comment(ticket_id, FIRST, key=key) for key in ("k1", "k2", "k3")}
    assert {comment.id for comment in tracker.fetch(ticket_id).our_comments} == ids
    assert len(ids) == 3


def test_the_same_key_on_another_ticket_is_another_comment(world, tracker, ticket_id):
    other = world.file("Export", "As CSV.")
    first, second = (tracker.create_comment(each, FIRST, key="k1") for each in (ticket_id, other))
    assert first != second
    assert (shown(tracker, ticket_id), shown(tracker, other)) == ([(first, True)], [(second, True)])


@keyed
def test_a_second_try_posts_nothing_new_where_ids_are_derived(world, tracker, ticket_id):
    first = tracker.create_comment(ticket_id, FIRST, key="k1")
    assert tracker.create_comment(ticket_id, FIRST, key="k1") == first
    assert shown(tracker, ticket_id) == [(first, True)]


@wired
def test_a_comment_whose_answer_was_lost_is_found_again(world, tracker, ticket_id):
    world.break_with(dropped=1.0)
    with pytest.raises(TrackerError) as error:
        tracker.create_comment(ticket_id, FIRST, key="k1")
    world.break_with()
    assert (error.value.permanent, error.value.pauses) == (False, "ticket")
    assert [ours for _, ours in shown(tracker, ticket_id)] == [True]


def test_a_comment_that_a_person_deleted_is_gone_to_edit_and_no_error_to_delete(world, tracker, ticket_id):
    comment_id = tracker.create_comment(ticket_id, FIRST, key="k1")
    world.remove_comment(ticket_id, comment_id)
    with pytest.raises(CommentGone) as error:
        tracker.update_comment(ticket_id, comment_id, SECOND)
    assert error.value.permanent
    tracker.delete_comment(ticket_id, comment_id)
    assert tracker.fetch(ticket_id).comments == ()


def test_a_deleted_ticket_is_gone(world, tracker, ticket_id):
    world.remove(ticket_id)
    for act in (tracker.fetch, lambda gone: tracker.create_comment(gone, FIRST, key="k1")):
        with pytest.raises(TicketGone) as error:
            act(ticket_id)
        assert error.value.permanent


@wired
@pytest.mark.parametrize(
    ("faults", "pauses", "wait"),
    [({"limited": 1.0, "retry_after": "7"}, "site", 7), ({"broken": 1.0}, "ticket", None)],
    ids=["quota", "fault"],
)
def test_a_failing_tracker_is_tried_again_and_nothing_secret_is_told(
    world, tracker, ticket_id, faults, pauses, wait
):
    world.break_with(**faults)
    with pytest.raises(TrackerError) as error:
        tracker.fetch(ticket_id)
    told = error.value
    assert not told.permanent
    assert told.retry_after == (wait and pytest.approx(wait, abs=2))
    assert told.pauses in (pauses, "site" if wait else pauses)
    for secret in (jira_server.TOKEN, linear_server.KEY, github_server.TOKEN, "Pay by invoice"):
        assert secret not in f"{told}{told.__cause__}{vars(told)}"


@wired
def test_a_dead_tracker_is_tried_again(world, tracker, ticket_id):
    world.fake.stop()
    world.close = lambda: None
    with pytest.raises(TrackerError) as error:
        tracker.fetch(ticket_id)
    assert not error.value.permanent
