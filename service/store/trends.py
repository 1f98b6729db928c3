"""Queries of the trends: which weeks have to be recounted, what they are recounted from, and what they came to."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select
from sqlalchemy import insert as plain_insert

from service.reports.days import WEEK, week_of
from service.reports.history import Comment, Read
from service.store.dialect import insert
from service.store.schema import LOCAL, decision, finding, review, rule_number, ticket, trend, trend_stale

_DAY = 86_400.0
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


@dataclass(frozen=True, slots=True)
class Week:
    """A project's week that has to be recounted. `token` tells whether it changed again meanwhile."""

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
        mark_reviews(connection, review.c.ticket_id == ticket_id)
        return
    latest = select(*_COLUMNS).where(review.c.ticket_id == ticket_id).order_by(review.c.id.desc()).limit(2)
    reads = [(row.project, at) for row in connection.execute(latest) for at in (row.text_changed, row.at)]
    _mark(connection, [ticket_id], [*reads, *_first_comments(connection, [ticket_id])])


def mark_reviews(connection: Connection, which: ColumnElement[bool]) -> None:
    """Reviews are about to be deleted or changed: have the weeks recounted that they count in."""
    columns = (review.c.ticket_id, review.c.project, review.c.text_changed, review.c.at)
    rows = connection.execute(select(*columns).where(which)).all()
    ids = sorted({row.ticket_id for row in rows})
    reads = [(row.project, at) for row in rows for at in (row.text_changed, row.at)]
    if ids:
        _mark(connection, ids, [*reads, *_first_comments(connection, ids)])


def _first_comments(connection: Connection, ids: Sequence[int]) -> list[tuple[str, float]]:
    posts = select(review.c.project, decision.c.at).join(review, decision.c.review_id == review.c.id)
    posts = posts.where(decision.c.ticket_id.in_(ids), decision.c.action == "post")
    return [(row.project, row.at) for row in connection.execute(posts)]


def _mark(connection: Connection, ids: Sequence[int], times: Iterable[tuple[str, float]]) -> None:
    sites = (
        select(ticket.c.tracker, ticket.c.site).where(ticket.c.id.in_(ids), ticket.c.tracker != LOCAL).distinct()
    )
    places = {
        (row.tracker, row.site, project, week_of(at)) for row in connection.execute(sites) for project, at in times
    }
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
    new = insert(connection.dialect.name, trend_stale)
    key = ["tracker", "site", "project", "week"]
    upsert = new.on_conflict_do_update(index_elements=key, set_={"token": new.excluded.token})
    values = [
        {"tracker": r.tracker, "site": r.site, "project": r.project, "week": r.week, "token": r.token}
        for r in rows
    ]
    connection.execute(upsert, values)


def stale_weeks(connection: Connection, most: int) -> list[Week]:
    """Up to `most` weeks to recount, of one site and the same time, the newest first."""
    newest = select(trend_stale.c.tracker, trend_stale.c.site, trend_stale.c.week)
    first = connection.execute(newest.order_by(trend_stale.c.week.desc()).limit(1)).first()
    if first is None:
        return []
    same = and_(*(trend_stale.c[name] == getattr(first, name) for name in ("tracker", "site", "week")))
    rows = connection.execute(select(trend_stale).where(same).order_by(trend_stale.c.project).limit(most))
    return [Week(row.tracker, row.site, row.project, row.week, row.token) for row in rows]


def count_stale(connection: Connection) -> int:
    """How many weeks wait to be recounted."""
    return int(connection.execute(select(func.count()).select_from(trend_stale)).scalar_one())


def histories(connection: Connection, weeks: Sequence[Week]) -> dict[int, tuple[list[Read], Comment | None]]:
    """Every review, and the first comment, of each ticket that may count in these weeks (of one site and time)."""
    ids = sorted(_tickets(connection, weeks))
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
    """Let these rows be what the week came to; False if something changed in it since it was read."""
    mark = and_(*(trend_stale.c[name] == getattr(week, name) for name in ("tracker", "site", "project", "week")))
    if connection.execute(delete(trend_stale).where(mark, trend_stale.c.token == week.token)).rowcount != 1:
        return False
    here = and_(*(trend.c[name] == getattr(week, name) for name in ("tracker", "site", "project")))
    within = trend.c.day.between(week.week, week.week + 6)
    connection.execute(delete(trend).where(here, within))
    place = {"tracker": week.tracker, "site": week.site, "project": week.project}
    values = [
        place | {"measure": r.measure, "day": r.day, "kind": r.kind, "rulebook": r.rulebook, "pairs": r.pairs}
        for r in rows
    ]
    if values:
        connection.execute(plain_insert(trend), values)
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
        asked = [trend.c.day.between(self.first, self.last)]
        asked += [trend.c[name] == value for name in ("tracker", "site", "kind") if (value := getattr(self, name))]
        if self.projects is not None:
            asked.append(trend.c.project.in_(self.projects))
        return and_(*asked)


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


def places(connection: Connection) -> list[tuple[str, str, str]]:
    """Every tracker, site and project that anything is known of, in order."""
    asked = select(trend.c.tracker, trend.c.site, trend.c.project).distinct()
    rows = connection.execute(asked.where(trend.c.measure.in_(["score", "no score"])))
    return sorted((row.tracker, row.site, row.project) for row in rows)


@dataclass(frozen=True, slots=True)
class Behind:
    """One ticket behind a point: its key, where it is read, and what it scored."""

    key: str
    url: str
    project: str
    kind: str
    score: int | None
    level: str
    text_changed: float


def behind(
    connection: Connection, where: Where, *, rule: str = "", rulebook: str = "", most: int, skip: int = 0
) -> list[Behind]:
    """Tickets written in these days that count there, the least clear first; only those with `rule`, if given."""
    start, end = where.first * _DAY, (where.last + 1) * _DAY
    asked = select(review, ticket.c.key, ticket.c.url).join(ticket, review.c.ticket_id == ticket.c.id)
    later = review.alias()
    earlier = review.alias()
    newer = select(later.c.id).where(
        later.c.ticket_id == review.c.ticket_id,
        later.c.id > review.c.id,
        later.c.text_hash != review.c.text_hash,
        later.c.text_changed < end,
        ~later.c.bulk,
    )
    before = select(earlier.c.text_hash).where(
        earlier.c.ticket_id == review.c.ticket_id, earlier.c.id < review.c.id
    )
    before = before.order_by(earlier.c.id.desc()).limit(1)
    conditions = [
        review.c.project.in_(where.projects or ()),
        review.c.text_changed >= start,
        review.c.text_changed < end,
        ~review.c.bulk,
        ticket.c.tracker != LOCAL,
        ~newer.exists(),
        func.coalesce(before.scalar_subquery(), "") != review.c.text_hash,
    ]
    if where.kind:
        conditions.append(review.c.kind == where.kind)
    if rulebook:
        conditions.append(review.c.rulebook == rulebook)
    conditions += [ticket.c[name] == value for name in ("tracker", "site") if (value := getattr(where, name))]
    if rule:
        of_rule = select(finding.c.review_id).where(finding.c.review_id == review.c.id, finding.c.rule == rule)
        conditions.append(of_rule.exists())
    order = (or_(review.c.score.is_(None)), review.c.score, review.c.id)
    rows = connection.execute(asked.where(*conditions).order_by(*order).limit(most).offset(skip))
    return [Behind(r.key, r.url, r.project, r.kind or "", r.score, r.level or "", r.text_changed) for r in rows]
