"""One HTML page that stands alone: it loads nothing, runs nothing, and leads nowhere."""

from __future__ import annotations

from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.audit import charts
from service.audit.tally import Tally
from service.audit.writing import summary


def render(tally: Tally, source: str, rulebook: str, when: datetime) -> str:
    """The report. Whatever comes from a ticket is escaped; only the charts are markup, and their texts are too."""
    pages = Environment(
        loader=PackageLoader("service.audit"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    drawn = {
        title: {name: Markup(svg) for name, svg in chart.items()}  # noqa: S704 (the chart library escapes)
        for title, chart in charts.drawn(tally).items()
    }
    return pages.get_template("report.html").render(
        figures=summary(tally),
        source=source,
        rulebook=rulebook[:12],
        when=f"{when:%Y-%m-%d %H:%M} UTC",
        charts=drawn,
    )
