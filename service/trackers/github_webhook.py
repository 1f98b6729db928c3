"""A webhook delivery from GitHub, verified and read. No I/O.

Facts: docs.github.com/webhooks. GitHub resends nothing by itself, so what it could not deliver is found by the
nightly catching up; it signs no time, so a delivery's age is not bounded.
"""

from __future__ import annotations

import hashlib
import re

import structlog

from service.settings import GitHubSite
from service.ticket import Commented, Event, Removed, Saved, TicketRef
from service.trackers.base import Delivery, Received, Refused
from service.trackers.signature import signed_by_any
from service.trackers.wild import Untamed, Wild

SAVING = frozenset({"opened", "edited", "closed", "reopened", "labeled", "unlabeled", "typed", "untyped"})
LABELLING = frozenset({"labeled", "unlabeled"})
REMOVING = frozenset({"deleted", "transferred"})
COMMENTING = frozenset({"created", "edited", "deleted"})
# What happens to an issue beside. Nothing in it changes what we would say.
IGNORED = frozenset(
    {"assigned", "unassigned", "pinned", "unpinned", "locked", "unlocked", "milestoned", "demilestoned"}
)

log = structlog.get_logger(__name__)


def receive(delivery: Delivery, site: GitHubSite, now: float) -> Received:  # noqa: ARG001 (GitHub signs no time)
    """Verify a delivery and say what changed.

    Raises Refused: 401 where the sender is not proven, 400 where it cannot be read.
    """
    _verify(delivery, site)
    if delivery.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused(400, "This delivery is a form. Set the webhook's content type to application/json.")
    try:
        return Received(_delivery_id(delivery), *_read(Wild.parse(delivery.body), delivery, site))
    except Untamed as error:
        raise Refused(400, f"This delivery could not be read: {error}.") from None


def _verify(delivery: Delivery, site: GitHubSite) -> None:
    if not any(site.webhook_secrets):
        raise Refused(401, "No webhook secret is set for this site, so no delivery can be trusted.")
    method, _, digest = delivery.headers.get("x-hub-signature-256", "").partition("=")
    if method.strip().lower() != "sha256" or not signed_by_any(
        delivery.body, digest.strip(), site.webhook_secrets
    ):
        raise Refused(401, "The X-Hub-Signature-256 is missing or does not match. Is the secret the same here?")


def _delivery_id(delivery: Delivery) -> str:
    given = delivery.headers.get("x-github-delivery", "").strip()
    return given[:200] or "sha256:" + hashlib.sha256(delivery.body).hexdigest()


def _read(body: Wild, delivery: Delivery, site: GitHubSite) -> tuple[tuple[Event, ...], str]:
    name = delivery.headers.get("x-github-event", "")
    if name not in {"issues", "issue_comment"}:
        shown = re.sub(r"[^a-z_]", "?", name)[:80] or "an event without a name"
        return (), f"{shown} changes nothing that is judged"
    if body["issue"]["pull_request"]:
        return (), "a pull request is no ticket"
    repository = body["repository"]["full_name"].text()
    if site.repositories and repository.casefold() not in {one.casefold() for one in site.repositories}:
        return (), "this repository is not among those in the settings"
    if site.installation_id and body["installation"]["id"].raw() not in (None, _number(site.installation_id)):
        return (), "this is another installation of the app"
    return _event(name, body, repository, site)


def _event(name: str, body: Wild, repository: str, site: GitHubSite) -> tuple[tuple[Event, ...], str]:
    action, issue = body["action"].text(), body["issue"]
    ref = TicketRef("github", site.name, issue["node_id"].id(), f"{repository}#{issue['number'].number():.0f}")
    if name == "issue_comment" and action in COMMENTING:
        return (Commented(ref),), ""
    if action in LABELLING and body["label"]["name"].text(default="") in site.own_labels:
        return (), "only a label of ours changed"
    if name == "issues" and action in SAVING:
        return (Saved(ref),), ""
    if name == "issues" and action in REMOVING:
        return (Removed(ref),), ""
    if action not in IGNORED:
        shown = re.sub(r"[^\w.-]", "?", action)[:80]
        log.warning("unknown event", tracker="github", site=site.name, event_name=f"{name} {shown}")
    return (), "nothing changed that is read"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
