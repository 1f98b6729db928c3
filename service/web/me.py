"""/me: one's own progress and choices, for who logged in at the team's provider."""

from __future__ import annotations

from typing import TypeGuard

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from service.web.access import visitor
from service.web.errors import answer
from service.web.mine import Mine
from service.web.sessions import Visitor

WHO = (
    "This page shows one's own progress to oneself, and a token does not say who you are. Log in at your team's "
    "provider (OpenID Connect)."
)
WHICH = (
    "You are logged in, but nothing says which account of a tracker is yours. An admin tells that with "
    "CLARITY_OIDC_ACCOUNTS or CLARITY_OIDC_ACCOUNT_CLAIMS."
)
NO_MAIL = (
    "No mail can be sent to you: your provider has not verified an address of yours, coaching is switched off for "
    "you, or no mail server is set."
)
CHOICES = frozenset({"comments", "coaching", "mail"})


def blueprint(mine: Mine) -> Blueprint:
    """The page, and what its buttons send."""
    routes = Blueprint("me", __name__, url_prefix="/me")
    pages = _Pages(mine)
    routes.add_url_rule("/", "page", pages.show)
    routes.add_url_rule("/", "choose", pages.choose, methods=["POST"])
    return routes


class _Pages:
    def __init__(self, mine: Mine) -> None:
        self._mine = mine

    def show(self) -> Response:
        who = visitor()
        if not _known(who):
            why = WHICH if who and who.name else WHO
            return make_response(render_template("me.html", why=why), 403)
        mail = {"address": who.email, "can": self._mine.may_get_mail(who)}
        return make_response(render_template("me.html", mail=mail, **self._mine.told(who.people)))

    def choose(self) -> Answer:
        who = visitor()
        if not _known(who):
            return answer(403, WHO)
        choice, on = request.form.get("choice", ""), request.form.get("on", "")
        if choice not in CHOICES or on not in ("yes", "no"):
            return answer(400, "Say which choice, and yes or no.")
        if choice != "mail":
            self._mine.choose(who.people, choice, on=on == "yes")
        elif on == "yes" and not self._mine.may_get_mail(who):
            return answer(409, NO_MAIL)
        else:
            self._mine.mail(who, on=on == "yes")
        return redirect(url_for("me.page"), 303)


def _known(who: Visitor | None) -> TypeGuard[Visitor]:
    """Whether we know whose session it is, and under which names they write."""
    return bool(who and who.name and who.people)
