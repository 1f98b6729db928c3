"""/oauth: an admin connects a Jira or a Linear workspace by consent, and sees what is connected."""

from __future__ import annotations

import hmac

import structlog
from flask import Blueprint, Response, session, url_for
from flask import request as asked
from markupsafe import Markup

from service.oauth.grants import consented, grant_of, held
from service.oauth.hooks import see_to
from service.oauth.installing import install
from service.oauth.providers import NotGranted, Provider, ProviderDown, providers
from service.settings import Settings
from service.store import Store
from service.tenants import Tenants
from service.trackers.base import TrackerError
from service.web.access import visitor
from service.web.errors import answer
from service.web.pages import page
from service.web.sessions import Role, csrf_field

KEPT = "oauth"
BUTTON = Markup('<form method="post" action="/oauth/{tracker}">{csrf}<button>Connect {name}</button></form>')
GO_ON = Markup('<p>{name} will ask whether you let us in.</p><p><a href="{address}">Go on to {name}</a></p>')
NO_APP = Markup(
    "<p>No app is set up. Make one at Atlassian or at Linear, and set its id and secret: "
    "<code>CLARITY_OAUTH_JIRA_CLIENT_ID</code> or <code>CLARITY_OAUTH_LINEAR_CLIENT_ID</code>.</p>"
)
STALE = "This consent was not asked for here, or too long ago. Please begin again."

log = structlog.get_logger(__name__)


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The page, the way to the vendor and back."""
    routes = Blueprint("oauth", __name__, url_prefix="/oauth")
    known = providers(settings)

    @routes.get("")
    def connected() -> Response:
        return page("Connected by consent", _connected(store, known))

    @routes.post("/<tracker>")
    def begin(tracker: str) -> Response:
        provider = known.get(tracker)
        if provider is None:
            return answer(404, "There is nothing at this address.")
        address, state, verifier = provider.consent(_callback(settings, tracker))
        session[KEPT] = {"tracker": tracker, "state": state, "verifier": verifier}
        return page(f"Connect {provider.name}", GO_ON.format(name=provider.name, address=address))

    @routes.get("/<tracker>/callback")
    def finish(tracker: str) -> Response:
        who, provider = visitor(), known.get(tracker)
        if who is None or who.role is not Role.ADMIN:
            return answer(403, "Only an admin may connect a site. Ask for the admin's role.")
        if provider is None:
            return answer(404, "There is nothing at this address.")
        verifier = _verifier(tracker)
        if not verifier:
            return page("Not connected", STALE, 403)
        return _finished(settings, store, provider, verifier)

    return routes


def _callback(settings: Settings, tracker: str) -> str:
    return f"{settings.base_url}/oauth/{tracker}/callback"


def _verifier(tracker: str) -> str:
    """What we kept when this browser set out, once; "" where the answer is to nothing that it asked."""
    kept = session.pop(KEPT, None)
    if not isinstance(kept, dict) or kept.get("tracker") != tracker:
        return ""
    told = asked.args.get("state", "").encode("utf-8", "replace")
    return str(kept["verifier"]) if hmac.compare_digest(told, str(kept["state"]).encode()) else ""


def _finished(settings: Settings, store: Store, provider: Provider, verifier: str) -> Response:
    code = asked.args.get("code", "")
    if not code:
        return page("Not connected", f"{provider.name} was not allowed to let us in. Nothing was changed.", 403)
    try:
        sites = install(store, provider, code, verifier, _callback(settings, provider.tracker))
    except NotGranted as error:
        return page("Not connected", str(error), 403)
    except ProviderDown as error:
        return page("Not connected", str(error), 503)
    log.info("connected by consent", tracker=provider.tracker, sites=sites)
    faults = [fault for site in sites if (fault := _hooked(settings, store, provider, site))]
    said = Markup("<p>{count} connected.</p>").format(
        count="1 site is" if len(sites) == 1 else f"{len(sites)} sites are"
    )
    for fault in faults:
        said += Markup('<p role="alert">{}</p>').format(fault)
    return page(
        "Connected",
        said + Markup('<p><a href="{}">All that is connected</a></p>').format(url_for("oauth.connected")),
    )


def _hooked(settings: Settings, store: Store, provider: Provider, site: str) -> str:
    """Have deliveries sent to us; what went wrong. It is tried again each hour."""
    if provider.tracker != "jira":
        return ""
    try:
        see_to(settings, store, site)
    except TrackerError as error:
        return f"No webhook could be registered yet: {error} We go on trying."
    return ""


def _connected(store: Store, known: dict[str, Provider]) -> Markup:
    tenants = Tenants(store)
    rows = Markup()
    for site in consented(store):
        tenant = tenants.at(site)
        works = tenant is not None and tenant.enabled and held(store, grant_of(tenant)) is not None
        state = "" if works else "(taken back: connect it again)"
        rows += Markup("<li>{} {}</li>").format(tenants.called(site), state)
    said = Markup("<ul>{}</ul>").format(rows) if rows else Markup("<p>Nothing yet.</p>")
    for provider in known.values():
        said += BUTTON.format(tracker=provider.tracker, csrf=csrf_field(), name=provider.name)
    return said if known else said + NO_APP
