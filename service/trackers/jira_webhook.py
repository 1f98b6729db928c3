"""A webhook delivery from Jira, verified and read. No I/O.

Facts: developer.atlassian.com/cloud/jira/platform/webhooks. A delivery only says that a ticket changed, so its
texts are not read here.
"""

from __future__ import annotations

import hashlib
import hmac
import re

import structlog

from service.settings import JiraSite
from service.ticket import Commented, Event, Removed, Saved, TicketRef
from service.trackers.base import Delivery, Received, Refused
from service.trackers.signature import signed_by_any
from service.trackers.wild import Untamed, Wild

ISSUE_EVENTS: dict[str, type[Saved] | type[Removed]] = {
    "jira:issue_created": Saved,
    "jira:issue_updated": Saved,
    "jira:issue_deleted": Removed,
}
COMMENT_EVENTS = frozenset({"comment_created", "comment_updated", "comment_deleted"})
# What Jira can send beside, if an admin ticks more than is needed. Nothing in them changes what we would say.
IGNORED_EVENTS = frozenset(
    {
        "board_configuration_changed",
        "board_created",
        "board_deleted",
        "board_updated",
        "attachment_created",
        "attachment_deleted",
        "filter_created",
        "filter_deleted",
        "filter_updated",
        "issue_property_deleted",
        "issue_property_set",
        "issuelink_created",
        "issuelink_deleted",
        "issuetype_created",
        "issuetype_deleted",
        "issuetype_updated",
        "jira:expression_evaluation_failed",
        "jira:version_created",
        "jira:version_deleted",
        "jira:version_moved",
        "jira:version_released",
        "jira:version_unreleased",
        "jira:version_updated",
        "jira:worklog_updated",
        "option_attachments_changed",
        "option_issuelinks_changed",
        "option_subtasks_changed",
        "option_timetracking_changed",
        "option_timetracking_provider_changed",
        "option_unassigned_issues_changed",
        "option_voting_changed",
        "option_watching_changed",
        "project_archived",
        "project_created",
        "project_deleted",
        "project_restored_archived",
        "project_restored_deleted",
        "project_soft_deleted",
        "project_updated",
        "sprint_closed",
        "sprint_created",
        "sprint_deleted",
        "sprint_started",
        "sprint_updated",
        "user_created",
        "user_deleted",
        "user_updated",
        "worklog_created",
        "worklog_deleted",
        "worklog_updated",
    }
)
# The fields of an issue that we read. An update that touches none of them cannot change the comment.
READ_FIELDS = frozenset(
    {
        "attachment",
        "comment",
        "description",
        "environment",
        "issuekey",
        "issuelinks",
        "issuetype",
        "key",
        "labels",
        "link",
        "project",
        "status",
        "summary",
        "version",
        "versions",
    }
)
_ID = re.compile(r"[0-9]{1,30}")
_KEY = re.compile(r"[^\W\d_]\w{0,98}-[0-9]{1,30}")
_ISSUE_IN_URL = re.compile(r"/rest/api/[0-9a-z]{1,8}/issue/([0-9]{1,30})/comment/")

log = structlog.get_logger(__name__)


def receive(delivery: Delivery, site: JiraSite, now: float) -> Received:
    """Verify a delivery and say what changed. `now` is in seconds since the epoch.

    Raises Refused: 401 where the sender is not proven or the delivery is too old, 400 where it cannot be read.
    """
    _verify(delivery, site)
    return read(delivery, site, now)


def read(delivery: Delivery, site: JiraSite, now: float | None = None) -> Received:
    """What a delivery says whose sender is proven already. Raises Refused likewise.

    Without `now` its age is not looked at: what proved its sender has done that.
    """
    try:
        body = Wild.parse(delivery.body)
        if now is not None:
            _bound_age(body, site, now)
        return Received(_delivery_id(delivery), *_read(body, site))
    except Untamed as error:
        raise Refused(400, f"This delivery could not be read: {error}.") from None


def _verify(delivery: Delivery, site: JiraSite) -> None:
    if any(site.webhook_secrets):
        header = delivery.headers.get("x-hub-signature", "")
        method, _, digest = header.partition("=")
        if not header:
            raise Refused(401, "The delivery carries no X-Hub-Signature. Set the webhook's secret in Jira.")
        if not signed_by_any(delivery.body, digest.strip(), site.webhook_secrets, method.strip().lower()):
            raise Refused(401, "The signature does not match. Is the webhook's secret the same in Jira and here?")
    elif site.path_token:
        if not hmac.compare_digest(delivery.token.encode("utf-8", "replace"), site.path_token.encode()):
            raise Refused(401, "The token at the end of the webhook's URL is missing or wrong.")
    else:
        raise Refused(401, "No webhook secret is set for this site, so no delivery can be trusted.")


def _bound_age(body: Wild, site: JiraSite, now: float) -> None:
    """The body's own time, as Jira signs no header with one. A body without a time has no age to bound."""
    age = now - body["timestamp"].number(default=now * 1000) / 1000
    if abs(age) > site.max_age_seconds:
        raise Refused(
            401,
            f"The delivery's timestamp is {abs(age) / 3600:.0f} hours off; "
            f"at most {site.max_age_seconds / 3600:g} are accepted.",
        )


def _delivery_id(delivery: Delivery) -> str:
    """The vendor's identifier, the same in every retry. Data Center sends none: the body stands for itself."""
    given = delivery.headers.get("x-atlassian-webhook-identifier", "").strip()
    if given and len(given) <= 200:
        return given
    return "sha256:" + hashlib.sha256(given.encode(errors="replace") or delivery.body).hexdigest()


def _read(body: Wild, site: JiraSite) -> tuple[tuple[Event, ...], str]:
    name = body["webhookEvent"].text()
    if name in COMMENT_EVENTS:
        return (Commented(_commented_ref(body, site)),), ""
    if name in ISSUE_EVENTS:
        return _issue_event(name, body, site)
    if name in IGNORED_EVENTS:
        return (), f"{name} changes nothing that is judged"
    log.warning("unknown event", tracker="jira", site=site.name, event_name=_printable(name))
    return (), "this event is not known"


def _issue_event(name: str, body: Wild, site: JiraSite) -> tuple[tuple[Event, ...], str]:
    """What an issue's event says. Data Center tells of a comment as an update without changes."""
    ref = _ref(body["issue"], site)
    if name != "jira:issue_updated":
        return (ISSUE_EVENTS[name](ref),), ""
    changes = list(body["changelog"]["items"])
    if changes and not body["comment"] and not any(_is_read(item, site) for item in changes):
        return (), "only fields changed that are not read"
    if changes and not body["comment"] and all(_is_own_label(item, site) for item in changes):
        return (), "only a label of ours changed"
    return (Commented(ref) if body["comment"] and not changes else Saved(ref),), ""


def _ref(issue: Wild, site: JiraSite) -> TicketRef:
    issue_id, key = issue["id"].id(), issue["key"].raw()
    if not _ID.fullmatch(issue_id):
        raise Untamed("issue.id is not a number")
    return TicketRef("jira", site.name, issue_id, key if isinstance(key, str) and _KEY.fullmatch(key) else "")


def _commented_ref(body: Wild, site: JiraSite) -> TicketRef:
    """A comment's event may lack its issue; the comment's own address names it."""
    if body["issue"]:
        return _ref(body["issue"], site)
    found = _ISSUE_IN_URL.search(body["comment"]["self"].text(default=""))
    if found is None:
        raise Untamed("neither issue nor an issue in comment.self is there")
    return TicketRef("jira", site.name, found[1])


def _is_read(item: Wild, site: JiraSite) -> bool:
    """Whether we read this field. Data Center names a custom field without its id: it may be one of ours."""
    field_id = item["fieldId"].text(default="").casefold()
    if not field_id and item["fieldtype"].text(default="") == "custom":
        return bool(site.fields)
    names = {field_id, item["field"].text(default="").casefold()}
    return not names.isdisjoint(READ_FIELDS) or field_id in {field.casefold() for field in site.fields}


def _is_own_label(item: Wild, site: JiraSite) -> bool:
    """Whether nothing changed but a label that we put on and take off; it has no say in what we would do."""
    if item["field"].text(default="").casefold() != "labels":
        return False
    before, after = (set(item[side].text(default="").split()) for side in ("fromString", "toString"))
    return bool(before ^ after) and before ^ after <= site.own_labels


def _printable(name: str) -> str:
    return re.sub(r"[^\w:.-]", "?", name)[:80]
