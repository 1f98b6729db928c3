"""Queries of what pages show: how a ticket did before, and how a project does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from service.store.schema import LOCAL, decision, finding, review, ticket
from service.verdict import Level


@dataclass(frozen=True, slots=True)
class Before:
    """How a ticket did before its last edit: its score, and the rules that found something."""

    score: int | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project's tickets stand: the latest score of each, how many there are by level, and what is found."""

    scores: tuple[int, ...]
    levels: dict[str, int]
    rules: tuple[tuple[str, int], ...]


def before(connection: Connection, row: int, text_hash: str) -> Before | None:
    """The latest review of another text of this ticket than the present one."""
    other = select(review.c.id, review.c.score).where(review.c.ticket_id == row, review.c.text_hash != text_hash)
    found = connection.execute(other.order_by(review.c.id.desc()).limit(1)).first()
    if found is None:
        return None
    rules = select(finding.c.rule).where(finding.c.review_id == found.id).order_by(finding.c.position)
    return Before(found.score, tuple(dict.fromkeys(connection.execute(rules).scalars())))


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about our comment on a ticket, and why."""

    action: str
    reason: str


def last_decision(connection: Connection, row: int) -> Decided | None:
    """The latest decision about a ticket."""
    asked = select(decision.c.action, decision.c.reason).where(decision.c.ticket_id == row)
    found = connection.execute(asked.order_by(decision.c.id.desc()).limit(1)).first()
    return None if found is None else Decided(found.action, found.reason)


def project_standing(
    connection: Connection, tracker: str, site: str, project: str | None, most: int = 10
) -> Standing:
    """How a project, or with None a whole site, stands: by the latest review of each ticket, commonest first."""
    here = (ticket.c.tracker == tracker) & (ticket.c.site == site) & ~ticket.c.gone
    if project is not None:
        here &= ticket.c.project == project
    latest = select(func.max(review.c.id)).join(ticket, review.c.ticket_id == ticket.c.id).where(here)
    ids = latest.group_by(review.c.ticket_id).scalar_subquery()
    scored = select(review.c.score, review.c.level).where(review.c.id.in_(ids), review.c.score.is_not(None))
    rows = connection.execute(scored).all()
    tickets = func.count(func.distinct(finding.c.review_id))
    counted = select(finding.c.rule, tickets).where(finding.c.review_id.in_(ids)).group_by(finding.c.rule)
    found = connection.execute(counted.order_by(tickets.desc(), finding.c.rule).limit(most)).all()
    levels = Counter(str(row.level) for row in rows)
    return Standing(tuple(row.score for row in rows), dict(levels), tuple((rule, n) for rule, n in found))


def good_ticket(
    connection: Connection, people: Sequence[str], since: float, until: float
) -> tuple[str, str, int] | None:
    """The best ready ticket that these people, who are one, wrote within this time, as it stands: key, url, score.

    One that came with many others, or was tried on the playground, is none of them.
    """
    later = review.alias()
    newer = select(later.c.id).where(later.c.ticket_id == review.c.ticket_id, later.c.id > review.c.id)
    wanted = [
        review.c.author.in_([person for person in people if person]),
        review.c.text_changed >= since,
        review.c.text_changed < until,
        review.c.level == Level.READY,
        ~review.c.bulk,
        ~newer.exists(),
        ticket.c.tracker != LOCAL,
        ~ticket.c.gone,
    ]
    found = select(ticket.c.key, ticket.c.url, review.c.score).join(ticket, review.c.ticket_id == ticket.c.id)
    best = found.where(*wanted).order_by(review.c.score.desc(), review.c.id.desc()).limit(1)
    row = connection.execute(best).first()
    return None if row is None else (row.key, row.url, row.score)
