"""Queries of what people did about tickets, as far as trends go: what they asked, and how they took a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, literal, select, union_all

from service.outcomes import Question
from service.reports.people import Case, Deeds
from service.response import What
from service.store.responses import voiceless
from service.store.schema import opinion, question, response, silent

_TOGETHER = 500


def deeds(connection: Connection, ids: Collection[int]) -> dict[int, Deeds]:
    """What people did about each of these tickets, where they did anything."""
    asked: dict[int, list[Question]] = defaultdict(list)
    cases: dict[int, list[Case]] = defaultdict(list)
    every = sorted(ids)
    for start in range(0, len(every), _TOGETHER):
        some = every[start : start + _TOGETHER]
        questions = (
            select(question).where(question.c.ticket_id.in_(some)).order_by(question.c.asked, question.c.id)
        )
        for row in connection.execute(questions):
            told = Question(row.person, row.asked, row.answered, explicit=row.explicit)
            asked[row.ticket_id].append(told)
        for ticket_id, one in _cases(connection, some):
            cases[ticket_id].append(one)
    return {one: Deeds(asked.get(one, ()), cases.get(one, ())) for one in {*asked, *cases}}


def _cases(connection: Connection, ids: Sequence[int]) -> Iterable[tuple[int, Case]]:
    columns = (response.c.ticket_id, response.c.rule, response.c.what, response.c.at)
    clicked = (opinion.c.ticket_id, opinion.c.rule, opinion.c.kind, literal(0.0))
    told = union_all(
        select(*columns).where(response.c.ticket_id.in_(ids)), select(*clicked).where(opinion.c.ticket_id.in_(ids))
    ).subquery()

    def ever(what: What) -> ColumnElement[int]:
        return func.max(case((told.c.what == what, 1), else_=0))

    at = func.min(case((told.c.what == What.SHOWN, told.c.at))).label("at")
    found = select(
        told.c.ticket_id,
        told.c.rule,
        at,
        ever(What.MENDED).label("mended"),
        ever(What.NOT_USEFUL).label("useless"),
    )
    found = found.group_by(told.c.ticket_id, told.c.rule).having(ever(What.SHOWN) == 1)
    for row in connection.execute(found):
        yield row.ticket_id, Case(row.rule, row.at, mended=bool(row.mended), useless=bool(row.useless))


def keep_silent(connection: Connection, project: str, rules: Collection[str]) -> None:
    """Let exactly these be the silent rules of a project; nothing is written where they are already."""
    if set(rules) != set(_silent(connection, project)):
        connection.execute(delete(silent).where(silent.c.project == project))
        if rules:
            connection.execute(insert(silent), [{"project": project, "rule": rule} for rule in sorted(rules)])


def silent_now(connection: Connection, projects: Iterable[str]) -> dict[str, frozenset[str]]:
    """The rules that are silent in each of these projects, from all that people said of them."""
    return {project: voiceless(connection, project) for project in sorted(set(projects))}


def silent_rules(connection: Connection, projects: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Project and rule, as last counted; of some projects, or with None of all."""
    asked = select(silent.c.project, silent.c.rule).order_by(silent.c.rule, silent.c.project)
    if projects is not None:
        asked = asked.where(silent.c.project.in_(list(projects)))
    return [(row.project, row.rule) for row in connection.execute(asked)]


def _silent(connection: Connection, project: str) -> list[str]:
    return list(connection.execute(select(silent.c.rule).where(silent.c.project == project)).scalars())
