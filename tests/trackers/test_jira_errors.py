import logging

import pytest
import requests
import responses

from service.comment import CommentTree, Paragraph, Words
from service.settings import JiraSite, Secret
from service.trackers.base import CommentGone, TicketGone, TrackerError, Unreachable
from service.trackers.jira import JiraTracker

URL = "https://example.atlassian.net"
ISSUE = f"{URL}/rest/api/3/issue/10001"
COMMENTS = f"{ISSUE}/comment"
SITE = JiraSite("default", URL, "bot@example.com", api_token=Secret("a-token-that-stays-secret"))
TREE = CommentTree((Paragraph((Words("private words"),)),))


@pytest.fixture
def jira():
    with responses.RequestsMock() as mock:
        yield mock


def failing(call):
    with pytest.raises(TrackerError) as raised:
        call(JiraTracker(SITE, timeout=5))
    return raised.value


def post(tracker):
    return tracker.create_comment("10001", TREE, key="k")


@pytest.mark.parametrize(
    ("status", "headers", "permanent", "pauses", "retry_after"),
    [
        (429, {"Retry-After": "7"}, False, "site", 7),
        (429, {"Retry-After": "7", "RateLimit-Reason": "jira-quota-global-based"}, False, "site", 7),
        (429, {"Retry-After": "7", "RateLimit-Reason": "jira-quota-tenant-based"}, False, "site", 7),
        (429, {"Retry-After": "7", "RateLimit-Reason": "jira-burst-based"}, False, "site", 7),
        (429, {"Retry-After": "7", "RateLimit-Reason": "jira-per-issue-on-write"}, False, "ticket", 7),
        (429, {"Retry-After": "7", "RateLimit-Reason": "Jira-Per-Issue-On-Write "}, False, "ticket", 7),
        (429, {}, False, "site", None),
        (401, {}, False, "site", None),
        (403, {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE"}, False, "site", None),
        (403, {}, False, "ticket", None),
        (407, {}, False, "site", None),
        (400, {}, True, "ticket", None),
        (413, {}, True, "ticket", None),
        (408, {}, False, "ticket", None),
        (409, {}, False, "ticket", None),
        (500, {}, False, "ticket", None),
        (503, {"Retry-After": "30"}, False, "ticket", 30),
    ],
)
def test_each_status_says_what_has_to_wait(jira, status, headers, permanent, pauses, retry_after):
    jira.post(COMMENTS, status=status, headers=headers, json={"errorMessages": [], "errors": {}})
    error = failing(post)
    assert (error.permanent, error.pauses, error.retry_after) == (permanent, pauses, retry_after)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "30"}])
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateways_answer_is_one_of_an_outage_even_where_it_names_a_time(jira, status, headers):
    jira.post(COMMENTS, status=status, headers=headers)
    assert type(failing(post)) is Unreachable


def test_nothing_is_sent_twice_by_itself(jira):
    jira.post(COMMENTS, status=503, headers={"Retry-After": "0"})
    failing(post)
    assert len(jira.calls) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (requests.ConnectionError("secret details"), "Jira could not be reached (ConnectionError)."),
        (requests.exceptions.SSLError("secret details"), "Jira could not be reached (SSLError)."),
        (requests.ReadTimeout("secret details"), "Jira did not answer in time."),
        (requests.ConnectTimeout("secret details"), "Jira did not answer in time."),
        (requests.exceptions.ChunkedEncodingError("x"), "Jira could not be reached (ChunkedEncodingError)."),
    ],
)
def test_a_network_fault_is_tried_again(jira, fault, sentence):
    jira.post(COMMENTS, body=fault)
    error = failing(post)
    assert (str(error), error.permanent, len(jira.calls)) == (sentence, False, 1)


@pytest.mark.parametrize("page", [b"<html>Log in</html>", b"", b"[]", b"\xff"])
def test_an_answer_that_is_not_jiras_is_no_crash(jira, page):
    jira.get(ISSUE, body=page)
    jira.get(COMMENTS, body=page)
    jira.assert_all_requests_are_fired = False
    error = failing(lambda tracker: tracker.fetch("10001"))
    assert "could not be read" in str(error)
    assert not error.permanent


def test_a_missing_issue_is_gone_and_so_is_a_missing_comment(jira):
    jira.get(ISSUE, status=404)
    jira.post(COMMENTS, status=404)
    jira.put(f"{COMMENTS}/5", status=404)
    jira.delete(f"{COMMENTS}/5", status=404)
    assert isinstance(failing(lambda tracker: tracker.fetch("10001")), TicketGone)
    assert isinstance(failing(post), TicketGone)
    assert isinstance(failing(lambda tracker: tracker.update_comment("10001", "5", TREE)), CommentGone)
    assert JiraTracker(SITE, timeout=5).delete_comment("10001", "5") is None


def test_a_missing_permission_is_named_and_can_be_mended(jira):
    jira.post(COMMENTS, status=400, json={"errorMessages": ["You do not have the permission to comment."]})
    error = failing(post)
    assert "Give it Browse, Add, Edit own and Delete own comments" in str(error)
    assert not error.permanent


def test_wrong_credentials_are_named(jira):
    jira.get(f"{URL}/rest/api/3/myself", status=401, json={"errorMessages": ["Client must be authenticated"]})
    assert "Renew JIRA_EMAIL and JIRA_API_TOKEN" in str(failing(lambda tracker: tracker.check()))


def test_a_wrong_address_is_named(jira):
    jira.get(f"{URL}/rest/api/3/myself", status=404)
    assert "JIRA_URL" in str(failing(lambda tracker: tracker.check()))


@pytest.mark.parametrize("status", [400, 401, 403, 413, 429, 500])
def test_no_error_repeats_the_text_the_token_or_the_address(jira, status, caplog):
    caplog.set_level(logging.DEBUG)
    echo = {"errorMessages": ["private words by bot@example.com"], "errors": {"comment": "private words"}}
    jira.post(COMMENTS, status=status, json=echo)
    error = failing(post)
    told = str(error) + repr(error) + caplog.text
    for secret in ("private words", "a-token-that-stays-secret", "bot@example.com"):
        assert secret not in told
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_an_odd_id_stays_in_its_place(jira):
    jira.get(f"{URL}/rest/api/3/issue/1%2F..%2F..%2F2", status=404)
    assert isinstance(failing(lambda tracker: tracker.fetch("1/../../2")), TicketGone)


def test_every_request_has_a_timeout(monkeypatch):
    waits = []

    def send(self, request, **options):
        waits.append(options["timeout"])
        raise requests.ReadTimeout

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    failing(lambda tracker: tracker.check())
    failing(post)
    assert waits == [5, 5]
