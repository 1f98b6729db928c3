"""What `clarity doctor` says of sites that were connected by consent: is the grant alive, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from service.diagnosis import Check, State
from service.doctor_database import deliveries
from service.oauth.grants import consented, grant_of, held
from service.oauth.hooks import ours
from service.oauth.providers import Provider, providers
from service.settings import Settings
from service.store import Store
from service.tenants import Tenant, Tenants, called
from service.trackers.base import TrackerError
from service.trackers.jira import JiraTracker
from service.trackers.jira_webhooks import Hook
from service.trackers.registry import open_tracker

SOON = timedelta(days=7)
AGAIN = "Connect it again on the page /oauth."


def consents(settings: Settings, store: Store, *, offline: bool) -> Iterator[Check]:
    """Our apps, and each site that ever let us in; `offline` asks nobody.

    Raises StoreUnavailable, and SettingsError where the key does not fit.
    """
    known = providers(settings)
    if (linear := known.get("linear")) and not any(linear.app.webhook_secrets):
        advice = "Set CLARITY_OAUTH_LINEAR_WEBHOOK_SECRET."
        yield Check("linear app webhook", State.WRONG, "no secret: every delivery is refused", advice)
    tenants = Tenants(store)
    for site in consented(store):
        tenant = tenants.at(site)
        if tenant is None:
            yield Check(f"{tenants.called(site)} grant", State.ODD, "the access was taken back there", AGAIN)
        else:
            yield from _tenant(settings, store, tenant, known.get(tenant.tracker), offline=offline)


def _tenant(
    settings: Settings, store: Store, tenant: Tenant, provider: Provider | None, *, offline: bool
) -> Iterator[Check]:
    label = f"{tenant.called} grant"
    if provider is None:
        advice = f"Set CLARITY_OAUTH_{tenant.tracker.upper()}_CLIENT_ID and its secret."
        yield Check(label, State.WRONG, "settings name no app for it", advice)
    elif held(store, grant_of(tenant)) is None:
        yield Check(label, State.WRONG, "the access was taken back, or has ended", AGAIN)
    elif offline:
        yield Check(label, State.WELL, "kept; nobody was asked whether it is alive")
        yield from _scopes(store, tenant, provider)
    else:
        yield from _asked(settings, store, tenant, provider)
    hooked = [site for site in settings.jira.values() if site.webhook_secrets or site.path_token]
    if twice := [site.name for site in hooked if called(site.url) == tenant.called]:
        said = f"the Jira named {', '.join(twice)} in the settings is this one, with a webhook of its own"
        advice = "Take that webhook out of Jira, and its secret out of the settings: each ticket is read twice."
        yield Check(f"{tenant.called} twice", State.ODD, said, advice)
    yield deliveries(store, tenant.tracker, tenant.site, label=tenant.called)


def _asked(settings: Settings, store: Store, tenant: Tenant, provider: Provider) -> Iterator[Check]:
    """What the site itself says; a token that has ended is renewed for it, as it would be for any ticket."""
    label = f"{tenant.called} grant"
    try:
        tracker = open_tracker(settings, store, tenant.tracker, tenant.site)
        yield Check(label, State.WELL, f"alive: {tracker.check()}")
        yield from _scopes(store, tenant, provider)
        if isinstance(tracker, JiraTracker):
            yield _webhooks(settings, tenant, tracker.webhooks.all())
    except TrackerError as error:
        yield Check(label, State.WRONG, str(error), "docs/oauth.md says what each of these means.")


def _scopes(store: Store, tenant: Tenant, provider: Provider) -> Iterator[Check]:
    """What the grant is not good for; nothing where its provider never said."""
    tokens = held(store, grant_of(tenant))
    if tokens is None or not tokens.scope:
        return
    # Without the last one there would be no renewal, and nobody lists it.
    lacking = sorted(provider.scopes - tokens.scope - {"offline_access"})
    if lacking:
        advice = f"Add it to our app's permissions at {provider.name}. {AGAIN}"
        yield Check(f"{tenant.called} scopes", State.WRONG, f"lacks {', '.join(lacking)}", advice)
    else:
        yield Check(f"{tenant.called} scopes", State.WELL, "all that we ask for")


def _webhooks(settings: Settings, tenant: Tenant, hooks: list[Hook]) -> Check:
    label = f"{tenant.called} webhook"
    good = [hook for hook in hooks if ours(settings, hook)]
    if not good:
        said = "sends elsewhere, or not all" if hooks else "none is registered"
        advice = (
            "The running service sees to it within a day. If it does not, CLARITY_BASE_URL has to be an https "
            "address that Jira can reach."
        )
        return Check(label, State.ODD, said, advice)
    ends = min((hook.ends for hook in good if hook.ends), default=None)
    if ends is None:
        return Check(label, State.WELL, "registered")
    said = f"ends on {ends:%Y-%m-%d}"
    if ends - datetime.now(UTC) < SOON:
        return Check(label, State.ODD, said, "The running service renews it each day. Is it running?")
    return Check(label, State.WELL, f"{said}, and is renewed each day")
