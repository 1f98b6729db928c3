"""Forge Remote: events and the panel's questions, each proven by the token with which Forge invokes us.

Every call brings the token with which our app asks that site. The latest is kept, encrypted, for the workers: an
hourly trigger brings a fresh one where nothing happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, jsonify, request
from pydantic import ValidationError

from service.inbox import Inbox
from service.settings import JiraSite, Secret, Settings
from service.store import Store
from service.store.tenants import site_name
from service.tenants import FORGE, TRACKER, Tenants
from service.trackers import forge
from service.trackers.base import Refused, Tracker
from service.trackers.connect import Unproven, header_of
from service.trackers.forge import ISSUE, Invocation, invocation
from service.trackers.key_set import KeySet
from service.trackers.wild import Untamed, Wild
from service.web.accepting import answered, body_of, record
from service.web.connect_pages import kindly
from service.web.installing import may_be_called
from service.web.mine import ChoiceBody, Mine
from service.web.panel import OpinionBody, Panel, Shown, Viewer
from service.web.project_trends import ProjectTrends
from service.web.standing import standing

SYSTEM, USER = "x-forge-oauth-system", "x-forge-oauth-user"
MOST_BYTES = 100_000
NO_WAY = "The call brings nothing to ask Jira with. Does the manifest enable appSystemToken for this endpoint?"
NO_ISSUE = "The token does not say which issue this is about."


def blueprint(settings: Settings, store: Store, inbox: Inbox, panel: Panel, mine: Mine) -> Blueprint:
    """`/forge/events` and `/forge/panel`."""
    routes = Blueprint("forge", __name__, url_prefix="/forge")
    app = _App(settings, store, inbox, panel, mine)

    @routes.post("/events")
    def events() -> Response:
        return answered(TRACKER, "forge", app.event)

    routes.add_url_rule("/panel", view_func=kindly(app.question), endpoint="panel", methods=["POST"])
    return routes


class _App:
    def __init__(self, settings: Settings, store: Store, inbox: Inbox, panel: Panel, mine: Mine) -> None:
        self._settings, self._store, self._inbox, self._panel = settings, store, inbox, panel
        self._mine = mine
        self._trends = ProjectTrends(settings, store)
        self._keys = KeySet(settings.forge.jwks_url)
        self._tenants = Tenants(store)

    def event(self) -> Response:
        called = self._invocation()
        site = site_name(FORGE, called.installation)
        name, received = forge.read(body_of(request), site, called.id)
        if name == forge.UNINSTALLED:
            self._tenants.uninstalled(FORGE, called.installation)
        else:
            self._know(called)
        return record(self._inbox, TRACKER, site, received)

    def question(self) -> Response:
        called = self._invocation()
        request.max_content_length = MOST_BYTES
        told = _body(request.get_data())
        self._know(called)
        if told["choice"] or told["show"].text(default="issue") == "mine":
            site, choice = site_name(FORGE, called.installation), _choice(told) if told["choice"] else None
            return jsonify(html=self._mine.in_panel(site, called.person, choice))
        if told["show"].text(default="issue") in ("project", "site"):
            return jsonify(self._standing(called, told))
        if told["opinion"]:
            return _shown(self._panel.opine(self._viewer(called, told), _opinion(told)))
        return _shown(self._panel.show(self._viewer(called, told)))

    def _invocation(self) -> Invocation:
        """Who calls; raises Refused, 401 for anybody but Forge, and Unreachable."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        app_id = self._settings.forge.app_id
        if not app_id:
            raise Refused(401, "CLARITY_FORGE_APP_ID is not set, so no app is known here.")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused(401, "The call brings no invocation token.")
        try:
            called = self._proven(token.strip(), app_id)
        except Unproven as fault:
            raise Refused(401, str(fault)) from None
        if not may_be_called(called.api_url, self._settings.forge.hosts, self._settings.forge.jwks_url):
            raise Refused(401, "The token's apiBaseUrl is none of those that CLARITY_FORGE_HOSTS allows.")
        return called

    def _proven(self, token: str, app_id: str) -> Invocation:
        header = header_of(token)
        key_id = header.get("kid")
        key = self._keys.get(key_id) if header.get("alg") == "RS256" and isinstance(key_id, str) else None
        if key is None:
            raise Unproven("The token is not signed by a key of Forge's.")
        return invocation(token, key, app_id)

    def _know(self, called: Invocation) -> None:
        """Keep the installation, and the latest token to ask its Jira with."""
        token = request.headers.get(SYSTEM, "").strip()
        known = self._tenants.find(FORGE, called.installation)
        if not token and known is None:
            raise Refused(400, NO_WAY)
        shown = _shown_url(called) or (known.shown_url if known else "")
        told = (token, called.api_url, shown)
        same = known is not None and (known.secret, known.base_url, known.shown_url) == told
        if token and not same:
            self._tenants.installed(FORGE, called.installation, called.api_url, token, shown_url=shown)

    def _viewer(self, called: Invocation, told: Wild) -> Viewer:
        """Which issue is meant has to be signed; one that is merely named is read with its reader's own eyes."""
        issue = called.about("issue", "id", "key")
        named, own = told["issue"].text(default=""), request.headers.get(USER, "").strip()
        system = request.headers.get(SYSTEM, "").strip()
        if not issue and named and own:
            issue, system = named, own
        if not ISSUE.fullmatch(issue):
            raise Refused(403, NO_ISSUE)
        if not system:
            raise Refused(400, NO_WAY)
        return Viewer(self._tracker(called, system), issue, called.person)

    def _tracker(self, called: Invocation, token: str) -> Tracker:
        from service.trackers.jira import JiraTracker  # noqa: PLC0415 (loads when somebody looks)
        from service.trackers.registry import tenant_site  # noqa: PLC0415

        tenant = self._tenants.find(FORGE, called.installation)
        name = site_name(FORGE, called.installation)
        known = tenant_site(self._settings, tenant) if tenant else JiraSite(name, "")
        shown, secret = _shown_url(called), Secret(token)
        site = replace(known, name=name, url=called.api_url, token=secret, shown_url=shown)
        return JiraTracker(site, self._settings.http_timeout_seconds)

    def _standing(self, called: Invocation, told: Wild) -> Mapping[str, object]:
        site = site_name(FORGE, called.installation)
        if told["show"].text() == "site":
            return standing(self._store, site, None)
        project = called.about("project", "key")
        if not project:
            raise Refused(403, "The token does not say which project this is about.")
        asked = {name: told[name].text(default="")[:20] for name in ("kind", "period", "pictures")}
        return {**standing(self._store, site, project), "trends": self._trends.html(site, project, asked)}


def _body(raw: bytes) -> Wild:
    try:
        return Wild.parse(raw) if raw.strip() else Wild({})
    except Untamed as fault:
        raise Refused(400, f"The question could not be read: {fault}.") from None


def _opinion(told: Wild) -> OpinionBody:
    try:
        return OpinionBody.model_validate(told["opinion"].raw())
    except ValidationError:
        raise Refused(400, "Send a rule, and what you think of it.") from None


def _choice(told: Wild) -> ChoiceBody:
    try:
        return ChoiceBody.model_validate(told["choice"].raw())
    except ValidationError:
        raise Refused(400, "Send a choice, and whether it is on.") from None


def _shown(shown: Shown) -> Response:
    response = jsonify(shown.body)
    response.headers["Server-Timing"] = shown.timing
    return response


def _shown_url(called: Invocation) -> str:
    """Where people see the site, if the token says so in a way that may be shown."""
    return called.site_url if re.fullmatch(r"https?://[^\s\"'<>\\]{1,900}", called.site_url) else ""
