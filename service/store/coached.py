"""Queries of who is spoken to in which project, and since when."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, insert, select

from service.outcomes import Coached
from service.store.dialect import now
from service.store.quick import Quick
from service.store.schema import coached
from service.store.stale import mark_project

_PEOPLE = Quick(select(coached.c.person).where(coached.c.project == bindparam("within")))
_COACHED = Quick(insert(coached).values(since=now()))


def spoke_to(connection: Connection, project: str, people: Collection[str]) -> None:
    """These authors were shown a point just now; who never was in this project is noted.

    From the first one on, what was written in the project before counts as written before our first word.
    """
    known = set(_PEOPLE.values(connection, within=project))
    if new := sorted(set(people) - known - {""}):
        _COACHED.run_each(connection, [{"person": person, "project": project} for person in new])
        if not known:
            mark_project(connection, project)


def spoken_to(connection: Connection) -> list[Coached]:
    """Who was shown a point in which project, and when first."""
    where = (coached.c.person, coached.c.project)
    first = select(*where, func.min(coached.c.since).label("since")).where(coached.c.person != "").group_by(*where)
    return [Coached(row.person, row.project, row.since) for row in connection.execute(first)]


def beginnings(connection: Connection) -> dict[str, float]:
    """Since when we speak in each project, whoever of those we spoke to first is forgotten."""
    first = select(coached.c.project, func.min(coached.c.since).label("since")).group_by(coached.c.project)
    return {row.project: row.since for row in connection.execute(first)}


def coached_authors(connection: Connection) -> set[str]:
    """Everybody who was shown a point anywhere."""
    return set(connection.execute(select(coached.c.person).where(coached.c.person != "").distinct()).scalars())
