"""Queries behind a rule's switch: the tickets that it would have mattered to, and how people took it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.store.dialect import now
from service.store.schema import LOCAL, finding, review, ticket, trend
from service.store.stale import ANY


@dataclass(frozen=True, slots=True)
class Scored:
    """A ticket's latest review, as far as its score goes: the rule of each finding, and what it cost."""

    score: int
    level: str
    author: str
    found: tuple[tuple[str, int], ...]


def lately(connection: Connection, project: str, seconds: float) -> list[Scored]:
    """The latest review of each ticket of a project that was written or edited within so many seconds."""
    newest = select(func.max(review.c.id)).join(ticket, review.c.ticket_id == ticket.c.id)
    here = (review.c.project == project, review.c.text_changed > now() - seconds, ticket.c.tracker != LOCAL)
    ids = newest.where(*here, ~review.c.bulk).group_by(review.c.ticket_id).scalar_subquery()
    columns = (review.c.id, review.c.score, review.c.level, review.c.author)
    rows = connection.execute(select(*columns).where(review.c.id.in_(ids), review.c.score.is_not(None))).all()
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    asked = select(finding.c.review_id, finding.c.rule, finding.c.points).where(finding.c.review_id.in_(ids))
    for review_id, rule, points in connection.execute(asked.order_by(finding.c.review_id, finding.c.position)):
        found[review_id].append((rule, points))
    return [Scored(row.score, row.level, row.author, tuple(found[row.id])) for row in rows]


def kept(
    connection: Connection, measures: Collection[str], projects: Collection[str]
) -> Mapping[tuple[str, str], list[bytes]]:
    """The packed pairs of all weeks, by project and measure."""
    asked = select(trend.c.project, trend.c.measure, trend.c.pairs)
    here = (trend.c.project.in_(projects), trend.c.kind == ANY, trend.c.measure.in_(measures))
    told: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for project, measure, pairs in connection.execute(asked.where(*here)):
        told[project, measure].append(pairs)
    return told
