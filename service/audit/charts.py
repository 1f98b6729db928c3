"""Charts of an audit: Vega-Lite specifications, drawn as SVG that stands in the page itself."""

from __future__ import annotations

from typing import Any

import vl_convert

from service.audit.tally import Tally, median

Spec = dict[str, Any]
WIDTH, COLOUR = 560, "#4c78a8"
MOST_RULES, MOST_PROJECTS = 15, 20


def histogram(tally: Tally) -> str:
    """How many tickets have which score."""
    tens = [sum(tally.scores[low : low + 10]) for low in range(0, 100, 10)]
    tens[-1] += tally.scores[100]
    rows = [{"from": 10 * number, "to": 10 * number + 10, "tickets": count} for number, count in enumerate(tens)]
    score = {"field": "from", "type": "quantitative", "title": "Score", "scale": {"domain": [0, 100]}}
    encoding = {
        "x": {**score, "bin": {"binned": True, "step": 10}},
        "x2": {"field": "to"},
        "y": {"field": "tickets", "type": "quantitative", "title": "Tickets"},
    }
    return _drawn("Tickets by score", rows, encoding, {"width": WIDTH, "height": 200})


def rules(tally: Tally) -> str:
    """What is found on most tickets."""
    most = tally.rules.most_common(MOST_RULES)
    rows = [{"name": rule, "value": 100 * count / max(1, tally.scored)} for rule, count in most]
    return _bars("Found on how many tickets", rows, {"title": "% of the scored tickets"})


def projects(tally: Tally) -> str:
    """Medians of the largest projects; "" where there is but one."""
    largest = sorted(tally.projects.items(), key=lambda entry: -sum(entry[1]))[:MOST_PROJECTS]
    if len(largest) < 2:
        return ""
    rows = [{"name": name or "(none)", "value": median(scores)} for name, scores in largest]
    return _bars("Median score by project", rows, {"title": "Median score", "scale": {"domain": [0, 100]}})


def _bars(title: str, rows: list[Spec], value: Spec) -> str:
    names = {"field": "name", "type": "nominal", "sort": "-x", "title": None, "axis": {"labelLimit": 240}}
    encoding = {"x": {"field": "value", "type": "quantitative", **value}, "y": names}
    return _drawn(title, rows, encoding, {"width": WIDTH - 180, "height": {"step": 22}})


def _drawn(title: str, rows: list[Spec], encoding: Spec, size: Spec) -> str:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {"text": title, "anchor": "start"},
        "data": {"values": rows},
        "padding": {"left": 40, "top": 5, "right": 15, "bottom": 5},  # a browser's letters are wider than ours
        "mark": {"type": "bar", "color": COLOUR},
        "encoding": encoding,
        **size,
    }
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))
