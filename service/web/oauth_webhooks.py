"""Deliveries to our apps: Jira's, signed as a bearer with the app's secret, and Linear's, signed over the body.

An app has one address for all who let it in, so a delivery itself says where it comes from.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import jwt
from flask import Blueprint, Response, jsonify, request

from service.inbox import Inbox
from service.oauth.grants import forget_unused, grant_of
from service.settings import LinearSite, OAuthApp, Secret, Settings
from service.store import Store
from service.tenants import JIRA_OAUTH, LINEAR_OAUTH, Tenant, Tenants
from service.trackers import jira_webhook, linear_webhook
from service.trackers.base import Delivery, Refused
from service.trackers.registry import tenant_site
from service.trackers.wild import Untamed, Wild
from service.web.accepting import answered, record
from service.web.webhooks import delivery_of

HERE = "oauth"
LEEWAY = 120.0
NO_APP = "No app is set up here for this tracker. See the settings."


def blueprint(settings: Settings, store: Store, inbox: Inbox, clock: Callable[[], float] = time.time) -> Blueprint:
    """`/oauth/webhooks/<tracker>`: every delivery proves its sender."""
    routes = Blueprint("oauth_webhooks", __name__, url_prefix="/oauth/webhooks")
    tenants = Tenants(store)

    @routes.post("/jira")
    def jira() -> Response:
        return answered("jira", HERE, lambda: _jira(settings, tenants, inbox, clock()))

    @routes.post("/linear")
    def linear() -> Response:
        return answered("linear", HERE, lambda: _linear(settings, store, inbox, clock()))

    return routes


def _jira(settings: Settings, tenants: Tenants, inbox: Inbox, now: float) -> Response:
    delivery = delivery_of(request, HERE)
    check_bearer(delivery, _app(settings, "jira"), now)
    tenant = sender(_read(delivery), _working(tenants, JIRA_OAUTH))
    if tenant is None:
        return jsonify(accepted=False, note="nobody here has connected this site")
    received = jira_webhook.read(replace(delivery, site=tenant.site), tenant_site(settings, tenant))
    return record(inbox, "jira", tenant.site, received)


def _linear(settings: Settings, store: Store, inbox: Inbox, now: float) -> Response:
    delivery, app = delivery_of(request, HERE), _app(settings, "linear")
    site = LinearSite(HERE, webhook_secrets=app.webhook_secrets, own_labels=settings.own_labels)
    linear_webhook.receive(delivery, site, now)  # proves the sender, whatever is in it
    body, tenants = _read(delivery), Tenants(store)
    tenant = tenants.find(LINEAR_OAUTH, _workspace(body))
    if tenant is None:
        return jsonify(accepted=False, note="nobody here has connected this workspace")
    if body["type"].text(default="") == "OAuthApp" and body["action"].text(default="") == "revoked":
        tenants.uninstalled(LINEAR_OAUTH, tenant.client_key)
        forget_unused(store, [grant_of(tenant)])
        return jsonify(accepted=False, note="the app is not used in this workspace any more")
    received = linear_webhook.receive(delivery, replace(site, name=tenant.site), now)
    return record(inbox, "linear", tenant.site, received)


def _app(settings: Settings, tracker: str) -> OAuthApp:
    app = settings.oauth.get(tracker)
    if app is None:
        raise Refused(404, NO_APP)
    return app


def check_bearer(delivery: Delivery, app: OAuthApp, now: float) -> None:
    """Raises Refused unless the delivery bears a token of our app's secret that has not ended."""
    scheme, _, token = delivery.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(401, "The delivery carries no bearer token.")
    try:
        claims = jwt.decode(
            token.strip(),
            str(Secret(app.client_secret)),
            algorithms=["HS256"],
            options={
                "require": ["exp"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_aud": False,
            },
        )
        ends = float(claims["exp"])
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        raise Refused(401, "The bearer token is not signed with our app's secret.") from None
    if not ends + LEEWAY > now:
        raise Refused(401, "The bearer token has ended.")


def _read(delivery: Delivery) -> Wild:
    try:
        return Wild.parse(delivery.body)
    except Untamed as error:
        raise _unreadable(error) from None


def _workspace(body: Wild) -> str:
    try:
        return body["organizationId"].text(default="")
    except Untamed as error:
        raise _unreadable(error) from None


def _unreadable(error: Untamed) -> Refused:
    return Refused(400, f"This delivery could not be read: {error}.")


def _working(tenants: Tenants, app: str) -> list[Tenant]:
    found = [tenants.at(site) for site in tenants.sites() if site.startswith(f"{app}:")]
    return [tenant for tenant in found if tenant]


def sender(body: Wild, tenants: list[Tenant]) -> Tenant | None:
    """Whose Jira this comes from: by the address that the issue, or the comment, gives as its own."""
    try:
        told = [body[member]["self"].text(default="") for member in ("issue", "comment", "user")]
    except Untamed:
        told = []
    for address in filter(None, told):
        for tenant in tenants:
            host = _host(tenant.shown_url)
            if f"/ex/jira/{tenant.client_key}/" in address or (host and _host(address) == host):
                return tenant
    return tenants[0] if len(tenants) == 1 and not any(told) else None


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
