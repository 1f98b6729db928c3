"""The page for operators: which sites and tickets are stuck and why, a button to try them now, and who did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Blueprint, Response, redirect, request, url_for
from markupsafe import Markup
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response as Answer

from service.store import Store
from service.store.operating import (
    failed_tickets,
    last_operations,
    paused_sites,
    record_operation,
    try_site,
    try_ticket,
)
from service.web.access import visitor
from service.web.errors import answer
from service.web.pages import page
from service.web.sessions import Role, csrf_field

MOST_TICKETS = 50
MOST_OPERATIONS = 20
BUTTON = Markup('<form method="post" action="{where}">{csrf}{fields}<button>Try now</button></form>')
FIELD = Markup('<input type="hidden" name="{name}" value="{value}">')
ENTRY = Markup("<li><strong>{what}</strong><br>{why}{button}</li>")
PART = Markup("<h2>{title}</h2>{body}")
NOTHING = Markup("<p>None.</p>")

log = structlog.get_logger(__name__)


def blueprint(store: Store) -> Blueprint:
    """`/operations`. Viewers see it; what changes something needs an admin, as everywhere."""
    operations = Blueprint("operations", __name__, url_prefix="/operations")
    shown = _Operations(store)
    operations.add_url_rule("", "page", shown.show)
    operations.add_url_rule("/site", "site", shown.site, methods=["POST"])
    operations.add_url_rule("/ticket", "ticket", shown.ticket, methods=["POST"])
    return operations


class _Operations:
    def __init__(self, store: Store) -> None:
        self._store = store

    def show(self) -> Response:
        with self._store.reading() as connection:
            sites = paused_sites(connection)
            tickets = failed_tickets(connection, MOST_TICKETS)
            done = last_operations(connection, MOST_OPERATIONS)
        parts = (
            ("Sites that wait", [_site(one) for one in sites]),
            ("Tickets that failed", [_ticket(one) for one in tickets]),
            ("What was done here", [self._done(one) for one in done]),
        )
        body = (PART.format(title=title, body=_list(entries)) for title, entries in parts)
        return page("Operations", Markup().join(body))

    def site(self) -> Answer:
        tracker, name = request.form.get("tracker", ""), request.form.get("name", "")
        return self._act("try site", lambda c: f"{tracker} {name}" if try_site(c, tracker, name) else None)

    def ticket(self) -> Answer:
        number = request.form.get("id", "")
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return answer(400, "Which ticket is meant? Load the page again.")
        return self._act("try ticket", lambda c: try_ticket(c, int(number)))

    def _act(self, action: str, change: Callable[[Connection], str | None]) -> Answer:
        """Do it and write it down, in one transaction."""
        me = self._me()
        with self._store.writing() as connection:
            about = change(connection)
            if about is not None:
                record_operation(connection, me, action, about)
        if about is not None:
            log.info("operation", action=action, about=about)
        return redirect(url_for("operations.page"), 303)

    def _me(self) -> str:
        who = visitor()
        return self._store.person("provider", who.name) if who and who.name else ""

    def _done(self, one: Row[Any]) -> Markup:
        when = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        by = "with the token" if not one.by else "by you" if one.by == self._me() else f"by person {one.by[:8]}"
        return ENTRY.format(what=f"{one.action}: {one.about}", why=f"{when}, {by}", button="")


def _site(one: Row[Any]) -> Markup:
    why = f"{one.pause_reason or 'it asked us to wait'} Next try in {max(one.seconds, 0):.0f} s."
    return ENTRY.format(
        what=f"{one.tracker} {one.name}", why=why, button=_button("site", tracker=one.tracker, name=one.name)
    )


def _ticket(one: Row[Any]) -> Markup:
    then = "Given up until it changes." if one.given_up else f"Next try in {max(one.seconds, 0):.0f} s."
    why = f"{one.last_error} {then}"
    return ENTRY.format(what=one.key or one.external_id, why=why, button=_button("ticket", id=one.id))


def _button(action: str, **fields: object) -> Markup:
    who = visitor()
    if who is None or who.role is not Role.ADMIN:
        return Markup()
    told = Markup().join(FIELD.format(name=name, value=value) for name, value in fields.items())
    return BUTTON.format(where=url_for(f"operations.{action}"), csrf=csrf_field(), fields=told)


def _list(entries: list[Markup]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup().join(entries)) if entries else NOTHING
