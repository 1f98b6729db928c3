"""Logging in and out: by a token, or at the team's own provider."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, redirect, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from service.settings import Settings
from service.web.access import Door, TooManyGuesses, came_from_elsewhere, refuse_elsewhere
from service.web.errors import answer
from service.web.oidc import LoginFailed, Provider, ProviderDown
from service.web.pages import page
from service.web.sessions import csrf_field, forged

FORM = Markup(
    '<form method="post" action="/login">{csrf}<input type="hidden" name="next" value="{target}">'
    '<label for="token">Dashboard token</label>'
    '<input id="token" name="token" type="password" autocomplete="current-password" required autofocus> '
    "<button>Log in</button></form>"
)
LINK = Markup('<p><a href="{address}">Log in with {name}</a></p>')


def blueprint(app: Flask, door: Door, settings: Settings) -> Blueprint:
    """/login, /logout, and the way to the provider and back."""
    access = Blueprint("access", __name__)
    login = _Login(door, Provider(app, settings.oidc, settings.base_url) if settings.oidc else None)
    access.add_url_rule("/login", "login", login.show)
    access.add_url_rule("/login", "log_in", login.by_token, methods=["POST"])
    access.add_url_rule("/logout", "log_out", login.log_out, methods=["POST"])
    access.add_url_rule("/login/provider", "to_provider", login.to_provider)
    access.add_url_rule("/login/callback", "from_provider", login.from_provider)
    return access


class _Login:
    def __init__(self, door: Door, provider: Provider | None) -> None:
        self._door, self._sessions, self._provider = door, door.sessions, provider

    def show(self) -> Answer:
        if not self._sessions.locked:
            return refuse_elsewhere() if came_from_elsewhere() else redirect("/")
        return self._page(_inside(request.args.get("next", "")))

    def by_token(self) -> Answer:
        if self._door.cross_site():
            return answer(403, "This request came from another site's page.")
        target = _inside(request.form.get("next", ""))
        if forged():
            return self._page(target, "This page had expired. Please try again.", 403)
        try:
            role = self._door.role_of(request.form.get("token", ""))
        except TooManyGuesses:
            response = self._page(target, "Too many wrong tokens. Wait a minute.", 429)
            response.headers["Retry-After"] = "60"
            return response
        if role is None:
            return self._page(target, "That is not the dashboard token.", 401)
        self._sessions.open_for_token(role)
        return redirect(target, 303)

    def log_out(self) -> Answer:
        session.clear()
        return redirect(url_for("access.login"), 303)

    def to_provider(self) -> Answer:
        if not self._provider:
            return answer(404, "There is nothing at this address.")
        target = _inside(request.args.get("next", ""))
        try:
            response = self._provider.send_there()
        except ProviderDown as error:
            return self._page(target, str(error), 503)
        session["next"] = target
        return response

    def from_provider(self) -> Answer:
        if not self._provider:
            return answer(404, "There is nothing at this address.")
        target = _inside(str(session.pop("next", "")))
        try:
            known = self._provider.who_came_back()
        except ProviderDown as error:
            return self._page(target, str(error), 503)
        except LoginFailed as error:
            return self._page(target, str(error), 401)
        if self._sessions.role_of_person(known.name) is None:
            return self._page(target, "You are known there, but nobody has let you in here. Ask an admin.", 403)
        self._sessions.open_for_person(known.name, known.accounts, known.email)
        return redirect(target, 303)

    def _page(self, target: str, wrong: str = "", status: int = 200) -> Response:
        said = Markup('<p role="alert">{}</p>').format(wrong) if wrong else Markup()
        if self._provider:
            there = url_for("access.to_provider", next=target)
            said += LINK.format(address=there, name=self._provider.name)
        if self._sessions.by_token:
            said += FORM.format(csrf=csrf_field(), target=target)
        return page("Log in", said, status)


def _inside(target: str) -> str:
    """A path of ours to go on to, or the start page."""
    fine = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if fine and "\\" not in target else "/"
