"""Queries of good tickets: what speaks for showing one, and which comment shows which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from service.exemplar import Candidate, Sharing
from service.store.looking import look_again
from service.store.quick import Quick, Row
from service.store.schema import exemplar, finding, opt_out, question, review, ticket, work
from service.ticket import Kind, StatusCategory
from service.verdict import Level

MOST_CANDIDATES, MOST_TIMES = 50, 500
_CONSENT = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Place:
    """A project of a site: nothing of another is ever shown in it."""

    tracker: str
    site: str
    project: str

    @property
    def told(self) -> dict[str, object]:
        """What a statement has to know of it."""
        return {"its_tracker": self.tracker, "its_site": self.site, "its_project": self.project}


def _here() -> ColumnElement[bool]:
    """That a ticket is in a Place."""
    return and_(*(ticket.c[name] == bindparam(f"its_{name}") for name in ("tracker", "site", "project")))


def _live() -> Select[Any]:
    """The latest review of each ticket."""
    newer = select(func.max(review.c.id)).where(review.c.ticket_id == ticket.c.id).correlate(ticket)
    columns: list[ColumnElement[Any]] = [
        ticket.c.id,
        ticket.c.key,
        ticket.c.url,
        ticket.c.consent,
        ticket.c.restricted,
        review.c.id.label("review_id"),
        review.c.kind,
        review.c.score,
        review.c.level,
        review.c.status_category,
        review.c.at,
        work.c.seconds,
        exists().where(question.c.ticket_id == ticket.c.id).label("asked"),
        exists().where(opt_out.c.person == review.c.author).label("opted_out"),
    ]
    tables = ticket.join(review, review.c.ticket_id == ticket.c.id).outerjoin(
        work, work.c.ticket_id == ticket.c.id
    )
    live = [~ticket.c.gone, review.c.score.is_not(None), review.c.id == newer.scalar_subquery()]
    return select(*columns).select_from(tables).where(*live)


def _fitting(sharing: Sharing) -> Select[Any]:
    good = [review.c.level == Level.READY, review.c.status_category == StatusCategory.DONE, ~review.c.bulk]
    agreed = ticket.c.consent == "yes" if sharing is Sharing.WITH_CONSENT else ticket.c.consent != "no"
    same = [
        review.c.project == bindparam("its_project"),
        review.c.kind.is_not_distinct_from(bindparam("its_kind")),
    ]
    fitting = _live().where(*good, _here(), *same, ticket.c.id != bindparam("but"), agreed)
    return fitting.order_by(review.c.at.desc()).limit(MOST_CANDIDATES)


_ONE = Quick(_live().where(ticket.c.id == bindparam("mine")))
_FITTING = {sharing: Quick(_fitting(sharing)) for sharing in Sharing if sharing is not Sharing.OFF}
_SHOWN_ON = Quick(
    select(exemplar.c.ticket_id, ticket.c.id)
    .outerjoin(ticket, (ticket.c.id == exemplar.c.shown_id) & _here())
    .where(exemplar.c.ticket_id == bindparam("on"))
)
_SHOWN_ON_NONE = Quick(delete(exemplar).where(exemplar.c.ticket_id == bindparam("on")))
_SHOWN = Quick(insert(exemplar))
_IS_SHOWN = Quick(select(exists().where(exemplar.c.shown_id == bindparam("asked"))))
_SHOWING = Quick(
    select(exemplar.c.ticket_id)
    .where(exemplar.c.shown_id.in_(bindparam("ids", expanding=True)))
    .order_by(exemplar.c.ticket_id),
    several="ids",
)
_FOUND = Quick(
    select(finding.c.review_id, finding.c.rule).where(
        finding.c.review_id.in_(bindparam("reviews", expanding=True))
    ),
    several="reviews",
)
_TIMES = Quick(
    select(work.c.seconds)
    .join(ticket, work.c.ticket_id == ticket.c.id)
    .where(_here())
    .order_by(work.c.ended.desc())
    .limit(MOST_TIMES)
)


def consent_word(shared: bool | None) -> str:  # noqa: FBT001 (the one thing it is about)
    """How a consent is kept with its ticket."""
    return next((word for word, meant in _CONSENT.items() if meant is shared), "")


def candidates(
    connection: Connection, place: Place, kind: Kind | None, sharing: Sharing, *, but: int
) -> list[Candidate]:
    """The latest ready and done tickets of this kind in a project which may come into question."""
    if sharing is Sharing.OFF:
        return []
    return _read(connection, _FITTING[sharing].rows(connection, **place.told, its_kind=kind, but=but))


def candidate(connection: Connection, ticket_id: int) -> Candidate | None:
    """One ticket as it was last seen; None where it has gone or was never scored."""
    found = _read(connection, _ONE.rows(connection, mine=ticket_id))
    return found[0] if found else None


def typical_seconds(connection: Connection, place: Place) -> float | None:
    """How long tickets of a project are usually under way; None where nobody knows."""
    times = _TIMES.values(connection, **place.told)
    return median(times) if times else None


def shown_on(connection: Connection, ticket_id: int, place: Place) -> tuple[bool, int | None]:
    """Whether our comment on a ticket shows another, and which; None where that one is erased or elsewhere now."""
    row = _SHOWN_ON.row(connection, **place.told, on=ticket_id)
    return row is not None, row.id if row else None


def show(connection: Connection, ticket_id: int, shown: int | None) -> None:
    """Our comment on a ticket shows another from now on; None: it shows none."""
    _SHOWN_ON_NONE.run(connection, on=ticket_id)
    if shown is not None:
        _SHOWN.run(connection, ticket_id=ticket_id, shown_id=shown)


def is_shown(connection: Connection, ticket_id: int) -> bool:
    """Whether any comment shows this ticket."""
    return bool(_IS_SHOWN.value(connection, asked=ticket_id))


def withdraw(connection: Connection, ids: Sequence[int]) -> None:
    """These tickets may not be shown any more: have every comment that shows one looked at again."""
    for ticket_id in _SHOWING.values(connection, ids=ids):
        look_again(connection, ticket_id, 0.0)


def retract(connection: Connection, ids: Sequence[int]) -> None:
    """The same where they are about to be erased: what is left is that a comment has to change."""
    withdraw(connection, ids)
    connection.execute(update(exemplar).where(exemplar.c.shown_id.in_(ids)).values(shown_id=None))


def _read(connection: Connection, rows: Sequence[Any]) -> list[Candidate]:
    if not rows:
        return []
    found: dict[int, set[str]] = defaultdict(set)
    for each in _FOUND.rows(connection, reviews=[row.review_id for row in rows]):
        found[each.review_id].add(each.rule)
    return [_candidate(row, frozenset(found[row.review_id])) for row in rows]


def _candidate(row: Row, found: frozenset[str]) -> Candidate:
    return Candidate(
        id=row.id,
        key=row.key,
        url=row.url,
        kind=Kind(row.kind) if row.kind else None,
        score=row.score,
        at=row.at,
        ready=row.level == Level.READY,
        done=row.status_category == StatusCategory.DONE,
        asked=row.asked,
        restricted=row.restricted,
        opted_out=row.opted_out,
        consent=_CONSENT.get(row.consent),
        seconds=row.seconds,
        found=found,
    )
