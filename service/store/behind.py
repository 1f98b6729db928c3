"""The tickets behind a point of the trends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from service.store.schema import LOCAL, finding, review, ticket
from service.store.trends import Where

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
    """Whether a text counts takes a look at all others of its ticket: asked in order, until there are enough."""
    found: list[Behind] = []
    some = 4 * most
    for skip in count(0, some):
        asked = _written(where, rule).order_by(*_ORDER).limit(some).offset(skip)
        ids: list[int] = list(connection.execute(asked).scalars())
        found += _counting(connection, where, ids) if ids else []
        if len(found) >= most or len(ids) < some:
            break
    return found[:most]


def _written(where: Where, rule: str) -> Select[Any]:
    """The reviews of texts written then and there."""
    asked = select(review.c.id).where(
        review.c.project.in_(where.projects or ()),
        review.c.text_changed >= where.first * _DAY,
        review.c.text_changed < (where.last + 1) * _DAY,
        ~review.c.bulk,
    )
    if where.kind:
        asked = asked.where(review.c.kind == where.kind)
    if rule:
        of_rule = select(finding.c.review_id).where(finding.c.review_id == review.c.id, finding.c.rule == rule)
        asked = asked.where(of_rule.exists())
    if where.tracker or where.site:
        named = [ticket.c[name] == one for name in ("tracker", "site") if (one := getattr(where, name))]
        asked = asked.join(ticket, review.c.ticket_id == ticket.c.id).where(*named)
    return asked


def _counting(connection: Connection, where: Where, ids: Sequence[int]) -> list[Behind]:
    """Those of these reviews that count: the first reading of a text that was the ticket's last in that time."""
    later, earlier = review.alias(), review.alias()
    newer = select(later.c.id).where(
        later.c.ticket_id == review.c.ticket_id,
        later.c.id > review.c.id,
        later.c.text_hash != review.c.text_hash,
        later.c.text_changed < (where.last + 1) * _DAY,
        ~later.c.bulk,
    )
    before = select(earlier.c.text_hash).where(
        earlier.c.ticket_id == review.c.ticket_id, earlier.c.id < review.c.id
    )
    before = before.order_by(earlier.c.id.desc()).limit(1)
    asked = select(review, ticket.c.key, ticket.c.url).join(ticket, review.c.ticket_id == ticket.c.id)
    asked = asked.where(
        review.c.id.in_(ids),
        ticket.c.tracker != LOCAL,
        ~newer.exists(),
        func.coalesce(before.scalar_subquery(), "") != review.c.text_hash,
    )
    rows = connection.execute(asked.order_by(*_ORDER))
    return [Behind(r.key, r.url, r.project, r.kind or "", r.score, r.level or "", r.text_changed) for r in rows]
