"""/trends: whether tickets get clearer, seen. Everything is counted beforehand; a request only adds up."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from werkzeug.exceptions import NotFound, ServiceUnavailable

from service.reports.days import as_date, as_day, today
from service.reports.drawing import Drawing, DrawingFailed
from service.reports.facts import facts
from service.reports.history import Measure
from service.reports.page import panels
from service.reports.panels import Panel
from service.reports.selection import NAMES, PERIODS, Selection
from service.reports.sources import HEADINGS
from service.reports.spreadsheet import harmless
from service.reports.titles import titles
from service.settings import Settings
from service.store import Store
from service.store.behind import Behind, behind
from service.store.stale import count_stale
from service.store.trends import Where, places
from service.ticket import Kind
from service.web.refusals import refusal

FOREVER = "private, max-age=31536000, immutable"
PICTURE_WIDTH = 640
A_PAGE = 50
FURTHEST = 10_000
"""Nobody pages further: each page looks at all before it."""
ASKED = (*NAMES, "rule", "measure", "from", "days")
"""What the next page of tickets is asked for too: other names may mean something to whatever makes the address."""


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The page, its numbers and pictures, and the tickets behind a point."""
    routes = Blueprint("trends", __name__, url_prefix="/trends")
    trends = _Trends(settings, store)
    routes.add_url_rule("/", "page", trends.page)
    routes.add_url_rule("/about", "about", lambda: render_template("measured.html"))
    routes.add_url_rule("/charts.js", "script", trends.script)
    routes.add_url_rule("/tickets", "tickets", trends.tickets)
    routes.add_url_rule("/<panel>.csv", "numbers", trends.numbers)
    routes.add_url_rule("/<panel>.svg", "picture", trends.picture)
    return routes


class _Trends:
    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._drawing = Drawing()

    def page(self) -> str:
        selection = _selection()
        with self._store.reading() as connection:
            told = facts(connection, selection, self._settings.teams)
            known = places(connection)
            waiting = count_stale(connection)
        given: dict[str, Any] = {
            "selection": selection,
            "choices": self._choices(known),
            "refusal": refusal(told),
            "first": _words(as_date(selection.first)),
            "last": _words(min(selection.today, as_date(selection.last))),
        }
        if given["refusal"]:
            return render_template("trends.html", shown=[], **given)
        from service.reports import charts  # noqa: PLC0415 (Altair takes a second, and most processes draw nothing)

        shown = panels(told, titles(self._settings))
        links = {panel.id: [_tickets(selection, link) for link in panel.links] for panel in shown}
        shown = [_linked(panel, links[panel.id]) for panel in shown]
        return render_template(
            "trends.html",
            shown=shown,
            specs={panel.id: charts.specification(panel) for panel in shown},
            themes={theme: charts.config(theme) for theme in charts.COLOURS},
            links=links,
            tickets=told.tickets,
            people=told.people,
            waiting=waiting,
            version=charts.VERSION,
            **given,
        )

    def numbers(self, panel: str) -> Response:
        """A chart's table as CSV."""
        shown = self._panel(panel)
        text = io.StringIO()
        table = csv.writer(text)
        table.writerows([shown.columns, *([harmless(cell) for cell in row] for row in shown.rows)])
        response = Response(text.getvalue(), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="clarity-{shown.id}.csv"'
        return response

    def picture(self, panel: str) -> Response:
        """A chart as SVG. Whoever asks for one asks for all: they are drawn at once, in one process."""
        from service.reports import charts  # noqa: PLC0415 (as above)

        theme = request.args.get("theme", "light")
        shown = self._panels() if theme in charts.COLOURS else []
        if all(one.id != panel or one.empty for one in shown):
            raise NotFound
        try:
            svg = self._drawing.pictures(charts.specifications(shown, theme, PICTURE_WIDTH))[panel]
        except DrawingFailed as error:
            raise ServiceUnavailable(str(error)) from error
        return Response(svg, mimetype="image/svg+xml")

    def script(self) -> Response:
        """The script that draws."""
        try:
            response = Response(self._drawing.script(), mimetype="text/javascript")
        except DrawingFailed as error:
            raise ServiceUnavailable(str(error)) from error
        response.headers["Cache-Control"] = FOREVER
        return response

    def tickets(self) -> str:
        """The tickets behind a point: those that a measure counts then, or week by week all that a rule meets."""
        selection, rule, measure = _selection(), request.args.get("rule", "")[:100], _measure()
        where = selection.where(self._settings.teams)
        begin = _day(request.args.get("from", ""))
        if begin:
            where = replace(where, first=begin, last=begin + (0 if measure is Measure.SCORE_BY_DAY else 6))
        skip = min(max(0, request.args.get("skip", 0, type=int)), FURTHEST)
        most = skip + A_PAGE + 1
        with self._store.reading() as connection:
            told = facts(connection, selection, self._settings.teams)
            refused = refusal(told)
            every = set(places(connection)[2])
            chosen = tuple(sorted(every if where.projects is None else every & set(where.projects)))
            where = replace(where, projects=chosen)
            weeks = [begin] if begin else told.weeks(measure, rule)
            found = [] if refused else behind(connection, where, weeks, measure=measure, rule=rule, most=most)
        further = {name: request.args[name] for name in ASKED if name in request.args}
        further["skip"] = str(skip + A_PAGE)
        are_more = len(found) == most
        return render_template(
            "tickets.html",
            heading=_heading(titles(self._settings).get(rule, rule), measure),
            refusal=refused,
            by_week=not begin,
            written=measure not in HEADINGS,
            back=_address("trends.page", selection.asked()),
            tickets=[_told(one) for one in found[skip : skip + A_PAGE]],
            more=_address("trends.tickets", further) if are_more and skip < FURTHEST else "",
            cut=are_more and skip == FURTHEST,
            rule_page=_rule_page(rule, titles(self._settings)),
            **_span(where),
        )

    def _panel(self, name: str) -> Panel:
        found = next((one for one in self._panels() if one.id == name), None)
        if found is None:
            raise NotFound
        return found

    def _panels(self) -> list[Panel]:
        selection = _selection()
        with self._store.reading() as connection:
            told = facts(connection, selection, self._settings.teams)
        if refusal(told):
            raise NotFound
        return panels(told, titles(self._settings))

    def _choices(self, known: tuple[list[str], list[str], list[str]]) -> dict[str, list[tuple[str, str]]]:
        trackers, sites, projects = known
        return {
            "trackers": [(name, name.capitalize()) for name in trackers],
            "sites": [(name, name) for name in sites],
            "projects": [(name, name) for name in projects],
            "teams": [(name, name) for name in self._settings.teams],
            "kinds": [(kind, kind.capitalize()) for kind in Kind],
            "periods": [(weeks, f"{weeks} weeks") for weeks in PERIODS],
        }


def _selection() -> Selection:
    return Selection.of(request.args, today(time.time()))


def _address(endpoint: str, asked: Mapping[str, str]) -> str:
    values: dict[str, Any] = dict(asked)
    return url_for(endpoint, **values)


def _tickets(selection: Selection, link: Mapping[str, str]) -> str:
    return _address("trends.tickets", {**selection.asked(), **link}) if link else ""


def _linked(panel: Panel, links: list[str]) -> Panel:
    """The panel, its points leading to the tickets behind them."""
    if not links:
        return panel
    return replace(panel, points=[{**point, "go": links[panel.row_of(point)]} for point in panel.points])


def _measure() -> Measure:
    """In which measure the tickets count that were asked for; what was written, if in none that there is."""
    by_day = "from" in request.args and request.args.get("days") == "1"
    usual = Measure.SCORE_BY_DAY if by_day else Measure.SCORE
    return next((one for one in HEADINGS if one == request.args.get("measure")), usual)


def _heading(rule: str, measure: Measure) -> str:
    usual = f"Tickets: {rule[:1].lower() + rule[1:]}" if rule else "Tickets behind this point"
    return HEADINGS.get(measure, usual)


def _rule_page(rule: str, known: Mapping[str, str]) -> str:
    there = rule in known and "rules.rule" in current_app.view_functions
    return url_for("rules.rule", rule=rule) if there else ""


def _told(one: Behind) -> dict[str, object]:
    link = one.url if one.url.startswith(("https://", "http://")) else ""
    return {
        "key": one.key,
        "link": link,
        "project": one.project,
        "kind": one.kind,
        "score": one.score,
        "level": one.level,
        "when": _words(as_date(int(one.text_changed // 86_400))),
    }


def _span(where: Where) -> dict[str, str]:
    return {"first": _words(as_date(where.first)), "last": _words(as_date(where.last))}


def _day(text: str) -> int | None:
    try:
        day = as_day(date.fromisoformat(text))
        as_date(day + 6)  # no date says the end of the last week of all
    except ValueError:
        return None
    return day


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
