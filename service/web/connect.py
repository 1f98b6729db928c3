"""Atlassian Connect: the descriptor, who installs us, and what tenants tell us.

Each route takes tokens of one algorithm alone: RS256 by Atlassian's key for being installed and uninstalled, HS256
by the tenant's own secret for all else.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request

from service.inbox import Inbox
from service.settings import Settings
from service.store import Store
from service.tenants import CONNECT, TRACKER, Tenants
from service.trackers import jira_webhook
from service.trackers.registry import tenant_site
from service.web.accepting import answered, body_of, record
from service.web.installing import Installer
from service.web.tokens import caller
from service.web.webhooks import delivery_of

MOST_BYTES = 64 * 1024
_HERE = "connect"

log = structlog.get_logger(__name__)


def blueprint(settings: Settings, store: Store, inbox: Inbox) -> Blueprint:
    """`/connect/…`: every route proves its sender by itself."""
    routes = Blueprint("connect", __name__, url_prefix="/connect")
    tenants, installer = Tenants(store), Installer(settings)

    @routes.get("/atlassian-connect.json")
    def descriptor() -> Response:
        return jsonify(filled(settings.base_url))

    @routes.post("/installed")
    def installed() -> Response:
        return _lifecycle(lambda: _installed(tenants, installer))

    @routes.post("/uninstalled")
    def uninstalled() -> Response:
        return _lifecycle(lambda: _uninstalled(tenants, installer))

    @routes.post("/enabled")
    def enabled() -> Response:
        return _lifecycle(lambda: _switched(tenants, settings, enabled=True))

    @routes.post("/disabled")
    def disabled() -> Response:
        return _lifecycle(lambda: _switched(tenants, settings, enabled=False))

    @routes.post("/webhook")
    def webhook() -> Response:
        return answered(TRACKER, _HERE, lambda: _webhook(settings, tenants, inbox))

    return routes


@cache
def _template() -> str:
    package = Path(__file__).resolve().parent.parent
    places = (package.parent / "atlassian-connect.json", package / "atlassian-connect.json")
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def filled(base_url: str) -> dict[str, Any]:
    """The descriptor of an installation of ours that is reached at `base_url`."""
    told: dict[str, Any] = json.loads(_template())
    told["baseUrl"] = told["vendor"]["url"] = base_url
    return told


def _lifecycle(act: Callable[[], str]) -> Response:
    def done() -> Response:
        log.info("tenant", route=request.endpoint, site=act())
        return Response(status=204)

    return answered(TRACKER, _HERE, done)


def _installed(tenants: Tenants, installer: Installer) -> str:
    request.max_content_length = MOST_BYTES
    told = installer.installation(installer.proven(request.get_data()))
    return tenants.installed(CONNECT, told.client_key, told.base_url, told.shared_secret, shown_url=told.shown_url)


def _uninstalled(tenants: Tenants, installer: Installer) -> str:
    request.max_content_length = MOST_BYTES
    return tenants.uninstalled(CONNECT, installer.proven(request.get_data())["clientKey"].text())


def _switched(tenants: Tenants, settings: Settings, *, enabled: bool) -> str:
    site = caller(settings, tenants).tenant.site
    tenants.enabled(site, enabled=enabled)
    return site


def _webhook(settings: Settings, tenants: Tenants, inbox: Inbox) -> Response:
    tenant = caller(settings, tenants).tenant
    if not tenant.enabled:
        body_of(request)
        return jsonify(accepted=False, note="the app is disabled at this site")
    received = jira_webhook.read(delivery_of(request, tenant.site), tenant_site(settings, tenant))
    return record(inbox, TRACKER, tenant.site, received)
