"""Which trackers there are. A further tracker is a module or two of its own and its lines here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from service.settings import Settings
from service.store import Store
from service.trackers import jira_webhook, linear_webhook
from service.trackers.base import Delivery, Received, Refused, Tracker, TrackerError

LOCAL = ("local", "playground")


def sites(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every site as (tracker, site): those that settings name, and the playground's own."""
    yield LOCAL
    for tracker, configured in (("jira", settings.jira), ("linear", settings.linear)):
        for name in configured:
            yield tracker, name


def receive(settings: Settings, tracker: str, delivery: Delivery, now: float) -> Received:
    """Verify and read a delivery for the site that it names; raises Refused, 404 for a site we do not know."""
    if tracker == "jira" and delivery.site in settings.jira:
        return jira_webhook.receive(delivery, settings.jira[delivery.site], now)
    if tracker == "linear" and delivery.site in settings.linear:
        return linear_webhook.receive(delivery, settings.linear[delivery.site], now)
    raise Refused(404, f"No {tracker} site of this name is set up here. See the settings.")


def open_tracker(settings: Settings, store: Store, tracker: str, site: str) -> Tracker:
    """A connection to one site; raises TrackerError where settings no longer name it."""
    timeout = settings.http_timeout_seconds
    if (tracker, site) == LOCAL:
        from service.trackers.local import LocalTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

        return LocalTracker(store)
    if tracker == "jira" and site in settings.jira:
        from service.trackers.jira import JiraTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

        return JiraTracker(settings.jira[site], timeout)
    if tracker == "linear" and site in settings.linear:
        from service.trackers.linear import LinearTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

        return LinearTracker(settings.linear[site], timeout)
    raise TrackerError(f"Settings name no {tracker} site {site!r} any more.", permanent=True)


def opener(settings: Settings, store: Store) -> Callable[[str, str], Tracker]:
    """`open_tracker` for one process: each site is opened once, and its connections are kept."""

    @cache
    def opened(tracker: str, site: str) -> Tracker:
        return open_tracker(settings, store, tracker, site)

    return opened
