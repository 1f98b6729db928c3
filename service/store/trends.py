"""Queries of the trends: what weeks are recounted from, and what they came to."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select
from sqlalchemy import insert as plain_insert

from service.reports.days import WEEK
from service.reports.history import Comment, Read
from service.store.dialect import insert
from service.store.schema import decision, finding, review, rule_number, ticket, trend, trend_stale
from service.store.stale import ANY, Week, mark_weeks

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
class Row:
    """One row of what was counted, its pairs packed."""

    measure: str
    day: int
    kind: str
    rulebook: str
    pairs: bytes


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


class Put(IntEnum):
    """What became of a week that was counted: somebody else did so since it was read, or it was written though it
    changed since and is counted again, or it was written and is done with.
    """

    LEFT = 0
    PASSING = 1
    SETTLED = 2


def put(connection: Connection, week: Week, rows: Iterable[Row]) -> Put:
    """Let these rows be what the week came to. The sum over all projects of the site is then to be recounted.

    While tickets come in, a week changes each time that it is counted: what it came to is not withheld for that.
    """
    mark = and_(*(trend_stale.c[name] == getattr(week, name) for name in ("tracker", "site", "project", "week")))
    settled = connection.execute(delete(trend_stale).where(mark, trend_stale.c.token == week.token)).rowcount == 1
    # Locked, so that two who count the same week write one after the other.
    marked = select(trend_stale.c.token).where(mark).with_for_update()
    if not settled and connection.execute(marked).first() is None:
        return Put.LEFT
    connection.execute(delete(trend).where(_place(week), trend.c.project == week.project))
    place = {"tracker": week.tracker, "site": week.site, "project": week.project}
    values = [
        place | {"measure": r.measure, "day": r.day, "kind": r.kind, "rulebook": r.rulebook, "pairs": r.pairs}
        for r in rows
    ]
    if values:
        connection.execute(plain_insert(trend), values)
    if week.project != ANY:
        mark_weeks(connection, [replace(week, project=ANY, token=secrets.randbits(62))])
    return Put.SETTLED if settled else Put.PASSING


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
