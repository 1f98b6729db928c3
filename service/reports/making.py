"""A report, from the database: with whatever is still to be counted counted first."""

from __future__ import annotations

from sqlalchemy import select

from service.reports.facts import ENOUGH_PEOPLE, facts
from service.reports.page import panels
from service.reports.recounting import recount
from service.reports.report import Report
from service.reports.selection import Selection
from service.reports.titles import titles
from service.settings import Settings
from service.store import Store
from service.store.schema import about


class Untold(Exception):
    """There is nothing that may be told. The sentence says why."""


def make(store: Store, settings: Settings, selection: Selection) -> Report:
    """What is known of a selection. Raises Untold, and StoreUnavailable."""
    while recount(store):
        pass
    with store.reading() as connection:
        told = facts(connection, selection, settings.teams)
        sample = connection.execute(select(about.c.value).where(about.c.name == "sample")).first() is not None
    if not told.tickets:
        raise Untold("No ticket of these was scored in this time: there is nothing to tell.")
    if not told.enough_people:
        raise Untold(f"Fewer than {ENOUGH_PEOPLE} people wrote these tickets: any figure would point at somebody.")
    name = selection.project or selection.team or "all projects"
    kind = f", {selection.kind} tickets" if selection.kind else ""
    return Report(f"{name}{kind}", told, tuple(panels(told, titles(settings))), sample)
