"""What `clarity doctor` looks at. Each check says how it stands and, where it is not well, what to do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from service import rulebook
from service.diagnosis import Check, State
from service.doctor_database import database, deliveries
from service.doctor_mail import mail
from service.document import language
from service.loopback import is_loopback
from service.overrides import unknown_rules
from service.permissions import needed
from service.settings import JiraSite, LinearSite, Settings, SettingsError, Site
from service.store import Store, StoreUnavailable
from service.tenants import JIRA_OAUTH, Tenants, called
from service.trackers.base import TrackerError
from service.trackers.registry import open_tracker, tenant_site

MEGABYTE = 1_000_000
SHORT_SECRET = 16
SKEW_SECONDS = 120


def examine(settings: Settings, *, offline: bool = False) -> Iterator[Check]:
    """Everything that can be wrong, one thing at a time. `offline` asks no tracker. Changes nothing."""
    yield _data_dir(settings)
    yield from database(settings)
    yield _disk(settings)
    yield _model(settings)
    yield from _rules(settings)
    store = Store.of(settings)
    tenants = _tenants(store)
    yield from _addresses(settings, connected=any(settings.sites.values()) or bool(tenants))
    yield from mail(settings, offline=offline)
    addresses = {Tenants(store).called(tenant) for tenant in tenants}
    for tracker, site in _sites(settings):
        name = f"{tracker} {site.name}"
        if isinstance(site, JiraSite) and called(site.url) in addresses:
            yield Check(name, State.WELL, "its types and fields hold for the tenant of this address")
            continue
        yield _webhook(name, tracker, site)
        yield from _deliveries(store, tracker, site.name)
        if not offline:
            yield _credentials(name, settings, store, tracker, site)
            yield from _permissions(name, settings, store, tracker, site)
            yield from _clock(name, site, settings.http_timeout_seconds)
    yield from _consents(settings, store, tenants, offline=offline)


def _tenants(store: Store) -> list[str]:
    """The sites of those who let us work; none where no database can be asked, as `database` says that."""
    try:
        return Tenants(store).sites() if store.is_ready() else []
    except StoreUnavailable:
        return []


def _consents(settings: Settings, store: Store, tenants: list[str], *, offline: bool) -> Iterator[Check]:
    """What was connected by consent; nothing where the key does not fit, as `database` says that."""
    if not settings.oauth and not tenants:
        return
    from service.doctor_oauth import consents  # noqa: PLC0415 (its library loads when it is used)

    try:
        if store.is_ready():
            yield from consents(settings, store, offline=offline)
        for site in tenants:
            tenant = None if offline else Tenants(store).at(site)
            if tenant and tenant.app == JIRA_OAUTH:
                yield from _permissions(tenant.called, settings, store, "jira", tenant_site(settings, tenant))
    except (StoreUnavailable, SettingsError):
        return


def _data_dir(settings: Settings) -> Check:
    folder = settings.data_dir
    if not folder.exists():
        return Check("data directory", State.WELL, f"{folder} will be made at the first start")
    if not folder.is_dir():
        return Check("data directory", State.WRONG, f"{folder} is no folder", "Set CLARITY_DATA_DIR to a folder.")
    if folder.stat().st_mode & 0o077:
        return Check("data directory", State.ODD, f"{folder} is open to other users", f"chmod 700 {folder}")
    return Check("data directory", State.WELL, str(folder))


def _disk(settings: Settings) -> Check:
    folder = next(place for place in (settings.data_dir, *settings.data_dir.parents) if place.exists())
    free = shutil.disk_usage(folder).free // MEGABYTE
    state = State.WELL if free > 1_000 else State.ODD if free > 100 else State.WRONG
    return Check("disk", state, f"{free:,} MB free", "" if state is State.WELL else f"Make room on {folder}.")


def _model(settings: Settings) -> Check:
    try:
        folder = language.find(settings.model)
        return Check("language model", State.WELL, f"{language.verify(folder)}, in {folder}")
    except language.ModelError as error:
        return Check("language model", State.WRONG, str(error))


def _rules(settings: Settings) -> Iterator[Check]:
    try:
        rules = rulebook.load([settings.rules] if settings.rules else [])
    except rulebook.RuleFileError as error:
        yield Check("rules", State.WRONG, str(error), "Until then the service goes on with the shipped rules.")
        return
    yield Check("rules", State.WELL, f"{len(rules.rules)} rules, version {rules.version[:12]}")
    for sentence in unknown_rules(settings, rules.rules):
        yield Check("rules", State.WRONG, sentence)


def _addresses(settings: Settings, *, connected: bool) -> Iterator[Check]:
    parts = urlsplit(settings.base_url)
    local = is_loopback(parts.hostname or "")
    if local and connected:
        advice = "Set CLARITY_BASE_URL to the address at which your reverse proxy answers."
        yield Check("base url", State.ODD, f"no tracker can reach {settings.base_url}", advice)
    elif not local and parts.scheme == "http":
        yield Check(
            "base url", State.ODD, f"{settings.base_url} is not encrypted", "Use https at the reverse proxy."
        )
    else:
        yield Check("base url", State.WELL, settings.base_url)
    if settings.locked:
        yield Check("dashboard", State.WELL, f"open to {_let_in(settings)}")
    else:
        yield Check("dashboard", State.WELL, "shown on this machine only, as no CLARITY_DASHBOARD_TOKEN is set")
    if not connected:
        advice = "README.md: connect Jira, Linear or GitHub in five minutes."
        yield Check("trackers", State.ODD, "none is connected", advice)


def _let_in(settings: Settings) -> str:
    ways = {
        "whoever has the dashboard token": settings.dashboard_token,
        "whoever has the viewer token, to see": settings.viewer_token,
        f"people known to {settings.oidc.issuer}" if settings.oidc else "": settings.oidc,
    }
    return "; ".join(way for way, is_set in ways.items() if is_set)


def _sites(settings: Settings) -> list[tuple[str, Site]]:
    return [(tracker, site) for tracker, sites in settings.sites.items() for site in sites.values()]


def _webhook(name: str, tracker: str, site: Site) -> Check:
    setting = f"webhook_secret under [{tracker}.{site.name}]"
    if site.name == "default":
        setting = f"CLARITY_{tracker.upper()}_WEBHOOK_SECRET"
    if not site.webhook_secrets:
        if isinstance(site, JiraSite) and site.path_token:
            return Check(f"{name} webhook", State.WELL, "unsigned, told by the token in its address")
        return Check(f"{name} webhook", State.WRONG, "no secret: every delivery is refused", f"Set {setting}.")
    if any(len(secret) < SHORT_SECRET for secret in site.webhook_secrets):
        return Check(f"{name} webhook", State.ODD, "the secret is short", f"Set {setting} to a long random text.")
    if len(site.webhook_secrets) > 1:
        return Check(f"{name} webhook", State.WELL, "signed; two secrets are accepted: drop the old one when done")
    return Check(f"{name} webhook", State.WELL, "signed")


def _credentials(name: str, settings: Settings, store: Store, tracker: str, site: Site) -> Check:
    address = urlsplit(_address(site))
    try:
        who = open_tracker(settings, store, tracker, site.name).check()
    except TrackerError as error:
        advice = f"Check {_address(site)} and the credentials of [{tracker}.{site.name}]."
        return Check(f"{name} access", State.WRONG, str(error), advice)
    if address.scheme == "http" and not is_loopback(address.hostname or ""):
        return Check(
            f"{name} access", State.ODD, "credentials travel unencrypted", "Use the site's https address."
        )
    return Check(f"{name} access", State.WELL, who)


def _deliveries(store: Store, tracker: str, name: str) -> Iterator[Check]:
    """Nothing where there is no database to ask yet; `database` says how that stands."""
    try:
        if store.is_ready():
            yield deliveries(store, tracker, name)
    except StoreUnavailable:
        return


def _permissions(name: str, settings: Settings, store: Store, tracker: str, site: Site) -> Iterator[Check]:
    """What a Jira user lacks; nothing where the site cannot be asked, as `access` says that."""
    if not isinstance(site, JiraSite):
        return
    from service.trackers.jira import JiraTracker  # noqa: PLC0415 (each tracker's library loads when it is used)

    try:
        opened = open_tracker(settings, store, tracker, site.name)
        lacking = opened.lacking(needed(settings)) if isinstance(opened, JiraTracker) else []
    except TrackerError:
        return
    if lacking:
        advice = "Grant it in the permission schemes of the projects concerned."
        yield Check(f"{name} rights", State.ODD, f"our user lacks {', '.join(lacking)}", advice)
    else:
        yield Check(f"{name} rights", State.WELL, "our user may do all that is needed")


def _clock(name: str, site: Site, timeout: float) -> Iterator[Check]:
    """Nothing where the site tells no time: it is no fault of ours, and `access` says whether it answers."""
    try:
        date = requests.head(_address(site), timeout=timeout, allow_redirects=False).headers.get("Date", "")
        skew = time.time() - parsedate_to_datetime(date).timestamp()
    except (requests.RequestException, ValueError):
        return
    if abs(skew) > SKEW_SECONDS:
        said = f"this machine is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the site"
        yield Check(f"{name} clock", State.ODD, said, "Set this machine's clock, or let NTP do it.")


def _address(site: Site) -> str:
    return site.api_url if isinstance(site, LinearSite) else site.url
