"""Jira's webhooks of ours: registered with the grant, and renewed each day, as Jira drops them after thirty."""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from service.settings import Settings, SettingsError
from service.store import Store
from service.tenants import JIRA_OAUTH, Tenants
from service.trackers.base import TrackerError
from service.trackers.jira import JiraTracker
from service.trackers.jira_webhooks import Hook
from service.trackers.registry import open_tracker

EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
)
# Jira wants a filter from a few fields; every project has a key, and none has this one.
ALL = "project != CLARITYNONE"

log = structlog.get_logger(__name__)


def callback(settings: Settings) -> str:
    """Where Jira sends deliveries to: one address for all sites, as Jira takes but one an app."""
    return f"{settings.base_url}/oauth/webhooks/jira"


def ours(settings: Settings, hook: Hook) -> bool:
    """Whether a webhook sends all that we read to where we are; its address counts if Jira tells it."""
    return hook.url in {"", callback(settings)} and hook.events >= set(EVENTS)


def see_to(settings: Settings, store: Store, site: str) -> int:
    """Renew a site's webhooks, and have one where there is none that is right; how many. Raises TrackerError.

    What was registered for another address, or by a version that read less, goes first: Jira takes one address.
    """
    tracker = open_tracker(settings, store, "jira", site)
    assert isinstance(tracker, JiraTracker)  # noqa: S101 (such a tenant is a Jira; tells the type checker)
    known = tracker.webhooks.all()
    good = [hook.number for hook in known if ours(settings, hook)]
    if stale := [hook.number for hook in known if not ours(settings, hook)]:
        tracker.webhooks.delete(stale)
    if good:
        tracker.webhooks.renew(good)
        return len(good)
    return len(tracker.webhooks.add(callback(settings), EVENTS, ALL))


def see_to_all(settings: Settings, store: Store) -> Iterator[tuple[str, str]]:
    """Each site by OAuth, and what went wrong there ("" where nothing did)."""
    for site in Tenants(store).sites():
        if site.startswith(f"{JIRA_OAUTH}:"):
            try:
                see_to(settings, store, site)
                yield site, ""
            except (TrackerError, SettingsError) as error:
                log.warning("webhooks not renewed", tracker="jira", site=site, error=str(error))
                yield site, str(error)
