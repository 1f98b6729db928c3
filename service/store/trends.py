"""Queries of the trends: which weeks have to be recounted, what they are recounted from, and what they came to."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, delete, func, select
from sqlalchemy import insert as plain_insert

from service.reports.days import WEEK, week_of
from service.reports.history import Comment, Read
from service.store.dialect import Insert, insert
from service.store.schema import LOCAL, decision, finding, review, rule_number, ticket, trend, trend_stale

_DAY = 86_400.0
ANY = "*"
"""What stands for all projects of a site, or for all kinds, where their sum is kept. No tracker names one so."""
_COLUMNS = (
    review.c.id,
    review.c.at,
    review.c.text_changed,
    review.c.created,
    review.c.text_hash,
    review.c.score,
    review.c.level,
    func.coalesce(review.c.kind, "").label("kind"),
    review.c.project,
    review.c.rulebook,
    review.c.status_category,
    review.c.author,
    review.c.bulk,
)
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_LATEST = select(*_COLUMNS).where(review.c.ticket_id == bindparam("of")).order_by(review.c.id.desc()).limit(2)
_READ = (review.c.ticket_id, review.c.project, review.c.text_changed, review.c.at)
_ALL = select(*_READ).where(review.c.ticket_id == bindparam("of"))
_POSTS = (
    select(review.c.project, decision.c.at)
    .join(review, decision.c.review_id == review.c.id)
    .where(decision.c.ticket_id.in_(_IDS), decision.c.action == "post")
)
_SITES = select(ticket.c.tracker, ticket.c.site).where(ticket.c.id.in_(_IDS), ticket.c.tracker != LOCAL).distinct()


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


@dataclass(frozen=True, slots=True)
class Row:
    """One row of what was counted, its pairs packed."""

    measure: str
    day: int
    kind: str
    rulebook: str
    pairs: bytes


def mark_ticket(connection: Connection, ticket_id: int, *, whole: bool = False) -> None:
    """A ticket's latest review or first comment is new: have the weeks recounted that it may count in.

    `whole`: what people did about it may be new too, and counts with earlier texts. Called last in the transaction
    that writes them, as others who mark the same week wait for its end.
    """
    if whole:
        _mark_read(connection, connection.execute(_ALL, {"of": ticket_id}).all())
        return
    latest = connection.execute(_LATEST, {"of": ticket_id})
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
    return [(row.project, row.at) for row in connection.execute(_POSTS, {"ids": ids})]


def _mark(connection: Connection, ids: Sequence[int], times: Iterable[tuple[str, float]]) -> None:
    sites = connection.execute(_SITES, {"ids": ids})
    places = {(row.tracker, row.site, project, week_of(at)) for row in sites for project, at in times}
    rows = [Week(*place, token=secrets.randbits(62)) for place in sorted(places)]
    if rows:
        _mark_weeks(connection, rows)


def mark_project(connection: Connection, project: str) -> None:
    """Have every week of a project recounted."""
    asked = select(trend.c.tracker, trend.c.site, trend.c.day).where(trend.c.project == project).distinct()
    places = {(row.tracker, row.site, project, row.day - (row.day + 3) % 7) for row in connection.execute(asked)}
    if places:
        _mark_weeks(connection, [Week(*place, token=secrets.randbits(62)) for place in sorted(places)])


def _mark_weeks(connection: Connection, rows: Iterable[Week]) -> None:
    # An update even where the mark stands: so whoever recounts waits for us, or sees that something changed.
    values = [
        {"tracker": r.tracker, "site": r.site, "project": r.project, "week": r.week, "token": r.token}
        for r in rows
    ]
    connection.execute(_marking(connection.dialect.name), values)


@cache
def _marking(dialect: str) -> Insert:
    new = insert(dialect, trend_stale)
    key = ["tracker", "site", "project", "week"]
    return new.on_conflict_do_update(index_elements=key, set_={"token": new.excluded.token})


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


def parts(connection: Connection, total: Week) -> Mapping[tuple[str, int, str, str], list[bytes]]:
    """The packed pairs that a week of all projects is the sum of, by measure, day, kind and rulebook."""
    asked = select(trend.c.measure, trend.c.day, trend.c.kind, trend.c.rulebook, trend.c.pairs)
    told: dict[tuple[str, int, str, str], list[bytes]] = defaultdict(list)
    for *cell, pairs in connection.execute(asked.where(_place(total), trend.c.project != ANY)):
        told[*cell].append(pairs)
    return told


def _place(week: Week) -> ColumnElement[bool]:
    """The rows of the days of a week and its site."""
    days = trend.c.day.in_(range(week.week, week.week + 7))
    return and_(days, trend.c.tracker == week.tracker, trend.c.site == week.site)


def count_stale(connection: Connection) -> int:
    """How many weeks wait to be recounted."""
    return int(connection.execute(select(func.count()).select_from(trend_stale)).scalar_one())


def histories(connection: Connection, weeks: Sequence[Week]) -> dict[int, tuple[list[Read], Comment | None]]:
    """The history of each ticket that may count in these weeks (of one site and time)."""
    return histories_of(connection, sorted(_tickets(connection, weeks)))


def histories_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[list[Read], Comment | None]]:
    """Every review, and the first comment, of each of these tickets."""
    reads: dict[int, list[Read]] = defaultdict(list)
    posts: dict[int, Comment] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        for ticket_id, read in _reads(connection, some):
            reads[ticket_id].append(read)
        posted = select(decision.c.ticket_id, decision.c.at, decision.c.review_id)
        posted = posted.where(decision.c.ticket_id.in_(some), decision.c.action == "post")
        for row in connection.execute(posted.order_by(decision.c.id)):
            posts.setdefault(row.ticket_id, Comment(row.at, row.review_id))
    return {ticket_id: (told, posts.get(ticket_id)) for ticket_id, told in reads.items()}


def _tickets(connection: Connection, weeks: Sequence[Week]) -> set[int]:
    one, start = weeks[0], weeks[0].week * _DAY
    here = and_(ticket.c.tracker == one.tracker, ticket.c.site == one.site)
    projects = review.c.project.in_([week.project for week in weeks])
    found: set[int] = set()
    for time in (review.c.at, review.c.text_changed):
        within = and_(projects, time >= start, time < start + WEEK)
        asked = select(review.c.ticket_id).join(ticket, review.c.ticket_id == ticket.c.id).where(within, here)
        found.update(connection.execute(asked).scalars())
    posted = select(decision.c.ticket_id).join(review, decision.c.review_id == review.c.id)
    posted = posted.join(ticket, decision.c.ticket_id == ticket.c.id)
    when = and_(decision.c.at >= start, decision.c.at < start + WEEK, decision.c.action == "post")
    found.update(connection.execute(posted.where(when, projects, here)).scalars())
    return found


def _reads(connection: Connection, ids: Sequence[int]) -> Iterable[tuple[int, Read]]:
    rules: dict[int, dict[str, None]] = defaultdict(dict)
    found = select(finding.c.review_id, finding.c.rule).join(review, finding.c.review_id == review.c.id)
    found = found.where(review.c.ticket_id.in_(ids)).order_by(finding.c.review_id, finding.c.position)
    for review_id, rule in connection.execute(found):
        rules[review_id][rule] = None
    rows = connection.execute(
        select(review.c.ticket_id, *_COLUMNS).where(review.c.ticket_id.in_(ids)).order_by(review.c.id)
    )
    for row in rows:
        told = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's name for a row by its columns)
        yield told.pop("ticket_id"), Read(**told, rules=tuple(rules.get(row.id, ())))


def number_rules(connection: Connection, rules: Iterable[str]) -> dict[str, int]:
    """The number of each rule; a rule without one gets the next."""
    for rule in sorted(set(rules)):
        row = insert(connection.dialect.name, rule_number).values(rule=rule)
        connection.execute(row.on_conflict_do_nothing(index_elements=["rule"]))
    return {row.rule: row.number for row in connection.execute(select(rule_number))}


def known_rules(connection: Connection) -> dict[str, int]:
    """The rules that have a number."""
    return {row.rule: row.number for row in connection.execute(select(rule_number))}


def put(connection: Connection, week: Week, rows: Iterable[Row]) -> bool:
    """Let these rows be what the week came to; False if something changed in it since it was read.

    The sum over all projects of the site is then to be recounted.
    """
    mark = and_(*(trend_stale.c[name] == getattr(week, name) for name in ("tracker", "site", "project", "week")))
    if connection.execute(delete(trend_stale).where(mark, trend_stale.c.token == week.token)).rowcount != 1:
        return False
    connection.execute(delete(trend).where(_place(week), trend.c.project == week.project))
    place = {"tracker": week.tracker, "site": week.site, "project": week.project}
    values = [
        place | {"measure": r.measure, "day": r.day, "kind": r.kind, "rulebook": r.rulebook, "pairs": r.pairs}
        for r in rows
    ]
    if values:
        connection.execute(plain_insert(trend), values)
    if week.project != ANY:
        _mark_weeks(connection, [replace(week, project=ANY, token=secrets.randbits(62))])
    return True


@dataclass(frozen=True, slots=True)
class Where:
    """Which rows are asked for: days from and to, both within, and "" or None for any."""

    first: int
    last: int
    tracker: str = ""
    site: str = ""
    projects: tuple[str, ...] | None = None
    kind: str = ""

    def condition(self) -> ColumnElement[bool]:
        """As SQL, on rows of what was counted."""
        projects = (ANY,) if self.projects is None else self.projects
        asked = [trend.c.project.in_(projects), trend.c.kind == (self.kind or ANY)]
        asked += [trend.c[name] == value for name in ("tracker", "site") if (value := getattr(self, name))]
        return and_(*asked, trend.c.day.between(self.first, self.last))


def read(
    connection: Connection, measures: Iterable[str], where: Where
) -> Mapping[str, Mapping[tuple[int, str], list[bytes]]]:
    """Packed pairs, by measure, and in it by day and rulebook."""
    asked = select(trend.c.measure, trend.c.day, trend.c.rulebook, trend.c.pairs)
    asked = asked.where(trend.c.measure.in_(list(measures)), where.condition())
    told: dict[str, dict[tuple[int, str], list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for measure, day, rulebook, pairs in connection.execute(asked):
        told[measure][day, rulebook].append(pairs)
    return told


def places(connection: Connection) -> tuple[list[str], list[str], list[str]]:
    """Every tracker, every site and every project that anything is known of, in order."""
    sites = select(trend.c.tracker, trend.c.site).where(trend.c.project == ANY, trend.c.kind == ANY).distinct()
    rows = connection.execute(sites).all()
    # From one to the next: to look at the rows of each would take as long as the rest of a page.
    first = select(func.min(trend.c.project).label("name")).where(trend.c.project != ANY)
    known = first.cte("known", recursive=True)
    after = select(func.min(trend.c.project)).where(trend.c.project > known.c.name, trend.c.project != ANY)
    known = known.union_all(select(after.scalar_subquery()).where(known.c.name.is_not(None)))
    projects = connection.execute(select(known.c.name).where(known.c.name != ""))
    return sorted({row.tracker for row in rows}), sorted({row.site for row in rows}), sorted(projects.scalars())
