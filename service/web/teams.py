"""/teams: what coaching changed, team by team. It takes no parameter: see service.reports.teams."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound, ServiceUnavailable

from service.reports.days import DAY
from service.reports.drawing import Drawing, DrawingFailed
from service.reports.panels import Panel
from service.reports.teams import since, team_panels
from service.settings import Settings
from service.store import Store
from service.store.teams import cases

PICTURE_WIDTH = 640


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The page, and its charts as pictures for who runs no scripts."""
    routes = Blueprint("teams", __name__, url_prefix="/teams")
    drawing = Drawing()

    def panels() -> list[Panel]:
        now = time.time()
        projects = {project for team in settings.teams.values() for project in team}
        with store.reading() as connection:
            found = cases(connection, projects, since(now) * DAY)
        return list(team_panels(found, settings.teams, now).values())

    @routes.get("/")
    def page() -> str:
        shown = panels()
        left_out = [name for name in settings.teams if name not in {panel.title for panel in shown}]
        told = _charts(shown) if shown else {}
        return render_template("teams.html", shown=shown, left_out=left_out, teams=settings.teams, **told)

    @routes.get("/<int:number>-<any(light, dark):theme>.svg")
    def picture(number: int, theme: str) -> Response:
        from service.reports import charts  # noqa: PLC0415 (Altair takes a second, and most processes draw nothing)

        shown = dict(enumerate(panels(), start=1))
        if number not in shown or shown[number].empty:
            raise NotFound
        spec = charts.specification(shown[number], theme=theme, width=PICTURE_WIDTH)
        try:
            return Response(drawing.pictures({"chart": spec})["chart"], mimetype="image/svg+xml")
        except DrawingFailed as error:
            raise ServiceUnavailable(str(error)) from error

    return routes


def _charts(shown: list[Panel]) -> dict[str, Any]:
    """What the page's script draws them from, as wide as there is room."""
    from service.reports import charts  # noqa: PLC0415 (as above)

    return {
        "specs": [charts.specification(panel) for panel in shown],
        "themes": {theme: charts.config(theme) for theme in charts.COLOURS},
        "version": charts.VERSION,
    }
