"""The page for operators: what waits, what is stuck and why, a button to try it now, and who used it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection, Row
from werkzeug.wrappers import Response as Answer

from service.store import Store
from service.store.counters import queues
from service.store.operating import (
    failed_tickets,
    last_deliveries,
    last_operations,
    paused_sites,
    record_operation,
    storms,
    try_site,
    try_ticket,
)
from service.store.schema import LOCAL
from service.store.stale import count_stale
from service.web.access import visitor
from service.web.errors import answer
from service.web.sessions import Role

MOST_TICKETS = 50
MOST_OPERATIONS = 20
MOST_DELIVERIES = 10
DAY = 86_400.0

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

    def show(self) -> str:
        with self._store.reading() as connection:
            told = {
                "queues": [one for one in queues(connection) if one.tracker != LOCAL],
                "paused": {(one.tracker, one.name): one for one in paused_sites(connection)},
                "tickets": failed_tickets(connection, MOST_TICKETS),
                "storms": storms(connection, DAY),
                "deliveries": last_deliveries(connection, MOST_DELIVERIES),
                "uncounted": count_stale(connection),
                "done": [self._done(one) for one in last_operations(connection, MOST_OPERATIONS)],
            }
        who = visitor()
        admin = who is not None and who.role is Role.ADMIN
        return render_template("operations.html", admin=admin, span=span, **told)

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

    def _done(self, one: Row[Any]) -> dict[str, str]:
        when = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        by = "with the token" if not one.by else "by you" if one.by == self._me() else f"by person {one.by[:8]}"
        return {"what": f"{one.action}: {one.about}", "when": when, "by": by}


def span(seconds: float) -> str:
    """A time in words."""
    whole = max(0.0, seconds)
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if whole >= size:
            return f"{whole / size:.0f} {name}"
    return f"{whole:.0f} s"
