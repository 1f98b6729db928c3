"""What the trends page shows, as one file for mail and wikis: HTML with its pictures within, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, select_autoescape

from service.reports import charts
from service.reports.days import as_date
from service.reports.drawing import Drawing
from service.reports.facts import Facts
from service.reports.panels import Panel
from service.reports.spreadsheet import harmless

WIDTH = 640


@dataclass(frozen=True, slots=True)
class Report:
    """What is told, of which tickets. `sample`: of none that are real."""

    about: str
    facts: Facts
    panels: tuple[Panel, ...]
    sample: bool = False

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day, as 2026-08-31."""
        selection = self.facts.selection
        return as_date(selection.first).isoformat(), selection.today.isoformat()


def as_html(report: Report) -> str:
    """One page that loads nothing. Raises DrawingFailed."""
    pictures = Drawing().pictures(charts.specifications(report.panels, "light", WIDTH))
    pages = Environment(loader=PackageLoader("service.web"), autoescape=select_autoescape())
    return pages.get_template("report.html").render(report=report, pictures=pictures)


def as_csv(report: Report) -> str:
    """A line for each number: the chart, its row, its column, the number."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("chart", "row", "column", "value"))
    for panel in report.panels:
        for first, *rest in panel.rows:
            names = zip(panel.columns[1:], rest, strict=True)
            lines.writerows((panel.id, harmless(first), column, harmless(value)) for column, value in names)
    return text.getvalue()


def as_json(report: Report) -> str:
    """Everything in it, with the sentences."""
    first, last = report.days
    told = {
        "about": report.about,
        "sample": report.sample,
        "from": first,
        "to": last,
        "tickets": report.facts.tickets,
        "people": report.facts.people,
        "charts": [
            {
                "id": panel.id,
                "title": panel.title,
                "sentence": panel.sentence,
                "columns": list(panel.columns),
                "rows": [list(row) for row in panel.rows],
            }
            for panel in report.panels
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
