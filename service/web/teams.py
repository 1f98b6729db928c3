"""/teams: what coaching changed, team by team. It takes no parameter: see service.reports.teams."""

from __future__ import annotations

import time

from flask import Blueprint, render_template

from service.reports.days import DAY
from service.reports.drawing import Drawing
from service.reports.teams import since, team_panels
from service.settings import Settings
from service.store import Store
from service.store.teams import cases
from service.web.pictures import pictures


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The page."""
    routes = Blueprint("teams", __name__, url_prefix="/teams")
    drawing = Drawing()

    @routes.get("/")
    def page() -> str:
        now = time.time()
        projects = {project for team in settings.teams.values() for project in team}
        with store.reading() as connection:
            found = cases(connection, projects, since(now) * DAY)
        shown = list(team_panels(found, settings.teams, now).values())
        drawn = pictures(drawing, shown)
        left_out = [name for name in settings.teams if name not in {panel.title for panel in shown}]
        return render_template(
            "teams.html", shown=list(zip(shown, drawn, strict=True)), left_out=left_out, teams=settings.teams
        )

    return routes
