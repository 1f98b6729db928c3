"""What Linear's error answers mean, and what to do about them.

Errors come inside HTTP 200 and HTTP 400 alike; a rate limit is HTTP 400 with the code RATELIMITED.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.trackers.base import GATEWAY, NotAllowed, TrackerError, Unreachable
from service.trackers.waiting import MOST, answered_at, retry_after
from service.trackers.wild import Untamed, Wild

_BUCKETS = ("Requests", "Complexity", "Endpoint-Requests")
_REFUSED = frozenset(
    {"INVALID_INPUT", "INPUT_ERROR", "USER_ERROR", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}
)
_CONFLICT = ("already exist", "conflict", "duplicate", "already in use")
_UNAUTHENTICATED = "Linear refused our key. Make a new one under Settings, API, and set LINEAR_API_KEY to it."
_ELSEWHERE = "This address does not speak Linear's GraphQL (HTTP {}). Is LINEAR_API_URL right?"


class AlreadyThere(TrackerError):
    """What was to be created has an id that is taken."""


def understood(
    answer: Wild, status: int, headers: Mapping[str, str], *, now: float, gone: type[TrackerError]
) -> TrackerError:
    """The answer's error as ours. `gone` is raised where the entity is not there. Nothing we sent is repeated."""
    codes, words = _told(answer)
    return (
        _of_the_site(codes, status, headers, now)
        or _of_the_request(codes, words, gone)
        or _passing(codes, status, retry_after(headers, now))
    )


def _of_the_site(codes: set[str], status: int, headers: Mapping[str, str], now: float) -> TrackerError | None:
    """What keeps every ticket of the workspace waiting."""
    if "RATELIMITED" in codes or status == 429:
        return TrackerError(
            "Linear's quota is used up (RATELIMITED).", retry_after=wait(headers, now), pauses="site"
        )
    if status == 401 or codes & {"AUTHENTICATION_ERROR", "UNAUTHENTICATED"}:
        return TrackerError(_UNAUTHENTICATED, permanent=True, pauses="site")
    if not codes and 300 <= status < 500 and status != 408:
        return TrackerError(_ELSEWHERE.format(status), permanent=True, pauses="site")
    return None


def _of_the_request(codes: set[str], words: str, gone: type[TrackerError]) -> TrackerError | None:
    """What would not pass however often it was tried."""
    if "FORBIDDEN" in codes:
        return NotAllowed("Linear does not let our user do this. Give it access to the team.", permanent=True)
    if any(word in words for word in _CONFLICT):
        return AlreadyThere("Linear says that it is already there.", permanent=True)
    if "not found" in words:
        return gone("Linear does not know it, or does not show it to our user.")
    if codes & _REFUSED:
        return TrackerError(f"Linear did not accept our request ({_shown(codes)}).", permanent=True)
    return None


def _passing(codes: set[str], status: int, wait: float | None) -> TrackerError:
    kind = Unreachable if status in GATEWAY and not codes else TrackerError
    return kind(f"Linear answered {_shown(codes) or status}.", retry_after=wait)


def wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the quota is there again: `Retry-After`, else the latest reset (epoch ms) of those used up.

    A query may cost more than is left, so if none is told to be empty, any of them may be the one.
    """
    told = retry_after(headers, now)
    if told is not None:
        return told
    empty = [bucket for bucket in _BUCKETS if headers.get(f"X-RateLimit-{bucket}-Remaining", "").strip() == "0"]
    resets = [headers.get(f"X-RateLimit-{bucket}-Reset", "").strip() for bucket in empty or _BUCKETS]
    waits = [
        int(reset[:15]) / 1000 - answered_at(headers, now)
        for reset in resets
        if reset.isascii() and reset.isdecimal()
    ]
    return min(max(0.0, *waits), MOST) if waits else None


def _told(answer: Wild) -> tuple[set[str], str]:
    """The codes and the words of all errors in an answer; none where even they cannot be read."""
    try:
        errors = [
            (error["message"].text(default=""), error["extensions"][name].text(default=""))
            for error in answer["errors"]
            for name in ("code", "type")
        ]
    except Untamed:
        return set(), ""
    codes = {code.upper().replace(" ", "_") for _, code in errors if code}
    return codes, " ".join(words for words, _ in errors).casefold()


def _shown(codes: set[str]) -> str:
    return ", ".join(sorted(code[:40] for code in codes if code.replace("_", "").isalnum()))
