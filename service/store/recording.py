"""Queries of the record: reviews, findings and decisions. Append-only."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from service.store.dialect import now
from service.store.schema import decision, finding, review
from service.ticket import Snapshot
from service.verdict import Review


def record_review(
    connection: Connection,
    ticket_id: int,
    generation: int,
    *,
    found: Review,
    snapshot: Snapshot,
    policy: str,
    author: str,
    bulk: bool = False,
) -> int:
    """Append a review with its findings and return its id.

    A review that says exactly what the ticket's last one said (text, rulebook, policy, status) is not written
    again; the last one's id is returned. `policy` is a policy's hash, `author` a person's name in our terms;
    `bulk` says that the text came with many others.
    """
    values = {
        "rulebook": found.rulebook,
        "policy": policy,
        "text_hash": found.text_hash,
        "score": found.score,
        "level": found.level,
        "reason": found.reason[:200],
        "kind": found.kind,
        "project": snapshot.ticket.project[:200],
        "status": snapshot.ticket.status[:200],
        "status_category": snapshot.status_category,
        "author": author,
        "created": snapshot.created.timestamp(),
        "text_changed": snapshot.text_changed.timestamp(),
        "bulk": bulk,
    }
    last = connection.execute(
        select(review).where(review.c.ticket_id == ticket_id).order_by(review.c.id.desc()).limit(1)
    ).one_or_none()
    if last is not None and all(getattr(last, name) == value for name, value in values.items()):
        return int(last.id)
    row = insert(review).values(ticket_id=ticket_id, generation=generation, at=now(), **values)
    review_id = int(connection.execute(row.returning(review.c.id)).scalar_one())
    _record_findings(connection, review_id, found)
    return review_id


def _record_findings(connection: Connection, review_id: int, found: Review) -> None:
    rows = [
        {
            "review_id": review_id,
            "position": position,
            "rule": one.rule,
            "field": one.field[:200],
            "start": one.start,
            "end": one.end,
            "points": one.points,
        }
        for position, one in enumerate(found.findings)
    ]
    if rows:
        connection.execute(insert(finding), rows)


def last_spoke(connection: Connection, ticket_id: int) -> float:
    """When we last wrote on a ticket, in seconds since the epoch; 0 if we never did."""
    spoke = (decision.c.ticket_id == ticket_id) & decision.c.action.in_(("post", "update"))
    return float(connection.execute(select(func.max(decision.c.at)).where(spoke)).scalar_one() or 0.0)


def record_decision(
    connection: Connection,
    ticket_id: int,
    *,
    review_id: int | None,
    action: str,
    reason: str,
    comment_id: str = "",
) -> None:
    """Append why we spoke, or did not."""
    connection.execute(
        insert(decision).values(
            ticket_id=ticket_id,
            review_id=review_id,
            at=now(),
            action=action,
            reason=reason[:200],
            comment_id=comment_id,
        )
    )
