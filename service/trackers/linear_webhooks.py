"""The webhook by which Linear tells us of issues and comments."""

from __future__ import annotations

from service.trackers import linear_queries as queries
from service.trackers.base import TrackerError
from service.trackers.linear_marks import Call
from service.trackers.wild import Wild

MOST_PAGES = 20
_WANTED = {"resourceTypes": ["Issue", "Comment"], "allPublicTeams": True, "label": "Ticket Clarity"}


def ensure(call: Call, url: str, secret: str) -> str:
    """The secret of the webhook to this address, made if there is none; "" where Linear does not tell it."""
    there = _find(call, url)
    if there is not None:
        return there["secret"].text(default="")
    done = call(queries.CREATE_WEBHOOK, {"input": {**_WANTED, "url": url, "secret": secret}}, gone=TrackerError)
    if not done["webhookCreate"]["success"].flag():
        raise TrackerError("Linear did not make the webhook, and did not say why.")
    return secret


def _find(call: Call, url: str) -> Wild | None:
    after: dict[str, object] = {}
    for _ in range(MOST_PAGES):
        page = call(queries.WEBHOOKS, after, gone=TrackerError)["webhooks"]
        for one in page["nodes"]:
            if one["url"].text(default="").rstrip("/") == url and one["enabled"].flag():
                return one
        if not page["pageInfo"]["hasNextPage"].flag():
            return None
        after = {"after": page["pageInfo"]["endCursor"].text()}
    return None
