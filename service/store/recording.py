"""Queries of the record: reviews, findings and decisions. Append-only."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, insert, select

from service.store.dialect import now
from service.store.quick import Quick
from service.store.schema import decision, finding, review
from service.ticket import Snapshot
from service.verdict import Review

_LAST = Quick(select(review).where(review.c.ticket_id == bindparam("of")).order_by(review.c.id.desc()).limit(1))
_REVIEW = Quick(insert(review).values(at=now()).returning(review.c.id))
_FINDING = Quick(insert(finding))
_SPOKE = Quick(
    select(func.max(decision.c.at)).where(
        decision.c.ticket_id == bindparam("of"), decision.c.action.in_(("post", "update"))
    )
)
_DECISION = Quick(insert(decision).values(at=now()))


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
    last = _LAST.row(connection, of=ticket_id)
    if last is not None and all(getattr(last, name) == value for name, value in values.items()):
        return int(last.id)
    review_id = int(_REVIEW.value(connection, ticket_id=ticket_id, generation=generation, **values))
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
        _FINDING.run_each(connection, rows)


def last_spoke(connection: Connection, ticket_id: int) -> float:
    """When we last wrote on a ticket, in seconds since the epoch; 0 if we never did."""
    return float(_SPOKE.value(connection, of=ticket_id) or 0.0)


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
    row = {"ticket_id": ticket_id, "review_id": review_id, "action": action, "reason": reason[:200]}
    _DECISION.run(connection, **row, comment_id=comment_id)
