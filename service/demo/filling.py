"""Writes a simulation into a database of its own, and marks that as a sample."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select

from service.demo.simulation import Simulated, simulate
from service.reports.recounting import recount
from service.rulebook import Rulebook
from service.settings import SettingsError
from service.store import Store
from service.store.dialect import time_of
from service.store.schema import about, decision, finding, review, site, ticket
from service.store.trends import mark_reviews

TRACKER, SITE = "jira", "sample"
SAMPLE = "sample"


def fill(store: Store, book: Rulebook) -> int:
    """Simulate a half-year that ends now, and count it; how many tickets. Raises SettingsError on real data."""
    store.migrate()
    store.unlock()
    with store.writing() as connection:
        _refuse_real_data(connection)
        connection.execute(insert(about).values(name=SAMPLE, value="simulated"))
        today = time_of(connection)
        connection.execute(insert(site).values(tracker=TRACKER, name=SITE, connected_at=0.0))
        filled = _write(connection, simulate(book.rules, today))
        mark_reviews(connection, review.c.id > 0)
    while recount(store):
        pass
    return filled


def _refuse_real_data(connection: Connection) -> None:
    if connection.execute(select(func.count()).select_from(ticket)).scalar_one():
        raise SettingsError("This database holds tickets already. A sample needs one of its own.")


def _write(connection: Connection, tickets: Iterable[Simulated]) -> int:
    written = 0
    for written, one in enumerate(tickets, 1):
        place = {"tracker": TRACKER, "site": SITE, "external_id": f"sample-{written}", "project": one.project}
        rest = {
            "key": one.key,
            "generation": 1,
            "done_generation": 1,
            "due": one.created,
            "first_due": one.created,
        }
        row = insert(ticket).values(**place, **rest, said_score=one.readings[-1].score if one.readings else None)
        _read(connection, connection.execute(row.returning(ticket.c.id)).scalar_one(), one)
    return written


def _read(connection: Connection, ticket_id: int, one: Simulated) -> None:
    for generation, read in enumerate(one.readings, 1):
        values = {
            "ticket_id": ticket_id,
            "generation": generation,
            "at": read.at,
            "rulebook": read.rulebook,
            "policy": SAMPLE,
            "text_hash": hashlib.sha256(f"{one.key} {read.text}".encode()).hexdigest(),
            "score": read.score,
            "level": read.level,
            "kind": one.kind,
            "project": one.project,
            "status_category": read.category,
            "author": one.author,
            "created": one.created,
            "text_changed": read.text_changed,
        }
        review_id = connection.execute(insert(review).values(**values).returning(review.c.id)).scalar_one()
        found = [
            {"review_id": review_id, "position": n, "rule": rule, "field": "description", "points": points}
            for n, (rule, points) in enumerate(read.rules)
        ]
        if found:
            connection.execute(insert(finding), found)
        said = {"ticket_id": ticket_id, "review_id": review_id, "at": read.at, "action": read.said}
        connection.execute(insert(decision).values(**said, reason="simulated"))
