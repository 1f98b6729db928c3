"""What GitHub's error answers mean, and what to do about them.

GraphQL tells errors inside HTTP 200. A primary limit is told by `x-ratelimit-*`, a secondary one by `Retry-After`,
or by its words alone; either comes as 200, 403 or 429.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.trackers.base import GATEWAY, TrackerError, Unreachable
from service.trackers.waiting import MOST, answered_at, retry_after
from service.trackers.wild import Untamed, Wild

LEAST_WAIT = 60.0  # what GitHub asks for after a secondary limit that names no time
UNKNOWN_FIELD = "UNDEFINEDFIELD"
_LIMIT = ("secondary rate limit", "rate limit exceeded", "abuse detection")
_UNAUTHENTICATED = (
    "GitHub refused our credentials (401). Make a new token and set CLARITY_GITHUB_TOKEN to it, or check "
    "CLARITY_GITHUB_APP_ID and its private key."
)
_DENIED = (
    "GitHub does not let us do this (403). The token or app needs read and write access to Issues of this "
    "repository, and an organisation with single sign-on has to authorise the token."
)
_ELSEWHERE = "This address does not speak GitHub's API (HTTP {}). Is CLARITY_GITHUB_URL right?"


class UnknownField(TrackerError):
    """This GitHub is too old for something that was asked for."""


def understood(
    answer: Wild, status: int, headers: Mapping[str, str], *, now: float, gone: type[TrackerError]
) -> TrackerError:
    """The answer's error as ours. `gone` is raised where the entity is not there. Nothing we sent is repeated."""
    kinds, words = _told(answer)
    waits = wait(headers, now)
    if _limited(kinds, words, status, headers):
        return TrackerError("GitHub's rate limit is reached.", retry_after=waits or LEAST_WAIT, pauses="site")
    if status == 401:
        return TrackerError(_UNAUTHENTICATED, permanent=True, pauses="site")
    return _of_the_request(kinds, status, gone) or _passing(kinds, status, waits)


def wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until we may ask again: `Retry-After`, else the reset (epoch seconds) of a quota that is used up."""
    told = retry_after({name: headers.get(name, "") for name in ("Retry-After", "Date")}, now)
    if told is not None:
        return told
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining", "").strip() != "0" or not (reset.isascii() and reset.isdecimal()):
        return None
    return min(max(0.0, int(reset[:12]) - answered_at(headers, now)), MOST)


def _limited(kinds: set[str], words: str, status: int, headers: Mapping[str, str]) -> bool:
    if status == 429 or "RATE_LIMITED" in kinds or "RATE_LIMIT" in kinds:
        return True
    used_up = status == 403 and headers.get("x-ratelimit-remaining", "").strip() == "0"
    return used_up or (status in {200, 403} and any(word in words for word in _LIMIT))


def _of_the_request(kinds: set[str], status: int, gone: type[TrackerError]) -> TrackerError | None:
    """What would not pass however often it was tried."""
    if UNKNOWN_FIELD in kinds:
        return UnknownField("This GitHub does not know a field that was asked for.", permanent=True)
    if status == 403 or kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        # Not for good, as an admin can mend it; not for the whole site, as it may be one repository's.
        return TrackerError(_DENIED)
    if "NOT_FOUND" in kinds:
        return gone("GitHub does not know it, or does not show it to us.")
    if kinds & {"UNPROCESSABLE", "ARGUMENT_ERROR"}:
        return TrackerError(f"GitHub did not accept our request ({', '.join(sorted(kinds))}).", permanent=True)
    if not kinds and 300 <= status < 500 and status not in {408, 409, 425}:
        return TrackerError(_ELSEWHERE.format(status), permanent=True, pauses="site")
    return None


def _passing(kinds: set[str], status: int, wait: float | None) -> TrackerError:
    kind = Unreachable if status in GATEWAY and not kinds else TrackerError
    shown = ", ".join(sorted(kind[:40] for kind in kinds if kind.replace("_", "").isalnum()))
    return kind(f"GitHub answered {shown or status}.", retry_after=wait)


def _told(answer: Wild) -> tuple[set[str], str]:
    """The types and the words of all errors in an answer; none where even they cannot be read."""
    try:
        words = [answer["message"].text(default="")]
        kinds = set()
        for error in answer["errors"]:
            words.append(error["message"].text(default=""))
            kinds |= {error["type"].text(default=""), error["extensions"]["code"].text(default="")}
    except Untamed:
        return set(), ""
    return {kind.upper() for kind in kinds if kind}, " ".join(words).casefold()
