"""The tickets behind a point of the trends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, func, or_, select

from service.store.schema import LOCAL, finding, review, ticket
from service.store.trends import Where

_DAY = 86_400.0


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
    connection: Connection, where: Where, begin: Iterable[int], *, days: int = 7, rule: str = "", most: int
) -> list[Behind]:
    """Up to `most` tickets written in so many days from each of these, in this order, the least clear first.

    Only those with `rule`, if given; a ticket once. One time after the other, as all at once would mean to look at
    each ticket of a year.
    """
    found: dict[tuple[str, str], Behind] = {}
    for first in begin:
        for one in _within(connection, replace(where, first=first, last=first + days - 1), rule, most):
            found.setdefault((one.key, one.url), one)
        if len(found) >= most:
            break
    return list(found.values())[:most]


def _within(connection: Connection, where: Where, rule: str, most: int) -> list[Behind]:
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
    conditions: list[ColumnElement[bool]] = []
    if rule:  # first, as it leaves the fewest
        of_rule = select(finding.c.review_id).where(finding.c.review_id == review.c.id, finding.c.rule == rule)
        conditions.append(of_rule.exists())
    conditions += [
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
    conditions += [ticket.c[name] == value for name in ("tracker", "site") if (value := getattr(where, name))]
    order = (or_(review.c.score.is_(None)), review.c.score, review.c.id)
    rows = connection.execute(asked.where(*conditions).order_by(*order).limit(most))
    return [Behind(r.key, r.url, r.project, r.kind or "", r.score, r.level or "", r.text_changed) for r in rows]
