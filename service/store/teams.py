"""Query of what teams are told: each case of a point, with who wrote it, for counting people alone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from service.reports.teams import Case
from service.response import What
from service.store.schema import LOCAL, response, ticket


def cases(connection: Connection, projects: Collection[str], since: float) -> list[Case]:
    """What was right from the start, or had to be told, in these projects since then."""
    here = response.c.project.in_(list(projects)) & response.c.what.in_((What.SHOWN, What.UNAIDED))
    asked = select(response.c.project, response.c.person, response.c.what, response.c.at)
    real = asked.join(ticket, response.c.ticket_id == ticket.c.id).where(ticket.c.tracker != LOCAL)
    rows = connection.execute(real.where(here, response.c.at >= since))
    return [Case(row.project, row.person, row.what == What.UNAIDED, row.at) for row in rows]
