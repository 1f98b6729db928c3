"""Queries of how people took what we said. Append-only; a case is one rule on one ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    union,
    union_all,
)

from service.response import FEWEST_SHOWN, TOO_MANY, Response, Tally, What
from service.store.coached import spoke_to
from service.store.dialect import now
from service.store.quick import Quick, Row
from service.store.schema import opinion, response, rule_review, silent, ticket

_FEWEST_VOTES = int(FEWEST_SHOWN * TOO_MANY)
_PLAYGROUND = "local"
_PROJECT = Quick(select(ticket.c.project).where(ticket.c.id == bindparam("mine")))
_KNOWN = Quick(
    select(response.c.rule, response.c.what, response.c.person).where(response.c.ticket_id == bindparam("of"))
)
_RESPONSE = Quick(insert(response).values(at=now()))
_MET = Quick(
    select(response.c.rule, response.c.what)
    .where(response.c.person == bindparam("whose"), response.c.ticket_id != bindparam("but"))
    .where(response.c.what.in_((What.SHOWN, What.MENDED, What.UNAIDED)))
    .order_by(response.c.id)
)


def _voted() -> Select[str]:
    """The rules that were called not useful so often in a project that it matters how often they spoke."""
    said = (response.c.project == bindparam("within")) & (response.c.what == What.NOT_USEFUL)
    clicked = (opinion.c.ticket_id == ticket.c.id) & (opinion.c.kind == What.NOT_USEFUL)
    here = clicked & (ticket.c.project == bindparam("within"))
    votes = union(
        select(response.c.rule, response.c.ticket_id).where(said),
        select(opinion.c.rule, opinion.c.ticket_id).where(here),
    ).subquery()
    return select(votes.c.rule).group_by(votes.c.rule).having(func.count() > _FEWEST_VOTES)


_VOTED = Quick(_voted())


def add_responses(connection: Connection, ticket_id: int, told: Iterable[Response]) -> list[Response]:
    """Note what is not noted yet, and return it."""
    told = list(dict.fromkeys(told))
    known = known_responses(connection, ticket_id) if told else set()
    new = [one for one in told if one not in known]
    if new:
        project = project_of(connection, ticket_id)
        rows = [
            {"ticket_id": ticket_id, "rule": one.rule, "what": one.what, "person": one.person, "project": project}
            for one in new
        ]
        _RESPONSE.run_each(connection, rows)
        spoke_to(connection, project, {one.person for one in new if one.what is What.SHOWN})
    return new


def project_of(connection: Connection, ticket_id: int) -> str:
    """The project that a ticket was last seen in."""
    return str(_PROJECT.value(connection, mine=ticket_id))


def known_responses(connection: Connection, ticket_id: int) -> set[Response]:
    """What is noted of a ticket."""
    rows = _KNOWN.rows(connection, of=ticket_id)
    return {Response(row.rule, What(row.what), row.person) for row in rows}


def granted(connection: Connection, ticket_id: int | None) -> set[tuple[str, str]]:
    """The wishes (rule, person in our terms) to leave a rule out that were granted on a ticket."""
    known = known_responses(connection, ticket_id) if ticket_id else set()
    return {(one.rule, one.person) for one in known if one.what is What.IGNORED and one.person}


def history(connection: Connection, person: str, *, but: int) -> list[tuple[str, What]]:
    """What a person met on their other tickets, as (rule, what), the oldest first."""
    rows = _MET.rows(connection, whose=person, but=but)
    return [(row.rule, What(row.what)) for row in rows]


def voiceless(connection: Connection, project: str) -> frozenset[str]:
    """The rules that were called not useful too often in a project since somebody last reviewed them."""
    rules = _VOTED.values(connection, within=project)
    found = _RECENT.rows(connection, within=project, rules=rules) if rules else []
    return frozenset(row.rule for row in found if _tally(row).voiceless)


def tallies(
    connection: Connection,
    *,
    project: str | None = None,
    rules: Iterable[str] | None = None,
    since_review: bool = False,
    playground: bool = True,
) -> list[Tally]:
    """What became of the cases, by project and rule; `since_review` leaves out those before its last review."""
    one, found = _tallies(since_review=since_review, playground=playground)
    if project is not None:
        found = found.where(one.c.project == project)
    if rules is not None:
        found = found.where(one.c.rule.in_(list(rules)))
    return [_tally(row) for row in connection.execute(found)]


def _tally(row: Row) -> Tally:
    return Tally(row.rule, row.project, row.shown, row.mended, row.ignored, row.not_useful)


def _tallies(*, since_review: bool, playground: bool) -> tuple[Subquery, Select[Any]]:
    """The cases, and what became of them."""
    one = _cases(playground=playground)
    reviewed = (
        select(rule_review.c.rule, rule_review.c.project, func.max(rule_review.c.at).label("at"))
        .group_by(rule_review.c.rule, rule_review.c.project)
        .subquery()
    )
    same = (reviewed.c.rule == one.c.rule) & (reviewed.c.project == one.c.project)
    counts = [func.sum(one.c[name]).label(name) for name in ("mended", "ignored", "not_useful")]
    found = select(one.c.rule, one.c.project, func.count().label("shown"), *counts)
    found = found.select_from(one.outerjoin(reviewed, same)).group_by(one.c.project, one.c.rule)
    found = found.order_by(one.c.project, one.c.rule)
    return one, found.where(one.c.at > func.coalesce(reviewed.c.at, 0.0)) if since_review else found


def _cases(*, playground: bool) -> Subquery:
    """One row a case: where and when it was first shown, and 1 or 0 for what became of it."""
    told = _told()

    def ever(what: What) -> ColumnElement[int]:
        return case((told.c.what == what, 1), else_=0)

    shown = told.c.what == What.SHOWN
    columns = [
        func.max(ever(What.MENDED)).label("mended"),
        func.max(ever(What.IGNORED)).label("ignored"),
        func.max(ever(What.NOT_USEFUL)).label("not_useful"),
        func.max(case((shown, told.c.project))).label("project"),
        func.min(case((shown, told.c.at))).label("at"),
    ]
    found = select(told.c.ticket_id, told.c.rule, *columns)
    if not playground:
        found = found.join(ticket, ticket.c.id == told.c.ticket_id).where(ticket.c.tracker != _PLAYGROUND)
    grouped = found.group_by(told.c.ticket_id, told.c.rule)
    return grouped.having(func.max(ever(What.SHOWN)) == 1).subquery()


def _told() -> Subquery:
    """What the tickets themselves tell, and what people clicked in the panel and did not take back."""
    columns = (response.c.ticket_id, response.c.rule, response.c.what, response.c.project, response.c.at)
    clicked = (opinion.c.ticket_id, opinion.c.rule, opinion.c.kind, literal(""), opinion.c.at)
    return union_all(select(*columns), select(*clicked)).subquery()


def add_rule_review(connection: Connection, rule: str, project: str, by: str = "") -> None:
    """Somebody looked at a rule in a project: what was said of it before is settled."""
    connection.execute(insert(rule_review).values(rule=rule, project=project, at=now(), by=by))
    connection.execute(delete(silent).where(silent.c.project == project, silent.c.rule == rule))


def _recent() -> Select[Any]:
    """What became of the cases of some `rules` in a project since each was last reviewed."""
    one, found = _tallies(since_review=True, playground=True)
    chosen = one.c.rule.in_(bindparam("rules", expanding=True))
    return found.where(one.c.project == bindparam("within"), chosen)


_RECENT = Quick(_recent(), several="rules")
