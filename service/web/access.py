"""Who may do what.

Without a dashboard token the service belongs to whoever sits at its machine: a request that came through a
proxy, or asks for any other host, reaches signed endpoints and /healthz only. With a token, people log in and
programs send it as a bearer.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import threading
import time
from collections import OrderedDict
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from service.settings import Secret, Settings
from service.web.errors import answer, for_programs
from service.web.pages import page

SESSION_DAYS = 7
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# These verify each request by themselves, or tell nothing.
OPEN_BLUEPRINTS = frozenset({"webhooks"})
OPEN_ENDPOINTS = frozenset({"health.healthz", "access.login", "access.log_in"})
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


class Role(StrEnum):
    """A viewer sees; an admin also changes. The dashboard token makes an admin."""

    VIEWER = "viewer"
    ADMIN = "admin"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this very machine."""
    name = host.strip("[]").lower().rstrip(".")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def guard(app: Flask, settings: Settings) -> None:
    """Let nobody in who may not; registers the login."""
    key = settings.secret_key or Secret(settings.dashboard_token)
    app.secret_key = hmac.new(key.encode(), b"session cookies", hashlib.sha256).digest()
    app.config.update(
        SESSION_COOKIE_NAME="clarity",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
    )
    door = _Door(settings)
    app.before_request(door.check)
    app.register_blueprint(_login(door))


def role() -> Role | None:
    """What the sender of this request may do."""
    found = g.get("role")
    return found if isinstance(found, Role) else None


class _Door:
    def __init__(self, settings: Settings) -> None:
        self._token = settings.dashboard_token
        self._own_host = urlsplit(settings.base_url).netloc
        # A session belongs to the token it was opened with: a new token ends them all.
        self.mark = hashlib.sha256(b"session\0" + self._token.encode()).hexdigest()[:16]
        self._guesses = Guesses()

    @property
    def locked(self) -> bool:
        """Whether there is a token to log in with."""
        return bool(self._token)

    def check(self) -> Answer | None:
        """Before every request: nothing, or the refusal."""
        if request.blueprint in OPEN_BLUEPRINTS or request.endpoint in OPEN_ENDPOINTS:
            return None
        if not self.locked and came_from_elsewhere():
            return _refuse_elsewhere()
        bearer = request.headers.get("Authorization", "")
        if not bearer and self.cross_site():
            return answer(403, "This request came from another site's page.")
        g.role = self._role(bearer)
        return None if g.role else self._ask_for_token()

    def cross_site(self) -> bool:
        """Whether somebody else's page makes a browser change something here."""
        if request.method in SAFE:
            return False
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None:
            return site not in ("same-origin", "none")
        return origin is not None and urlsplit(origin).netloc not in (request.host, self._own_host)

    def opens(self, token: str) -> bool | None:
        """Whether this is the token. None: too many wrong ones from there; this one was not looked at."""
        sender = request.remote_addr or ""
        if not self._guesses.allowed(sender):
            return None
        right = self.locked and hmac.compare_digest(
            hashlib.sha256(token.encode("utf-8", "replace")).digest(),
            hashlib.sha256(self._token.encode()).digest(),
        )
        if not right:
            self._guesses.failed(sender)
        return right

    def _role(self, bearer: str) -> Role | None:
        if not self.locked:
            return Role.ADMIN
        if bearer.lower().startswith("bearer "):
            return Role.ADMIN if self.opens(bearer[7:].strip()) else None
        known = session.get("mark") == self.mark and session.get("role") in set(Role)
        return Role(session["role"]) if known else None

    def _ask_for_token(self) -> Answer:
        if for_programs() or request.method not in SAFE:
            response = answer(401, "Send the dashboard token: Authorization: Bearer …")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        return redirect(url_for("access.login", next=request.full_path.rstrip("?")))


class Guesses:
    """Counts wrong tokens by sender, so that guessing takes for ever: ten a minute."""

    def __init__(self, most: int = 10, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._gate = threading.Lock()

    def allowed(self, sender: str) -> bool:
        """Whether another guess is looked at."""
        now = time.monotonic()
        with self._gate:
            recent = [at for at in self._failures.get(sender, ()) if now - at < self._seconds]
            return len(recent) < self._most

    def failed(self, sender: str) -> None:
        """Remember a wrong guess."""
        now = time.monotonic()
        with self._gate:
            recent = [at for at in self._failures.pop(sender, ()) if now - at < self._seconds]
            self._failures[sender] = [*recent, now][-self._most :]
            while len(self._failures) > 1_000:
                self._failures.popitem(last=False)


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


def _refuse_elsewhere() -> Response:
    if for_programs():
        return answer(403, "Only this machine may ask that, as no CLARITY_DASHBOARD_TOKEN is set.")
    return page("Not from here", ELSEWHERE, 403)


def _login(door: _Door) -> Blueprint:
    access = Blueprint("access", __name__)

    @access.get("/login")
    def login() -> Answer:
        if not door.locked:
            return _refuse_elsewhere() if came_from_elsewhere() else redirect("/")
        return _form(_inside(request.args.get("next", "")))

    @access.post("/login")
    def log_in() -> Answer:
        if door.cross_site():
            return answer(403, "This request came from another site's page.")
        target = _inside(request.form.get("next", ""))
        opened = door.opens(request.form.get("token", ""))
        if opened is None:
            response = _form(target, "Too many wrong tokens. Wait a minute.", 429)
            response.headers["Retry-After"] = "60"
            return response
        if not opened:
            return _form(target, "That is not the dashboard token.", 401)
        session.clear()
        session.permanent = True
        session.update(role=str(Role.ADMIN), mark=door.mark)
        return redirect(target, 303)

    @access.post("/logout")
    def log_out() -> Answer:
        session.clear()
        return redirect(url_for("access.login"), 303)

    return access


def _inside(target: str) -> str:
    """A path of ours to go on to, or the start page."""
    fine = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fine and "\\" not in target else "/"


def _form(target: str, wrong: str = "", status: int = 200) -> Response:
    body = Markup(
        '<form method="post" action="/login">{wrong}<input type="hidden" name="next" value="{target}">'
        '<label for="token">Dashboard token</label>'
        '<input id="token" name="token" type="password" autocomplete="current-password" required autofocus> '
        "<button>Log in</button></form>"
    )
    said = Markup('<p role="alert">{}</p>').format(wrong) if wrong else ""
    return page("Log in", body.format(wrong=said, target=target), status)
