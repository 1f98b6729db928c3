import pytest
from requests.structures import CaseInsensitiveDict

from service.trackers.base import CommentGone, NotAllowed, TicketGone, TrackerError, Unreachable
from service.trackers.linear_errors import AlreadyThere, understood, wait
from service.trackers.wild import Wild

NOW = 1_800_000_000.0


def read(message="", *, code="", kind="", status=200, headers=None, gone=TicketGone):
    extensions = {name: value for name, value in (("code", code), ("type", kind)) if value}
    answer = Wild({"errors": [{"message": message, "extensions": extensions}]})
    return understood(answer, status, CaseInsensitiveDict(headers or {}), now=NOW, gone=gone)


@pytest.mark.parametrize(
    ("told", "kind", "permanent", "pauses"),
    [
        ({"code": "RATELIMITED", "status": 400}, TrackerError, False, "site"),
        ({"kind": "ratelimited", "status": 400}, TrackerError, False, "site"),
        ({"status": 429}, TrackerError, False, "site"),
        ({"code": "AUTHENTICATION_ERROR", "status": 200}, TrackerError, True, "site"),
        ({"kind": "authentication error", "status": 400}, TrackerError, True, "site"),
        ({"status": 401}, TrackerError, True, "site"),
        ({"code": "FORBIDDEN"}, NotAllowed, True, "ticket"),
        ({"code": "FORBIDDEN", "status": 403}, NotAllowed, True, "ticket"),
        ({"message": "Entity not found: Issue", "code": "INPUT_ERROR"}, TicketGone, True, "ticket"),
        ({"message": "Entity not found", "gone": CommentGone}, CommentGone, True, "ticket"),
        ({"message": "Entity already exists", "code": "INPUT_ERROR"}, AlreadyThere, True, "ticket"),
        ({"message": "conflict on insert of Comment", "kind": "internal error"}, AlreadyThere, True, "ticket"),
        ({"message": "Argument Validation Error", "code": "INVALID_INPUT"}, TrackerError, True, "ticket"),
        ({"code": "GRAPHQL_VALIDATION_FAILED", "status": 400}, TrackerError, True, "ticket"),
        ({"code": "INTERNAL_SERVER_ERROR"}, TrackerError, False, "ticket"),
        ({"kind": "lock timeout"}, TrackerError, False, "ticket"),
        ({"status": 500}, TrackerError, False, "ticket"),
        ({"status": 503}, Unreachable, False, "ticket"),
        ({"status": 503, "headers": {"Retry-After": "30"}}, Unreachable, False, "ticket"),
        ({"status": 408}, TrackerError, False, "ticket"),
        ({"status": 302}, TrackerError, True, "site"),
        ({"status": 404}, TrackerError, True, "site"),
    ],
)
def test_each_error_is_told_from_the_others(told, kind, permanent, pauses):
    error = read(**told)
    assert type(error) is kind
    assert (error.permanent, error.pauses) == (permanent, pauses)
    assert str(error).endswith((".", "?"))


def test_nothing_that_linear_quotes_is_repeated():
    for code in ("INVALID_INPUT", "INTERNAL", "WITH a title"):
        assert "hush" not in str(read("hush: the title", code=code)).casefold()
    assert "a title" not in str(read(code="WITH a title: hush"))


REQUESTS, COMPLEXITY = "X-RateLimit-Requests", "X-RateLimit-Complexity"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "12"}, 12),
        ({"retry-after": "12", f"{REQUESTS}-Reset": str(int(NOW * 1000) + 60_000)}, 12),
        ({f"{REQUESTS}-Reset": str(int(NOW * 1000) + 60_000)}, 60),
        ({f"{COMPLEXITY}-Reset": str(int(NOW * 1000) + 90_500)}, 90.5),
        (
            {
                f"{REQUESTS}-Reset": str(int(NOW * 1000) + 60_000),
                f"{COMPLEXITY}-Reset": str(int(NOW * 1000) + 90_000),
            },
            90,
        ),
        (
            {
                f"{REQUESTS}-Reset": str(int(NOW * 1000) + 60_000),
                f"{REQUESTS}-Remaining": "0",
                f"{COMPLEXITY}-Reset": str(int(NOW * 1000) + 90_000),
                f"{COMPLEXITY}-Remaining": "249000",
            },
            60,
        ),
        ({f"{REQUESTS}-Reset": str(int(NOW * 1000) - 60_000)}, 0),
        ({f"{REQUESTS}-Reset": "9" * 400}, 6 * 3600),
        ({f"{REQUESTS}-Reset": "soon"}, None),
        ({f"{REQUESTS}-Reset": "²"}, None),
    ],
)
def test_how_long_to_wait(headers, seconds):
    told = wait(CaseInsensitiveDict(headers), NOW)
    assert told == (None if seconds is None else pytest.approx(seconds))
