"""The trends of one project within a frame of its tracker: the same charts, sentences and tables, as one fragment.

In a frame nobody is logged in to us, so nothing in it leads to our other pages but one link, and the charts are
pictures that stand in the fragment itself. Drawing them takes seconds, so a page asks for the words first.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from flask import render_template

from service.reports.days import as_date, today
from service.reports.drawing import Drawing
from service.reports.facts import facts
from service.reports.page import panels
from service.reports.selection import PERIODS, Selection
from service.reports.titles import titles
from service.settings import Settings
from service.store import Store
from service.store.stale import count_stale
from service.tenants import TRACKER
from service.ticket import Kind
from service.web.pictures import pictures
from service.web.refusals import refusal

LATER = "later"


class ProjectTrends:
    """Draws what was counted of one project. Raises StoreUnavailable."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._drawing = Drawing()

    def html(self, site: str, project: str, asked: Mapping[str, str]) -> str:
        """The fragment; `asked` may choose a `kind` and a `period`, and have `pictures` left for `later`; nothing
        else of it is looked at. Of no project there is none: that would be the trends of all.
        """
        if not project:
            return ""
        chosen = {name: asked.get(name, "") for name in ("kind", "period")}
        here = {"tracker": TRACKER, "site": site, "project": project}
        selection = Selection.of(chosen | here, today(time.time()))
        with self._store.reading() as connection:
            told = facts(connection, selection, self._settings.teams)
            waiting = count_stale(connection)
        refused = refusal(told)
        shown = [] if refused else panels(told, titles(self._settings))
        last = min(selection.today, as_date(selection.last))
        later = asked.get("pictures") == LATER
        drawn = [{}] * len(shown) if later else pictures(self._drawing, shown)
        return render_template(
            "project_trends.html",
            selection=selection,
            kinds=[(kind, kind.capitalize()) for kind in Kind],
            periods=[(weeks, f"{weeks} weeks") for weeks in PERIODS],
            refusal=refused,
            shown=list(zip(shown, drawn, strict=True)),
            tickets=told.tickets,
            people=told.people,
            waiting=waiting,
            days=[f"{day.day} {day:%B %Y}" for day in (as_date(selection.first), last)],
            more=f"{self._settings.base_url}/trends/",
        )
