"""Forge's tokens and events, proven and read. No I/O.

Facts: developer.atlassian.com/platform/forge/remote. What the vendor's pages leave open is read either way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.ticket import Commented, Event, Removed, Saved, TicketRef
from service.trackers.base import Received, Refused
from service.trackers.connect import Claims, PublicKey, Unproven, proven
from service.trackers.wild import Untamed, Wild

ISSUER = "forge/invocation-token"
EVENTS: Mapping[str, type[Saved] | type[Commented] | type[Removed]] = {
    "avi:jira:created:issue": Saved,
    "avi:jira:updated:issue": Saved,
    "avi:jira:deleted:issue": Removed,
    "avi:jira:commented:issue": Commented,
}
UNINSTALLED = "avi:forge:uninstalled:app"
ISSUE = re.compile(r"[0-9]{1,30}|[A-Za-z][A-Za-z0-9_]{0,98}-[0-9]{1,30}")
_ID = re.compile(r"[0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a proven token says: which installation called, for whom, and where its Jira is asked."""

    installation: str
    api_url: str
    site_url: str
    person: str
    id: str
    claims: Claims

    def about(self, what: str, *members: str) -> str:
        """What the module that called stands on, such as its issue's id; "" where the token does not say."""
        context = self.claims.get("context")
        for place in (_member(context, "extension"), context):
            for member in members:
                told = _member(_member(place, what), member)
                if isinstance(told, str | int) and not isinstance(told, bool):
                    return str(told)[:200]
        return ""


def invocation(token: str, key: PublicKey, app_id: str) -> Invocation:
    """What an invocation token says, signed RS256 by Forge's key, for our app. Raises Unproven."""
    claims = proven(token, key, "RS256")
    if claims.get("iss") != ISSUER:
        raise Unproven("The token is no invocation token.")
    if claims.get("aud") not in (app_id, [app_id]):
        raise Unproven("The token is for another app. Is CLARITY_FORGE_APP_ID the id in your manifest?")
    app, context = claims.get("app"), claims.get("context")
    installation, api_url = _member(app, "installationId"), _member(app, "apiBaseUrl")
    if not isinstance(installation, str) or not installation or not isinstance(api_url, str):
        raise Unproven("The token names no installation.")
    person, site, name = claims.get("principal"), _member(context, "siteUrl"), claims.get("jti")
    return Invocation(
        installation=installation,
        api_url=api_url.rstrip("/"),
        site_url=site.rstrip("/") if isinstance(site, str) else "",
        person=person if isinstance(person, str) else "",
        id=name if isinstance(name, str) else "",
        claims=claims,
    )


def read(body: bytes, site: str, delivery_id: str) -> tuple[str, Received]:
    """An event's name, and what it says of a ticket at this site. Raises Refused where it cannot be read."""
    try:
        told = Wild.parse(body) if body else Wild({})
        event = told["event"] if isinstance(told["event"].raw(), dict) else told
        name = event["eventType"].text(default="")
        return name, _received(name, event, site, delivery_id)
    except Untamed as fault:
        raise Refused(400, f"This event could not be read: {fault}.") from None


def _received(name: str, event: Wild, site: str, delivery_id: str) -> Received:
    if name not in EVENTS:
        return Received(delivery_id, (), "this event changes nothing that is judged")
    issue = event["issue"]
    issue_id, key = issue["id"].id(), issue["key"].raw()
    if not _ID.fullmatch(issue_id):
        raise Untamed("issue.id is not a number")
    known = isinstance(key, str) and ISSUE.fullmatch(key)
    told: Event = EVENTS[name](TicketRef("jira", site, issue_id, str(key) if known else ""))
    return Received(delivery_id, (told,))


def _member(value: Any, name: str) -> Any:  # noqa: ANN401 (untrusted JSON)
    return value.get(name) if isinstance(value, Mapping) else None
