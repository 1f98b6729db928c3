"""What is GitHub's alone; what it shares with the others is in test_every_tracker.py."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.comment import CommentTree, Paragraph, Quoted, Words
from service.settings import GitHubSite, Secret
from service.ticket import Kind, StatusCategory
from service.trackers.base import Marking, TicketGone, TrackerError, Unreachable
from service.trackers.github import GitHubTracker
from service.trackers.github_errors import LEAST_WAIT, understood, wait
from service.trackers.github_reading import mark, mark_of
from service.trackers.wild import Wild
from tests.fakes.github_server import APP, ME, TOKEN, FakeGitHub
from tests.fakes.http import Faults

TREE = CommentTree((Paragraph((Words("Clarity 40 of 100: "), Quoted("fast"))),))
NOW = 1_800_000_000.0


@pytest.fixture
def fake():
    with FakeGitHub() as server:
        yield server


@pytest.fixture
def site(fake):
    return GitHubSite("default", fake.url, Secret(TOKEN))


@pytest.fixture
def tracker(site):
    return GitHubTracker(site, 30.0)


@pytest.mark.parametrize(
    ("url", "rest", "graphql"),
    [
        ("https://github.com", "https://api.github.com", "https://api.github.com/graphql"),
        ("https://team.ghe.com", "https://api.team.ghe.com", "https://api.team.ghe.com/graphql"),
        ("https://git.team.example", "https://git.team.example/api/v3", "https://git.team.example/api/graphql"),
    ],
)
def test_where_the_api_is(url, rest, graphql):
    site = GitHubSite("default", url)
    assert (site.api_url, site.graphql_url) == (rest, graphql)


def test_an_issue_tells_its_kind_repository_and_people(fake, tracker):
    ticket_id = fake.create_issue(
        "Pay", "By invoice.", labels=["urgent"], kind="Feature", author="writer", assignee=ME
    )
    read = tracker.fetch(ticket_id)
    assert (read.key, read.ticket.project, read.ticket.status) == ("demo/shop#1", "demo/shop", "Open")
    assert (read.ticket.kind, read.ticket.labels) == (Kind.STORY, ("urgent",))
    assert (read.author.id, read.author.handle, read.assignee.handle) == ("102", "writer", ME)
    assert read.url == "https://github.com/demo/shop/issues/1"


def test_a_label_of_the_settings_tells_the_kind(fake, site):
    tracker = GitHubTracker(replace(site, labels={"Regression": Kind.BUG}), 30.0)
    assert tracker.fetch(fake.create_issue("Pay", "", labels=["regression"])).ticket.kind is Kind.BUG


def test_an_older_enterprise_is_asked_for_no_types(fake, tracker):
    fake.old = True
    ticket_id = fake.create_issue("Pay", "", labels=["bug"])
    assert tracker.fetch(ticket_id).ticket.kind is Kind.BUG
    before = len(fake.requests)
    tracker.fetch(ticket_id)
    assert len(fake.requests) == before + 1


def test_who_edited_last_is_spoken_to_and_a_bot_is_not(fake, tracker):
    ticket_id = fake.create_issue("Pay", "x", author=ME, at="2026-01-01T00:00:00Z")
    fake.edit_issue(ticket_id, author="writer", title="Pay by invoice", at="2026-01-02T00:00:00Z")
    fake.edit_issue(ticket_id, author="renovate[bot]", description="y", at="2026-01-03T00:00:00Z")
    read = tracker.fetch(ticket_id)
    assert read.author.handle == "writer"
    assert read.text_changed == datetime(2026, 1, 3, tzinfo=UTC)


def test_an_issue_of_a_bot_is_known_as_one(fake, tracker):
    assert tracker.fetch(fake.create_issue("Bump", "x", author="renovate[bot]")).author.is_bot


def test_an_account_that_is_gone_is_nobody(fake, tracker):
    assert tracker.fetch(fake.create_issue("Pay", "x", author=None)).author is None


def test_closing_and_reopening_are_its_history(fake, tracker):
    ticket_id = fake.create_issue("Pay", "x")
    for state in ("CLOSED", "OPEN", "CLOSED"):
        fake.edit_issue(ticket_id, state=state)
    read = tracker.fetch(ticket_id)
    assert [change.status for change in read.status_history] == ["Closed", "Open", "Closed"]
    assert read.status_category is StatusCategory.DONE


def test_a_pull_request_is_no_ticket(fake, tracker):
    with pytest.raises(TicketGone):
        tracker.fetch(fake.create_issue("Merge me", "x", pull=True))
    assert list(tracker.changed(datetime.now(UTC) - timedelta(hours=1))) == []


def test_a_copy_of_our_comment_is_not_ours(fake, tracker):
    ticket_id, other = fake.create_issue("Pay", "x"), fake.create_issue("Export", "y")
    tracker.create_comment(ticket_id, TREE, key="k1")
    (ours,) = fake.ours(ticket_id)
    fake.add_comment(ticket_id, ours["body"], author="writer")
    fake.add_comment(other, ours["body"], author=ME)
    fake.add_comment(ticket_id, f"{ours['body']}\nand more", author=ME)
    assert [comment.ours for comment in tracker.fetch(ticket_id).comments] == [True, False, False]
    assert [comment.ours for comment in tracker.fetch(other).comments] == [False]


def test_the_mark_is_unseen_and_fits_one_ticket():
    told = mark("I_1", "k1")
    assert re.fullmatch(r"<!-- ticket-clarity [0-9a-f]{32} -->", told)
    assert mark_of(f"Words\n\n{told}\n", "I_1") == told
    assert mark_of(f"Words\n\n{told}", "I_2") == mark_of(f"{told}\n\nWords", "I_1") == mark_of("", "I_1") == ""
    assert mark("I_1", "k2") != told


def test_only_the_repositories_of_the_settings_are_searched(fake, site):
    kept = fake.create_issue("Pay", "", repository="demo/shop")
    fake.create_issue("Pay", "", repository="demo/other")
    tracker = GitHubTracker(replace(site, repositories=("demo/shop",)), 30.0)
    assert [one.ref.id for one in tracker.changed(datetime.now(UTC) - timedelta(hours=1))] == [kept]


def test_a_label_is_put_on_and_off_and_leaves_the_others(fake, tracker):
    ticket_id = fake.create_issue("Pay", "x", labels=["bug"])
    for _ in range(2):
        tracker.set_label(ticket_id, "Needs-Clarity", on=True)
    read = tracker.fetch(ticket_id)
    assert read.ticket.labels == ("bug", "Needs-Clarity")
    assert read.text_changed == read.created
    other = fake.create_issue("Export", "x")
    tracker.set_label(other, "needs-clarity", on=True)
    assert tracker.fetch(other).ticket.labels == ("Needs-Clarity",)
    for _ in range(2):
        tracker.set_label(ticket_id, "needs-clarity", on=False)
    assert tracker.fetch(ticket_id).ticket.labels == ("bug",)
    assert isinstance(tracker, Marking)
    with pytest.raises(TicketGone):
        tracker.set_label("I_404", "needs-clarity", on=True)


# As an app.


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def app(fake, key):
    fake.app = key.public_key()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return GitHubSite("default", fake.url, app_id="app-1", private_key=Secret(pem.decode()))


def test_an_app_takes_a_token_once_for_all_its_threads(fake, app):
    tracker, ticket_id = GitHubTracker(app, 30.0), fake.create_issue("Pay", "x")
    with ThreadPoolExecutor(4) as pool:
        assert {read.key for read in pool.map(tracker.fetch, [ticket_id] * 8)} == {"demo/shop#1"}
    assert tracker.check() == f"GitHub, signed in as {APP}"
    assert len(fake.tokens) == 1
    assert len(list(tracker.changed(datetime.now(UTC) - timedelta(hours=1)))) == 1


def test_a_token_is_renewed_before_it_ends(fake, app):
    fake.token_seconds = 200
    tracker = GitHubTracker(app, 30.0)
    tracker.check()
    tracker.check()
    assert len(fake.tokens) == 2


def test_a_token_that_was_revoked_is_replaced(fake, app):
    tracker = GitHubTracker(app, 30.0)
    tracker.check()
    fake.tokens[:] = [("another", until) for _, until in fake.tokens]
    with pytest.raises(TrackerError, match="401"):
        tracker.check()
    assert tracker.check()


@pytest.mark.parametrize("installations", [[], [7, 8]])
def test_which_installation_has_to_be_told_where_there_are_several(fake, app, installations):
    fake.installations = installations
    with pytest.raises(TrackerError, match="INSTALLATION_ID") as error:
        GitHubTracker(app, 30.0).check()
    assert (error.value.permanent, error.value.pauses) == (True, "site")
    fake.installations = [7, 8]
    assert GitHubTracker(replace(app, installation_id="8"), 30.0).check()


def test_a_key_that_is_none_says_what_to_do_and_shows_nothing(app):
    with pytest.raises(TrackerError, match="no RSA key") as error:
        GitHubTracker(replace(app, private_key=Secret("hush hush")), 30.0).check()
    assert "hush" not in str(error.value)


def test_a_key_of_another_app_is_refused_with_advice(fake, app):
    fake.app = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    with pytest.raises(TrackerError, match="CLARITY_GITHUB_APP_ID"):
        GitHubTracker(app, 30.0).check()


# Errors.


def error(body, status=200, gone=TrackerError, **headers):
    return understood(Wild(body), status, headers, now=NOW, gone=gone)


@pytest.mark.parametrize(
    ("body", "status", "headers", "seconds"),
    [
        ({"message": "You have exceeded a secondary rate limit"}, 403, {"Retry-After": "9"}, 9),
        ({"message": "You have exceeded a secondary rate limit"}, 403, {}, LEAST_WAIT),
        ({"message": "Too many"}, 429, {}, LEAST_WAIT),
        (
            {"message": "API rate limit exceeded"},
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW + 50:.0f}"},
            50,
        ),
        (
            {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]},
            200,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW + 70:.0f}"},
            70,
        ),
    ],
)
def test_a_limit_makes_the_site_wait(body, status, headers, seconds):
    told = error(body, status, **headers)
    assert (told.permanent, told.pauses, told.retry_after) == (False, "site", seconds)


def test_a_quota_that_is_not_used_up_asks_for_no_wait():
    assert wait({"x-ratelimit-remaining": "12", "x-ratelimit-reset": f"{NOW + 50:.0f}"}, NOW) is None
    assert wait({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, NOW) is None
    assert wait({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, NOW) == 0


def test_what_github_refuses_is_told_with_what_to_do():
    bad = error({"message": "Bad credentials"}, 401)
    assert (bad.permanent, bad.pauses) == (True, "site")
    assert "CLARITY_GITHUB_TOKEN" in str(bad)
    denied = error({"message": "Resource not accessible by integration"}, 403)
    assert (denied.permanent, denied.pauses) == (False, "ticket")
    assert "write access to Issues" in str(denied)
    assert isinstance(error({"errors": [{"type": "NOT_FOUND"}]}, gone=TicketGone), TicketGone)
    assert error({"errors": [{"type": "UNPROCESSABLE"}]}).permanent
    assert "CLARITY_GITHUB_URL" in str(error({}, 404))
    assert isinstance(error({}, 502), Unreachable)
    assert isinstance(error({}, 503, **{"Retry-After": "30"}), Unreachable)
    assert not error({}, 500).permanent
    assert not error({"errors": "odd"}).permanent


def test_a_limit_is_honoured_over_the_wire(fake, tracker):
    fake.rate_answer = 403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "31"}
    fake.faults = Faults(limited=1.0)
    with pytest.raises(TrackerError) as told:
        tracker.check()
    assert (told.value.retry_after, told.value.pauses) == (31, "site")
