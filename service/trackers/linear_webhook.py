"""A webhook delivery from Linear, verified and read. No I/O.

Facts: linear.app/developers/webhooks. Linear resends after a minute, an hour and six hours.
"""

from __future__ import annotations

import hashlib
import re

import structlog

from service.settings import LinearSite
from service.ticket import Commented, Event, Removed, Saved, TicketRef
from service.trackers.base import Delivery, Received, Refused
from service.trackers.signature import signed_by_any
from service.trackers.wild import Untamed, Wild

ACTIONS = frozenset({"create", "update", "remove", "restore"})
# What Linear can send beside, if an admin ticks more than is needed. Nothing in them changes what we would say.
IGNORED_TYPES = frozenset(
    {
        "AgentSessionEvent",
        "AppUserNotification",
        "Attachment",
        "AuditEntry",
        "Customer",
        "CustomerNeed",
        "Cycle",
        "Document",
        "Initiative",
        "InitiativeUpdate",
        "IssueLabel",
        "IssueSLA",
        "OAuthApp",
        "PermissionChange",
        "Project",
        "ProjectLabel",
        "ProjectUpdate",
        "Reaction",
        "Release",
        "User",
    }
)
# What an update changes, as `updatedFrom` names it, where it can change the comment.
READ_FIELDS = frozenset(
    {
        "title",
        "description",
        "descriptionData",
        "labelIds",
        "stateId",
        "teamId",
        "archivedAt",
        "trashed",
        "creatorId",
    }
)

log = structlog.get_logger(__name__)


def receive(delivery: Delivery, site: LinearSite, now: float) -> Received:
    """Verify a delivery and say what changed. `now` is in seconds since the epoch.

    Raises Refused: 401 where the sender is not proven or the delivery is too old, 400 where it cannot be read.
    """
    _verify(delivery, site)
    try:
        body = Wild.parse(delivery.body)
        _bound_age(body, site, now)
        return Received(_delivery_id(delivery), *_read(body, site))
    except Untamed as error:
        raise Refused(400, f"This delivery could not be read: {error}.") from None


def _verify(delivery: Delivery, site: LinearSite) -> None:
    if not any(site.webhook_secrets):
        raise Refused(401, "No webhook secret is set for this site, so no delivery can be trusted.")
    signature = delivery.headers.get("linear-signature", "").strip()
    if not signed_by_any(delivery.body, signature, site.webhook_secrets):
        raise Refused(
            401, "The Linear-Signature is missing or does not match. Is the signing secret the same here?"
        )


def _bound_age(body: Wild, site: LinearSite, now: float) -> None:
    """The body's own time, which the signature covers. A body without a time has no age to bound."""
    age = now - body["webhookTimestamp"].number(default=now * 1000) / 1000
    if abs(age) > site.max_age_seconds:
        raise Refused(
            401,
            f"The delivery's webhookTimestamp is {abs(age) / 3600:.0f} hours off; "
            f"at most {site.max_age_seconds / 3600:g} are accepted.",
        )


def _delivery_id(delivery: Delivery) -> str:
    given = delivery.headers.get("linear-delivery", "").strip()
    return given[:200] or "sha256:" + hashlib.sha256(delivery.body).hexdigest()


def _read(body: Wild, site: LinearSite) -> tuple[tuple[Event, ...], str]:
    kind, action = body["type"].text(), body["action"].text()
    if kind == "Issue" and action in ACTIONS:
        return _issue(body, action, site)
    if kind == "Comment" and action in ACTIONS:
        return _comment(body["data"], site)
    if kind in IGNORED_TYPES:
        return (), f"{kind} changes nothing that is judged"
    log.warning("unknown event", tracker="linear", site=site.name, event_name=re.sub(r"[^\w.-]", "?", kind)[:80])
    return (), "this event is not known"


def _issue(body: Wild, action: str, site: LinearSite) -> tuple[tuple[Event, ...], str]:
    ref = TicketRef("linear", site.name, body["data"]["id"].id(), _key(body["data"]))
    if action == "remove":
        return (Removed(ref),), ""
    changed = set(body["updatedFrom"].keys()) - {"updatedAt"}
    if action == "update" and changed and not changed & READ_FIELDS:
        return (), "only fields changed that are not read"
    if action == "update" and changed == {"labelIds"} and _is_own_label(body, site):
        return (), "only a label of ours was put on"
    return (Saved(ref),), ""


def _is_own_label(body: Wild, site: LinearSite) -> bool:
    """Whether only labels were added that we put on ourselves. What was taken off is told by its id alone."""
    before = {one.text() for one in body["updatedFrom"]["labelIds"]}
    after = {one["id"].text(): one["name"].text(default="") for one in body["data"]["labels"]}
    added = {name for label_id, name in after.items() if label_id not in before}
    return before <= set(after) and bool(added) and added <= site.own_labels


def _comment(data: Wild, site: LinearSite) -> tuple[tuple[Event, ...], str]:
    """Comments stand on issues, but also on documents and projects, which are none of our business."""
    issue_id = data["issueId"] or data["issue"]["id"]
    if not issue_id:
        return (), "the comment is not on an issue"
    return (
        Commented(TicketRef("linear", site.name, issue_id.id(), data["issue"]["identifier"].text(default=""))),
    ), ""


def _key(data: Wild) -> str:
    """`WEB-42`; older deliveries name team and number alone."""
    given = data["identifier"].text(default="")
    team, number = data["team"]["key"].text(default=""), data["number"]
    return given or (f"{team}-{number.number():.0f}" if team and number else "")
