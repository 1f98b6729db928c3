"""Queries of the questions asked of tickets, and of what became of the tickets. No words are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select

from service.outcomes import Outcome, Question
from service.reaction import OPTED_OUT, QUIET
from service.store.schema import decision, finding, question, review, ticket, work

_PLAYGROUND = "local"
_COLUMNS = (question.c.person, question.c.explicit, question.c.asked, question.c.answered)


def keep_questions(connection: Connection, ticket_id: int, asked: Sequence[Question]) -> bool:
    """Let exactly these be the questions of a ticket; False, and nothing written, where they are already."""
    if asked == questions_of(connection, ticket_id):
        return False
    connection.execute(delete(question).where(question.c.ticket_id == ticket_id))
    rows = [
        {"person": one.person, "explicit": one.explicit, "asked": one.asked, "answered": one.answered}
        for one in asked
    ]
    if rows:
        connection.execute(insert(question).values(ticket_id=ticket_id), rows)
    return True


def questions_of(connection: Connection, ticket_id: int) -> list[Question]:
    """What was asked of a ticket, the oldest first."""
    rows = connection.execute(
        select(*_COLUMNS).where(question.c.ticket_id == ticket_id).order_by(question.c.asked, question.c.id)
    )
    return [Question(row.person, row.asked, row.answered, explicit=row.explicit) for row in rows]


def outcomes(connection: Connection, *, project: str | None = None) -> list[Outcome]:
    """What became of each ticket that was scored, but for imports and the playground."""
    first = select(func.min(review.c.id)).where(review.c.score.is_not(None), ~review.c.bulk)
    ids = first.group_by(review.c.ticket_id).scalar_subquery()
    chosen = select(
        review.c.id, review.c.ticket_id, review.c.project, review.c.author, review.c.at, review.c.score
    )
    chosen = chosen.join(ticket, ticket.c.id == review.c.ticket_id).where(ticket.c.tracker != _PLAYGROUND)
    chosen = chosen.where(review.c.id.in_(ids)).order_by(review.c.id)
    if project is not None:
        chosen = chosen.where(review.c.project == project)
    found: dict[int, list[str]] = {}
    findings = select(finding.c.review_id, finding.c.rule).where(finding.c.review_id.in_(ids))
    for each in connection.execute(findings):
        found.setdefault(each.review_id, []).append(each.rule)
    asked, again = _all_questions(connection), _reopened(connection)
    worked = {row.ticket_id: row.seconds for row in connection.execute(select(work.c.ticket_id, work.c.seconds))}
    return [
        Outcome(
            project=row.project,
            author=row.author,
            at=row.at,
            score=row.score,
            found=tuple(found.get(row.id, ())),
            questions=tuple(asked.get(row.ticket_id, ())),
            reopened=row.ticket_id in again,
            worked=worked.get(row.ticket_id),
        )
        for row in connection.execute(chosen)
    ]


def left_alone(connection: Connection) -> set[str]:
    """The authors of tickets on which we kept quiet because the project is quiet or its author opted out."""
    reasons = decision.c.reason.in_((QUIET, OPTED_OUT))
    asked = select(review.c.author).join(decision, decision.c.review_id == review.c.id)
    return set(connection.execute(asked.where(reasons, review.c.author != "").distinct()).scalars())


def _all_questions(connection: Connection) -> dict[int, list[Question]]:
    asked: dict[int, list[Question]] = {}
    for row in connection.execute(select(question.c.ticket_id, *_COLUMNS).order_by(question.c.asked)):
        told = Question(row.person, row.asked, row.answered, explicit=row.explicit)
        asked.setdefault(row.ticket_id, []).append(told)
    return asked


def _reopened(connection: Connection) -> set[int]:
    """The tickets that were done once and were not at a later look."""
    done = select(review.c.ticket_id, func.min(review.c.id).label("id")).where(review.c.status_category == "done")
    then = done.group_by(review.c.ticket_id).subquery()
    later = select(review.c.ticket_id).join(then, then.c.ticket_id == review.c.ticket_id)
    later = later.where(review.c.id > then.c.id, review.c.status_category != "done")
    return set(connection.execute(later.distinct()).scalars())
