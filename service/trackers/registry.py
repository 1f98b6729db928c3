"""Which trackers there are. A further tracker is a module or two of its own and its line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from service.settings import GitHubSite, JiraSite, LinearSite, Settings
from service.store import Store
from service.tenants import FORGE, JIRA_OAUTH, LINEAR_OAUTH, Tenant, Tenants, called, is_tenant, tracker_of
from service.trackers import github_webhook, jira_webhook, linear_webhook
from service.trackers.base import Delivery, Received, Refused, Searchable, Tracker, TrackerError
from service.trackers.connect import Signed

LOCAL = ("local", "playground")
UNINSTALLED = "This site has uninstalled us, or does not let us work. An admin there can connect it again."


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of tracker: its sites as settings name them, who reads its deliveries, and who opens a site."""

    sites: Callable[[Settings], Mapping[str, Any]]
    receive: Callable[[Delivery, Any, float], Received]
    open: Callable[[Any, float], Tracker]


def _jira(site: JiraSite, timeout: float) -> Tracker:
    from service.trackers.jira import JiraTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

    return JiraTracker(site, timeout)


def _linear(site: LinearSite, timeout: float) -> Tracker:
    from service.trackers.linear import LinearTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

    return LinearTracker(site, timeout)


def _github(site: GitHubSite, timeout: float) -> Tracker:
    from service.trackers.github import GitHubTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

    return GitHubTracker(site, timeout)


_KINDS = {
    "jira": _Kind(lambda settings: settings.jira, jira_webhook.receive, _jira),
    "linear": _Kind(lambda settings: settings.linear, linear_webhook.receive, _linear),
    "github": _Kind(lambda settings: settings.github, github_webhook.receive, _github),
}


NAMES = tuple(_KINDS)


def sites(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every site as (tracker, site): those that settings name, and the playground's own."""
    yield LOCAL
    for tracker, kind in _KINDS.items():
        for name in kind.sites(settings):
            yield tracker, name


def all_sites(settings: Settings, store: Store) -> Iterator[tuple[str, str]]:
    """Those, and the tenants who let us work at the moment.

    A Jira of the settings at a tenant's address says what its fields mean; it is not gone through a second time.
    """
    tenants = Tenants(store)
    names = tenants.sites()
    addresses = {tenants.called(name) for name in names if tracker_of(name) == "jira"}
    for tracker, name in sites(settings):
        if tracker != "jira" or called(settings.jira[name].url) not in addresses:
            yield tracker, name
    yield from ((tracker_of(name), name) for name in names)


def site_named(settings: Settings, store: Store, tracker: str, name: str) -> str:
    """The site that somebody means: by its name in settings, or by what people call one that let us in.

    "" is the one named default, else the only one. Raises TrackerError that says what there is, and
    StoreUnavailable where the database has to be asked and cannot.
    """
    known = {one: one for one in _KINDS[tracker].sites(settings)}
    if (name or "default") in known:
        return name or "default"
    known |= {tenant.called: tenant.site for tenant in _tenants(store) if tenant.tracker == tracker}
    wanted = name or (next(iter(known)) if len(known) == 1 else "default")
    if wanted in known.values():
        return wanted
    if wanted not in known:
        raise TrackerError(_no_site(tracker, wanted, sorted(known)), permanent=True)
    return known[wanted]


def _no_site(tracker: str, name: str, known: Sequence[str]) -> str:
    shown = {"github": "GitHub"}.get(tracker, tracker.capitalize())
    if not known:
        return f"No {shown} is connected here. docs/{tracker}.md says how, in five minutes."
    return f"There is no {shown} named “{name}” here. Name one with --site: {', '.join(known)}."


def _tenants(store: Store) -> list[Tenant]:
    """The tenants who let us work; none where there is no database yet."""
    tenants = Tenants(store)
    found = [tenants.at(site) for site in tenants.sites()] if store.is_ready() else []
    return [tenant for tenant in found if tenant]


def receive(settings: Settings, tracker: str, delivery: Delivery, now: float) -> Received:
    """Verify and read a delivery for the site that it names; raises Refused, 404 for a site we do not know."""
    kind = _KINDS.get(tracker)
    if kind is None or delivery.site not in kind.sites(settings):
        raise Refused(404, "No site of this name is set up here for this tracker. See the settings.")
    return kind.receive(delivery, kind.sites(settings)[delivery.site], now)


def tenant_site(settings: Settings, tenant: Tenant) -> JiraSite:
    """A tenant as a Jira like any other. What settings say of a Jira at its address holds for it too."""
    shown = (tenant.shown_url or tenant.base_url).rstrip("/")
    known = next((site for site in settings.jira.values() if site.url.rstrip("/") == shown), JiraSite("", ""))
    return JiraSite(
        tenant.site,
        tenant.base_url,
        types=known.types,
        fields=known.fields,
        shown_url=tenant.shown_url,
        own_labels=settings.own_labels,
    )


def open_tenant(settings: Settings, store: Store, tenant: Tenant) -> Tracker:
    """A connection to a tenant's Jira or Linear."""
    if tenant.app in (JIRA_OAUTH, LINEAR_OAUTH):
        return _by_consent(settings, store, tenant)
    from service.trackers.jira import JiraTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

    site, seconds = tenant_site(settings, tenant), settings.http_timeout_seconds
    if tenant.app == FORGE:
        return JiraTracker(replace(site, token=tenant.secret), seconds)
    return JiraTracker(site, seconds, Signed(tenant.base_url, tenant.client_key, tenant.secret))


def _by_consent(settings: Settings, store: Store, tenant: Tenant) -> Tracker:
    from service.oauth.bearer import Bearer  # noqa: PLC0415 (its library loads when it is used)
    from service.oauth.grants import grant_of  # noqa: PLC0415
    from service.oauth.providers import providers  # noqa: PLC0415
    from service.trackers.jira import JiraTracker  # noqa: PLC0415
    from service.trackers.linear import LinearTracker  # noqa: PLC0415

    provider = providers(settings).get(tenant.tracker)
    if provider is None:
        raise TrackerError(f"Settings name no app at {tenant.tracker.capitalize()} any more.", permanent=True)
    auth = Bearer(store, provider, grant_of(tenant))
    if tenant.tracker == "jira":
        return JiraTracker(tenant_site(settings, tenant), settings.http_timeout_seconds, auth)
    site = LinearSite(tenant.site, tenant.base_url, own_labels=settings.own_labels)
    return LinearTracker(site, settings.http_timeout_seconds, auth)


def _tenant(store: Store, site: str) -> Tenant:
    tenant = Tenants(store).at(site)
    if tenant is None or not tenant.enabled:
        raise TrackerError(UNINSTALLED, permanent=True)
    return tenant


def open_tracker(settings: Settings, store: Store, tracker: str, site: str) -> Tracker:
    """A connection to one site; raises TrackerError where settings no longer name it."""
    if (tracker, site) == LOCAL:
        from service.trackers.local import LocalTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

        return LocalTracker(store)
    if is_tenant(site):
        return open_tenant(settings, store, _tenant(store, site))
    kind = _KINDS.get(tracker)
    if kind is None or site not in kind.sites(settings):
        raise TrackerError(f"Settings name no {tracker} site {site!r} any more.", permanent=True)
    return kind.open(kind.sites(settings)[site], settings.http_timeout_seconds)


def open_searchable(settings: Settings, store: Store, tracker: str, site: str) -> Searchable:
    """A connection to a site whose tickets can be gone through; raises TrackerError where there is none."""
    opened: object = open_tracker(settings, store, tracker, site)
    if not isinstance(opened, Searchable):
        raise TrackerError(f"The tickets of {tracker} cannot be gone through.", permanent=True)
    return opened


def opener(settings: Settings, store: Store) -> Callable[[str, str], Tracker]:
    """`open_tracker` for one process: each site is opened once, and its connections are kept.

    A tenant is opened anew when it has changed, as its secret does whenever it installs us again.
    """
    tenants: dict[str, tuple[int, Tracker]] = {}

    @cache
    def opened(tracker: str, site: str) -> Tracker:
        return open_tracker(settings, store, tracker, site)

    def either(tracker: str, site: str) -> Tracker:
        if not is_tenant(site):
            return opened(tracker, site)
        tenant = _tenant(store, site)
        if tenants.get(site, (0, None))[0] != tenant.revision:
            tenants[site] = (tenant.revision, open_tenant(settings, store, tenant))
        return tenants[site][1]

    return either
