"""Who may do what.

Without anything to log in with, the service belongs to whoever sits at its machine: a request that came through
a proxy, or asks for any other host, reaches signed endpoints and /healthz only. Else people log in, by a token or
by their team's provider, and programs send a token as a bearer.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from service.loopback import is_loopback
from service.settings import Settings
from service.store import Store
from service.web.errors import answer, for_programs
from service.web.guesses import Guesses
from service.web.pages import page
from service.web.sessions import SAFE, Role, Sessions, Visitor, csrf_field, forged

# These verify each request by themselves, or tell nothing.
OPEN_BLUEPRINTS = frozenset({"webhooks", "connect", "connect_pages", "forge", "oauth_webhooks", "leaving"})
OPEN_ENDPOINTS = frozenset(
    {"health.healthz", "access.login", "access.log_in", "access.to_provider", "access.from_provider"}
)
# What a viewer may send: it changes nothing for others. Whatever else is sent needs an admin.
VIEWERS_SEND = frozenset(
    {"api.check", "playground.create", "playground.edit", "playground.say", "access.log_out", "me.choose"}
)
FORWARDING = (
    "Forwarded",
    "Via",
    "X-Real-IP",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "Fly-Client-IP",
    "Fastly-Client-IP",
    "X-Envoy-External-Address",
    "X-Original-Host",
    "X-Original-URL",
)
ELSEWHERE = Markup(
    "<p>This page is only shown on the machine that the service runs on, because no dashboard token is set.</p>"
    "<p>To open it to your team, set <code>CLARITY_DASHBOARD_TOKEN</code> to a long random text and restart.</p>"
)


def guard(app: Flask, settings: Settings, store: Store) -> None:
    """Let nobody in who may not; registers the login."""
    from service.web.login import blueprint  # noqa: PLC0415 (it needs the door)

    door = Door(app, settings, store)
    app.before_request(door.check)
    app.register_blueprint(blueprint(app, door, settings))
    app.context_processor(lambda: {"visitor": visitor(), "locked": door.sessions.locked, "csrf_field": csrf_field})


def visitor() -> Visitor | None:
    """Who sent this request; None where nobody has to log in to be answered."""
    found = g.get("visitor")
    return found if isinstance(found, Visitor) else None


class Door:
    """Decides about every request before it is looked at."""

    def __init__(self, app: Flask, settings: Settings, store: Store) -> None:
        self._own_host = urlsplit(settings.base_url).netloc
        self.sessions = Sessions(app, settings, store)
        self._guesses = Guesses(store)

    def check(self) -> Answer | None:
        """Before every request: nothing, or the refusal."""
        if request.blueprint in OPEN_BLUEPRINTS or request.endpoint in OPEN_ENDPOINTS:
            return None
        if not self.sessions.locked and came_from_elsewhere():
            return refuse_elsewhere()
        bearer = request.headers.get("Authorization", "")
        if not bearer and self.cross_site():
            return answer(403, "This request came from another site's page.")
        g.visitor = self._visitor(bearer)
        return self._refusal(g.visitor, bearer) if g.visitor else self._ask_to_log_in()

    def _refusal(self, who: Visitor, bearer: str) -> Answer | None:
        if self.sessions.locked and not bearer and forged():
            return answer(403, "This form has expired. Load the page again.")
        if request.method not in SAFE and request.endpoint not in VIEWERS_SEND and who.role is not Role.ADMIN:
            return answer(403, "A viewer may not do that. Ask for the admin's role.")
        return None

    def cross_site(self) -> bool:
        """Whether somebody else's page makes a browser change something here."""
        if request.method in SAFE:
            return False
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None:
            return site not in ("same-origin", "none")
        return origin is not None and urlsplit(origin).netloc not in (request.host, self._own_host)

    def role_of(self, token: str) -> Role | None:
        """What a token lets its sender do. Raises TooManyGuesses unlooked at, after too many wrong ones."""
        sender = request.remote_addr or ""
        if not self._guesses.allowed(sender):
            raise TooManyGuesses
        role = self.sessions.role_of_token(token)
        if role is None:
            self._guesses.failed(sender)
        return role

    def _visitor(self, bearer: str) -> Visitor | None:
        if not self.sessions.locked:
            return Visitor(Role.ADMIN)
        if not bearer.lower().startswith("bearer "):
            return self.sessions.visitor()
        try:
            role = self.role_of(bearer[7:].strip())
        except TooManyGuesses:
            return None
        return Visitor(role) if role else None

    def _ask_to_log_in(self) -> Answer:
        if for_programs() or request.method not in SAFE:
            response = answer(401, "Send the dashboard token: Authorization: Bearer …")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return redirect(url_for("access.login", next=request.full_path.rstrip("?")))


class TooManyGuesses(Exception):
    """Too many wrong tokens came from there of late."""


def came_from_elsewhere() -> bool:
    """Whether a request was forwarded, or asks for another host than this machine."""
    forwarded = any(name in request.headers for name in FORWARDING) or any(
        name.lower().startswith("x-forwarded-") for name, _ in request.headers
    )
    return forwarded or not is_loopback(_asked_host())


def _asked_host() -> str:
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def refuse_elsewhere() -> Response:
    """The answer to who is not at this machine, while nothing is set to log in with."""
    if for_programs():
        return answer(403, "Only this machine may ask that, as no CLARITY_DASHBOARD_TOKEN is set.")
    return page("Not from here", ELSEWHERE, 403)
