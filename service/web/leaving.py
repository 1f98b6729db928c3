"""/leave: whoever follows the link in a weekly mail gets no more of it, without a login (RFC 8058)."""

from __future__ import annotations

from flask import Blueprint, Response
from markupsafe import Markup

from service.store import Store
from service.web.pages import page
from service.weekly.subscribing import leave, signed_for

ASK = Markup(
    "<p>You get no more of the weekly mail, and your address is deleted.</p>"
    '<form method="post"><button>End it</button></form>'
)
DONE = "You get no more of it, and your address is deleted."
NO_LINK = "This is no link of ours. Take the whole address from the mail."


def blueprint(store: Store) -> Blueprint:
    """GET asks, as whatever looks at links would end it otherwise; POST ends it, by hand or by a mail program."""
    routes = Blueprint("leaving", __name__, url_prefix="/leave")

    @routes.get("/<link>")
    def ask(link: str) -> Response:
        return page("The weekly mail", ASK) if signed_for(store, link) else page("The weekly mail", NO_LINK, 404)

    @routes.post("/<link>")
    def end(link: str) -> Response:
        return page("The weekly mail", DONE) if leave(store, link) else page("The weekly mail", NO_LINK, 404)

    return routes
