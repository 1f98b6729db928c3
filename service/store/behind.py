"""The tickets behind a point of the trends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from service.reports.history import Measure
from service.reports.people import NOTHING
from service.reports.sources import sources
from service.store.people import deeds
from service.store.schema import LOCAL, decision, finding, question, review, ticket
from service.store.trends import Where, histories_of
from service.ticket import StatusCategory

TOGETHER = 2_000
"""At most so many reviews are looked at together: a database takes only so many values at once."""
_DAY = 86_400.0
_ORDER = (or_(review.c.score.is_(None)), review.c.score, review.c.id)


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
    connection: Connection,
    where: Where,
    begin: Iterable[int],
    *,
    measure: Measure = Measure.SCORE,
    rule: str = "",
    most: int,
) -> list[Behind]:
    """Up to `most` tickets that count in a measure of `sources` in these weeks, or by SCORE_BY_DAY on these days.

    In this order, and in each the least clear first; a ticket once, and only those with `rule`, if given. One time
    after the other, as all at once would mean to look at each ticket of a year.
    """
    days = 1 if measure is Measure.SCORE_BY_DAY else 7
    found: dict[tuple[str, str], Behind] = {}
    for first in begin:
        for one in _within(connection, replace(where, first=first, last=first + days - 1), measure, rule, most):
            found.setdefault((one.key, one.url), one)
        if len(found) >= most:
            break
    return list(found.values())[:most]


def _within(connection: Connection, where: Where, measure: Measure, rule: str, most: int) -> list[Behind]:
    """Whether a text counts takes a look at all others of its ticket: asked in order, until there are enough."""
    found: list[Behind] = []
    some = min(4 * most, TOGETHER)
    candidates = _candidates(where, measure, rule).order_by(*_ORDER).limit(some)
    for skip in count(0, some):
        ids: list[int] = list(connection.execute(candidates.offset(skip)).scalars())
        found += _counted(connection, where, measure, ids)
        if len(found) >= most or len(ids) < some:
            break
    return found[:most]


def _candidates(where: Where, measure: Measure, rule: str) -> Select[Any]:
    """The reviews that may count there and then; none that counts is missing."""
    there = _there(where)
    if measure is Measure.START:
        return there.where(_in(where, review.c.at), review.c.status_category != StatusCategory.NEW)
    if measure in (Measure.HOURS, Measure.GAIN):
        said = there.join(decision, decision.c.review_id == review.c.id)
        # One row, however often we wrote about it.
        return said.where(_in(where, decision.c.at), decision.c.action == "post").group_by(review.c.id)
    written = there.where(_in(where, review.c.text_changed), ~review.c.bulk)
    if rule:
        of_rule = select(finding.c.review_id).where(finding.c.review_id == review.c.id, finding.c.rule == rule)
        return written.where(of_rule.exists())
    if measure not in (Measure.ANSWER, Measure.FLAG):
        return written
    asked = select(question.c.id).where(question.c.ticket_id == review.c.ticket_id)
    return written.where((asked.where(question.c.explicit) if measure is Measure.FLAG else asked).exists())


def _in(where: Where, time: ColumnElement[float]) -> ColumnElement[bool]:
    return (time >= where.first * _DAY) & (time < (where.last + 1) * _DAY)


def _there(where: Where) -> Select[Any]:
    """The reviews of this place and kind."""
    asked = select(review.c.id).where(review.c.project.in_(where.projects or ()))
    if where.kind:
        asked = asked.where(review.c.kind == where.kind)
    if where.tracker or where.site:
        named = [ticket.c[name] == one for name in ("tracker", "site") if (one := getattr(where, name))]
        asked = asked.join(ticket, review.c.ticket_id == ticket.c.id).where(*named)
    return asked


def _counted(connection: Connection, where: Where, measure: Measure, ids: Sequence[int]) -> list[Behind]:
    """Those of these reviews that are counted in it, by what their tickets' whole histories tell."""
    tickets = list(connection.execute(select(review.c.ticket_id).where(review.c.id.in_(ids)).distinct()).scalars())
    start, end = where.first * _DAY, (where.last + 1) * _DAY
    people = deeds(connection, tickets)
    meant = {
        review_id
        for one, (reads, first) in histories_of(connection, tickets).items()
        for at, review_id in sources(measure, reads, first, people.get(one, NOTHING).questions)
        if start <= at < end
    }
    return _shown(connection, [one for one in ids if one in meant])


def _shown(connection: Connection, ids: Sequence[int]) -> list[Behind]:
    asked = select(review, ticket.c.key, ticket.c.url).join(ticket, review.c.ticket_id == ticket.c.id)
    asked = asked.where(review.c.id.in_(ids), ticket.c.tracker != LOCAL)
    rows = connection.execute(asked.order_by(*_ORDER))
    return [Behind(r.key, r.url, r.project, r.kind or "", r.score, r.level or "", r.text_changed) for r in rows]
