"""What Linear's error answers mean, and what to do about them.

Errors come inside HTTP 200 and HTTP 400 alike; a rate limit is HTTP 400 with the code RATELIMITED.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.trackers.base import TrackerError
from service.trackers.waiting import MOST, retry_after
from service.trackers.wild import Untamed, Wild

_RESETS = ("X-RateLimit-Requests-Reset", "X-RateLimit-Complexity-Reset", "X-RateLimit-Endpoint-Requests-Reset")
_UNAUTHENTICATED = "Linear refused our key. Make a new one under Settings, API, and set LINEAR_API_KEY to it."


def understood(
    answer: Wild, status: int, headers: Mapping[str, str], *, now: float, gone: type[TrackerError]
) -> TrackerError:
    """The answer's error as ours. `gone` is raised where the entity is not there. Nothing we sent is repeated."""
    codes, words = _codes(answer), _words(answer)
    if "RATELIMITED" in codes or status == 429:
        return TrackerError(
            "Linear's quota is used up (RATELIMITED).", retry_after=wait(headers, now), pauses="site"
        )
    if status == 401 or codes & {"AUTHENTICATION_ERROR", "UNAUTHENTICATED"}:
        return TrackerError(_UNAUTHENTICATED, pauses="site")
    if "not found" in words:
        return gone("Linear does not know it, or does not show it to our user.")
    if status == 403 or "FORBIDDEN" in codes:
        return TrackerError("Linear does not let our user do this. Give it access to the team.", permanent=True)
    if codes & {"INVALID_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"} or status in {400, 404}:
        return TrackerError(f"Linear did not accept our request ({_shown(codes) or status}).", permanent=True)
    return TrackerError(f"Linear answered {_shown(codes) or status}.", retry_after=retry_after(headers, now))


def wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the quota is there again: `Retry-After`, else the latest reset (epoch milliseconds)."""
    told = retry_after(headers, now)
    resets = [float(headers[name]) / 1000 - now for name in _RESETS if headers.get(name, "").isdecimal()]
    if told is None and resets:
        told = min(max(*resets, 0.0), MOST)
    return told


def _codes(answer: Wild) -> set[str]:
    codes = set()
    for error in _errors(answer):
        extensions = error["extensions"]
        codes |= {extensions[name].text(default="") for name in ("code", "type")}
    return {code.upper().replace(" ", "_") for code in codes if code}


def _words(answer: Wild) -> str:
    return " ".join(error["message"].text(default="") for error in _errors(answer)).casefold()


def _errors(answer: Wild) -> list[Wild]:
    try:
        return list(answer["errors"])
    except Untamed:
        return []


def _shown(codes: set[str]) -> str:
    return ", ".join(sorted(code[:40] for code in codes if code.replace("_", "").isalnum()))
