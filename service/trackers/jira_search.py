"""Find the issues that changed: by token on Cloud, where there is no other way, and by number on Data Center."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from service.ticket import TicketRef
from service.trackers.base import Changed, TrackerError, searched_pages
from service.trackers.jira_calls import SEARCH, SEARCH_BY_NUMBER, Call
from service.trackers.jira_reading import time
from service.trackers.wild import Untamed, Wild

PAGE = 100
OVERLAP = 10


class Get(Protocol):
    """Makes a call; raises TrackerError."""

    def __call__(self, call: Call, *, query: Mapping[str, str]) -> Wild:
        """What Jira answers."""
        ...


def changed(get: Get, site: str, since: datetime, now: datetime, *, cloud: bool) -> Iterator[Changed]:
    """Every issue changed since then. Raises TrackerError.

    The age is told in minutes: Jira reads a date in the time zone of whoever asks.
    """
    minutes = max(1, int((now - since).total_seconds() // 60) + 1)
    query = {"jql": f"updated >= -{minutes}m ORDER BY id ASC", "fields": "updated", "maxResults": str(PAGE)}
    try:
        for issue in (_by_token if cloud else _by_number)(get, query):
            ref = TicketRef("jira", site, issue["id"].id(), issue["key"].text(default=""))
            yield Changed(ref, time(issue["fields"]["updated"]))
    except Untamed as error:
        raise TrackerError(f"Jira's answer to a search could not be read: {error}.") from None


def page(get: Get, jql: str, fields: str, place: str, *, cloud: bool) -> tuple[list[Wild], str]:
    """One page of a search and where the next one is: a token on Cloud, a number on Data Center; "" at the end."""
    query = {"jql": ordered(jql), "fields": fields, "maxResults": str(PAGE)}
    if cloud:
        told = get(SEARCH, query={**query, "nextPageToken": place} if place else query)
        token = told["nextPageToken"].text(default="")
        return list(told["issues"]), "" if told["isLast"].flag() else token
    start = int(place or 0)
    told = get(SEARCH_BY_NUMBER, query={**query, "startAt": str(start)})
    issues = list(told["issues"])
    end = start + len(issues)
    return issues, str(end) if issues and end < told["total"].number(default=0) else ""


def ordered(jql: str) -> str:
    """The search in an order that does not change while we page through it, unless it has one of its own."""
    return jql if re.search(r"\border\s+by\b", jql, re.IGNORECASE) else f"{jql} ORDER BY id ASC"


def _by_token(get: Get, query: Mapping[str, str]) -> Iterator[Wild]:
    token = ""
    for _ in searched_pages():
        page = get(SEARCH, query={**query, "nextPageToken": token} if token else query)
        yield from page["issues"]
        token = page["nextPageToken"].text(default="")
        if not token or page["isLast"].flag():
            return


def _by_number(get: Get, query: Mapping[str, str]) -> Iterator[Wild]:
    """Pages overlap, as an issue that drops out of the search meanwhile moves all that follow it forward."""
    start = 0
    for _ in searched_pages():
        page = get(SEARCH_BY_NUMBER, query={**query, "startAt": str(start)})
        issues = list(page["issues"])
        yield from issues
        if not issues or start + len(issues) >= page["total"].number(default=0):
            return
        start += max(1, len(issues) - OVERLAP)
