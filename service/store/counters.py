"""Queries of what is counted, and of what waits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, case, func, select

from service.metrics import Counts, Labels
from service.store.dialect import Insert, insert, now
from service.store.schema import counter, site, ticket


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits at one site. `lag` is how many seconds its oldest due ticket has been due."""

    tracker: str
    site: str
    waiting: int
    due: int
    failing: int
    lag: float
    paused: bool


def add_counts(connection: Connection, counts: Mapping[tuple[str, Labels], float]) -> None:
    """Add to the totals. In one order everywhere, so that processes which do so at once never wait crosswise."""
    rows = [
        {"name": name, "labels": json.dumps(labels), "value": amount}
        for (name, labels), amount in sorted(counts.items())
    ]
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


@cache
def _adding(dialect: str) -> Insert:
    new = insert(dialect, counter)
    total = {"value": counter.c.value + new.excluded.value}
    return new.on_conflict_do_update(index_elements=["name", "labels"], set_=total)


def totals(connection: Connection) -> Counts:
    """Everything counted so far."""
    rows = connection.execute(select(counter))
    return {(row.name, tuple((name, value) for name, value in json.loads(row.labels))): row.value for row in rows}


def queues(connection: Connection) -> list[Queue]:
    """What waits, site by site; a site at which nothing waits is told as well."""
    waits = (ticket.c.generation > ticket.c.done_generation) & (
        (ticket.c.tracker == site.c.tracker) & (ticket.c.site == site.c.name)
    )
    since = case((ticket.c.not_before > ticket.c.due, ticket.c.not_before), else_=ticket.c.due)
    due = since <= now()
    wanted = select(
        site.c.tracker,
        site.c.name,
        func.count(ticket.c.id).label("waiting"),
        func.count(case((due, ticket.c.id))).label("due"),
        func.count(case((ticket.c.last_error != "", ticket.c.id))).label("failing"),
        func.min(case((due, since))).label("since"),
        now().label("now"),
        (site.c.paused_until > now()).label("paused"),
    )
    by_site = wanted.select_from(site.outerjoin(ticket, waits)).group_by(
        site.c.tracker, site.c.name, site.c.paused_until
    )
    return [_queue(row) for row in connection.execute(by_site.order_by(site.c.tracker, site.c.name))]


def _queue(row: object) -> Queue:
    told = row._mapping  # type: ignore[attr-defined]  # noqa: SLF001 (SQLAlchemy's public way to a row's names)
    lag = max(0.0, told["now"] - told["since"]) if told["since"] is not None else 0.0
    names = ("tracker", "waiting", "due", "failing")
    return Queue(site=told["name"], lag=lag, paused=bool(told["paused"]), **{name: told[name] for name in names})
