"""Queries of the questions asked of tickets, and of what became of the tickets. No words are kept."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select

from service.outcomes import Outcome, Question
from service.reaction import OPTED_OUT, QUIET
from service.store.quick import Quick
from service.store.schema import decision, finding, question, review, ticket, work

_PLAYGROUND = "local"
_BEGUN = ("in_progress", "done")
_COLUMNS = (question.c.person, question.c.explicit, question.c.asked, question.c.answered)
_OF_TICKET = Quick(
    select(*_COLUMNS).where(question.c.ticket_id == bindparam("of")).order_by(question.c.asked, question.c.id)
)
_DROPPED = Quick(delete(question).where(question.c.ticket_id == bindparam("of")))
_QUESTION = Quick(insert(question))


def keep_questions(connection: Connection, ticket_id: int, asked: Sequence[Question]) -> bool:
    """Let exactly these be the questions of a ticket; False, and nothing written, where they are already."""
    if asked == questions_of(connection, ticket_id):
        return False
    _DROPPED.run(connection, of=ticket_id)
    rows = [
        {
            "ticket_id": ticket_id,
            "person": one.person,
            "explicit": one.explicit,
            "asked": one.asked,
            "answered": one.answered,
        }
        for one in asked
    ]
    if rows:
        _QUESTION.run_each(connection, rows)
    return True


def questions_of(connection: Connection, ticket_id: int) -> list[Question]:
    """What was asked of a ticket, the oldest first."""
    rows = _OF_TICKET.rows(connection, of=ticket_id)
    return [Question(row.person, row.asked, row.answered, explicit=row.explicit) for row in rows]


def outcomes(connection: Connection, *, project: str | None = None) -> list[Outcome]:
    """What became of each ticket that was scored, but for imports and the playground. One that was moved counts in
    the project in which it was filed.
    """
    asked, again = _all_questions(connection), _reopened(connection)
    worked = {row.ticket_id: row.seconds for row in connection.execute(select(work.c.ticket_id, work.c.seconds))}
    tickets = (list(each) for _, each in groupby(connection.execute(_reads()), lambda one: one.ticket_id))
    read = [reads for reads in tickets if project in (None, reads[0].project)]
    read.sort(key=lambda reads: reads[0].id)
    acted_on = [_acted_on(reads, asked.get(reads[0].ticket_id, ())) for reads in read]
    found = _found(connection, {one.id for one in acted_on})
    return [
        Outcome(
            project=first.project,
            author=first.author,
            at=first.at,
            score=first.score,
            found=tuple(found.get(one.id, ())),
            questions=tuple(asked.get(first.ticket_id, ())),
            reopened=first.ticket_id in again,
            worked=worked.get(first.ticket_id),
        )
        for (first, *_), one in zip(read, acted_on, strict=True)
    ]


def _reads() -> Select[Any]:
    """Each review that counts, ticket by ticket and the oldest first."""
    told = (review.c.id, review.c.ticket_id, review.c.project, review.c.author, review.c.at, review.c.score)
    chosen = select(*told, review.c.status_category).join(ticket, ticket.c.id == review.c.ticket_id)
    chosen = chosen.where(ticket.c.tracker != _PLAYGROUND, review.c.score.is_not(None), ~review.c.bulk)
    return chosen.order_by(review.c.ticket_id, review.c.id)


def _acted_on(reads: Sequence[Row[Any]], asked: Sequence[Question]) -> Row[Any]:
    """The review of the text that somebody asked about first, or else began to work on; else of the latest.

    What was mended before anybody came to it neither makes people ask nor keeps them from it.
    """
    until = min((one.asked for one in asked), default=math.inf)
    last = reads[0]
    for each in reads:
        if each.at > until:
            break
        last = each
        if each.status_category in _BEGUN:
            break
    return last


def _found(connection: Connection, reviews: Collection[int]) -> dict[int, list[str]]:
    """The rules that these reviews found something by."""
    counts = review.c.score.is_not(None) & ~review.c.bulk
    rows = (
        select(finding.c.review_id, finding.c.rule).join(review, review.c.id == finding.c.review_id).where(counts)
    )
    found: dict[int, list[str]] = {}
    for each in connection.execute(rows.order_by(finding.c.review_id, finding.c.position)):
        if each.review_id in reviews:
            found.setdefault(each.review_id, []).append(each.rule)
    return found


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
