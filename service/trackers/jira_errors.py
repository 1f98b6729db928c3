"""What Jira's error answers mean, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from jira import JIRAError

from service.trackers.base import GATEWAY, CommentGone, NotAllowed, TicketGone, TrackerError, Unreachable
from service.trackers.waiting import retry_after

_ABSENT: dict[type[TrackerError], str] = {
    TicketGone: "Jira does not know this ticket, or does not show it to our user (404).",
    CommentGone: "Jira does not know this comment (404).",
}
_PER_ISSUE = "jira-per-issue-on-write"
_DENIED = "X-Authentication-Denied-Reason"
_ADVICE = {
    401: "Jira refused our credentials (401). Renew JIRA_EMAIL and JIRA_API_TOKEN, or JIRA_TOKEN on Data Center.",
    403: "Jira does not let our user do this. Give it Browse, Add, Edit own and Delete own comments, and for "
    "labels and fields Edit issues and Administer projects (without which Jira would mail all watchers).",
    407: "A proxy between us and Jira wants credentials (407).",
}


def understood(error: JIRAError, *, now: float, gone: type[TrackerError]) -> TrackerError:
    """The library's error as ours. `gone` is raised for 404. Neither ticket text nor credentials are repeated."""
    headers: Mapping[str, str] = error.response.headers if error.response is not None else {}
    status = error.status_code or 0
    wait = retry_after(headers, now)
    if status == 429:
        return _rate_limited(headers.get("RateLimit-Reason", ""), wait)
    if status in {404, 410}:
        return gone(_ABSENT.get(gone, f"There is no Jira here ({status}). Is JIRA_URL right?"))
    if status in {401, 407} or (status == 403 and _DENIED in headers):
        return TrackerError(_ADVICE[401 if status == 403 else status], pauses="site")
    if status == 403 or (status == 400 and "permission" in (error.text or "").casefold()):
        # Not for good, as an admin can mend it; not for the whole site, as it may be one project's.
        return NotAllowed(_ADVICE[403], retry_after=wait)
    if 400 <= status < 500 and status not in {408, 409, 425}:
        return TrackerError(
            f"Jira did not accept our request ({status}). {_reason(error)}".strip(), permanent=True
        )
    kind = Unreachable if status in GATEWAY else TrackerError
    return kind(f"Jira answered {status or 'nothing'}.", retry_after=wait)


def _rate_limited(reason: str, wait: float | None) -> TrackerError:
    pauses: Literal["ticket", "site"] = "ticket" if reason.strip().casefold() == _PER_ISSUE else "site"
    return TrackerError(f"Jira asked us to slow down ({reason or 429}).", retry_after=wait, pauses=pauses)


def _reason(error: JIRAError) -> str:
    """Which fields Jira complains about; its sentences may repeat what was sent."""
    try:
        told = error.response.json() if error.response is not None else {}
    except ValueError:
        return ""
    fields = told.get("errors") if isinstance(told, dict) else None
    return f"It names: {', '.join(sorted(map(str, fields)))[:200]}." if isinstance(fields, dict) and fields else ""
