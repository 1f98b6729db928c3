"""Queries of which weeks of the trends have to be recounted."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, func, select

from service.reports.days import week_of
from service.store.dialect import Insert, insert
from service.store.quick import Quick
from service.store.schema import LOCAL, decision, review, ticket, trend, trend_stale

ANY = "*"
"""What stands for all projects of a site, or for all kinds, where their sum is kept. No tracker names one so."""
_READ = (review.c.ticket_id, review.c.project, review.c.text_changed, review.c.at)
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_LATEST = Quick(
    select(review.c.project, review.c.text_changed, review.c.at)
    .where(review.c.ticket_id == bindparam("of"))
    .order_by(review.c.id.desc())
    .limit(2)
)
_ALL = Quick(select(*_READ).where(review.c.ticket_id == bindparam("of")))
_POSTS = Quick(
    select(review.c.project, decision.c.at)
    .join(review, decision.c.review_id == review.c.id)
    .where(decision.c.ticket_id.in_(_IDS), decision.c.action == "post"),
    several="ids",
)
_SITES = Quick(
    select(ticket.c.tracker, ticket.c.site).where(ticket.c.id.in_(_IDS), ticket.c.tracker != LOCAL).distinct(),
    several="ids",
)


def _marking(dialect: str) -> Insert:
    new = insert(dialect, trend_stale)
    key = ["tracker", "site", "project", "week"]
    return new.on_conflict_do_update(index_elements=key, set_={"token": new.excluded.token})


_MARKING = {dialect: Quick(_marking(dialect)) for dialect in ("sqlite", "postgresql")}


@dataclass(frozen=True, slots=True)
class Week:
    """A week to be recounted, of a project or of ANY. `token` tells whether it changed again meanwhile."""

    tracker: str
    site: str
    project: str
    week: int
    token: int = 0

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Which one it is."""
        return self.tracker, self.site, self.project, self.week


def mark_ticket(connection: Connection, ticket_id: int, *, whole: bool = False) -> None:
    """A ticket's latest review or first comment is new: have the weeks recounted that it may count in.

    `whole`: what people did about it may be new too, and counts with earlier texts. Called last in the transaction
    that writes them, as others who mark the same week wait for its end.
    """
    if whole:
        _mark_read(connection, _ALL.rows(connection, of=ticket_id))
        return
    latest = _LATEST.rows(connection, of=ticket_id)
    reads = [(row.project, at) for row in latest for at in (row.text_changed, row.at)]
    _mark(connection, [ticket_id], [*reads, *_first_comments(connection, [ticket_id])])


def mark_reviews(connection: Connection, which: ColumnElement[bool]) -> None:
    """Reviews are about to be deleted or changed: have the weeks recounted that they count in."""
    _mark_read(connection, connection.execute(select(*_READ).where(which)).all())


def _mark_read(connection: Connection, rows: Sequence[Any]) -> None:
    ids = sorted({row.ticket_id for row in rows})
    reads = [(row.project, at) for row in rows for at in (row.text_changed, row.at)]
    if ids:
        _mark(connection, ids, [*reads, *_first_comments(connection, ids)])


def _first_comments(connection: Connection, ids: Sequence[int]) -> list[tuple[str, float]]:
    return [(row.project, row.at) for row in _POSTS.rows(connection, ids=ids)]


def _mark(connection: Connection, ids: Sequence[int], times: Iterable[tuple[str, float]]) -> None:
    sites = _SITES.rows(connection, ids=ids)
    places = {(row.tracker, row.site, project, week_of(at)) for row in sites for project, at in times}
    rows = [Week(*place, token=secrets.randbits(62)) for place in sorted(places)]
    if rows:
        mark_weeks(connection, rows)


def mark_project(connection: Connection, project: str) -> None:
    """Have every week of a project recounted."""
    asked = select(trend.c.tracker, trend.c.site, trend.c.day).where(trend.c.project == project).distinct()
    places = {(row.tracker, row.site, project, row.day - (row.day + 3) % 7) for row in connection.execute(asked)}
    if places:
        mark_weeks(connection, [Week(*place, token=secrets.randbits(62)) for place in sorted(places)])


def mark_weeks(connection: Connection, rows: Iterable[Week]) -> None:
    """Have these weeks recounted."""
    # An update even where the mark stands: so whoever recounts waits for us, or sees that something changed.
    values = [
        {"tracker": r.tracker, "site": r.site, "project": r.project, "week": r.week, "token": r.token}
        for r in rows
    ]
    _MARKING[connection.dialect.name].run_each(connection, values)


def stale_weeks(connection: Connection, most: int) -> list[Week]:
    """Up to `most` weeks of projects to recount, of one site and the same time, the newest first."""
    first = _newest(connection, trend_stale.c.project != ANY)
    if first is None:
        return []
    same = and_(*(trend_stale.c[name] == getattr(first, name) for name in ("tracker", "site", "week")))
    asked = select(trend_stale).where(same, trend_stale.c.project != ANY)
    rows = connection.execute(asked.order_by(trend_stale.c.project).limit(most))
    return [Week(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's name for a row by its columns)


def stale_total(connection: Connection) -> Week | None:
    """The newest week of a site's projects together that has to be added up."""
    return _newest(connection, trend_stale.c.project == ANY)


def _newest(connection: Connection, which: ColumnElement[bool]) -> Week | None:
    row = connection.execute(select(trend_stale).where(which).order_by(trend_stale.c.week.desc()).limit(1)).first()
    return Week(**row._mapping) if row else None  # noqa: SLF001 (as above)


def count_stale(connection: Connection) -> int:
    """How many weeks wait to be recounted."""
    return int(connection.execute(select(func.count()).select_from(trend_stale)).scalar_one())
