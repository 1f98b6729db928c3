"""Charts of an audit: Vega-Lite specifications, drawn as SVG that stands in the page itself.

Each is drawn twice, for a desk and for a telephone, as letters that shrink with a picture cannot be read. Words
and lines take the page's own colour, so that a dark page has light ones.
"""

from __future__ import annotations

from typing import Any

import vl_convert

from service.audit.tally import Tally, median

Spec = dict[str, Any]
WIDTHS = {"wide": 900, "narrow": 310}
COLOUR, INK = "#4c78a8", "currentColor"
MOST_RULES, MOST_PROJECTS = 15, 20
LETTER = 8.0  # pixels: wider than a letter is on average, as a browser's are wider than those measured here
EDGE = 60  # pixels: what stands at the left of a number axis, and air at the right
_BAR = {"type": "bar", "color": COLOUR}
_FAINT = {"gridColor": INK, "gridOpacity": 0.15, "domainOpacity": 0.4, "tickOpacity": 0.4}
_AXIS = {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK, "labelFontSize": 12}
_STYLE = {
    "background": None,
    "view": {"stroke": None},
    "font": "system-ui, sans-serif",
    "axis": {**_AXIS, **_FAINT, "titleFontSize": 12, "titleFontWeight": "normal"},
}


def drawn(tally: Tally) -> dict[str, dict[str, str]]:
    """All charts of a tally by their titles, each by the name of its width; none where nothing was scored."""
    if not tally.scored:
        return {}
    specs = {"Tickets by score": _histogram(tally), "What is found, and on how many tickets": _rules(tally)}
    if len(tally.projects) > 1:
        specs["Median score by project"] = _projects(tally)
    return {
        title: {name: _svg({"description": title, **spec}, width) for name, width in WIDTHS.items()}
        for title, spec in specs.items()
    }


def _histogram(tally: Tally) -> Spec:
    """How many tickets have which score."""
    tens = [sum(tally.scores[low : low + 10]) for low in range(0, 100, 10)]
    tens[-1] += tally.scores[100]
    rows = [{"from": 10 * number, "to": 10 * number + 10, "tickets": count} for number, count in enumerate(tens)]
    score = {"field": "from", "type": "quantitative", "title": "Score", "scale": {"domain": [0, 100]}}
    count_axis = {"tickMinStep": 1, "format": ",d"}
    encoding = {
        "x": {**score, "bin": {"binned": True, "step": 10}},
        "x2": {"field": "to"},
        "y": {"field": "tickets", "type": "quantitative", "title": "Tickets", "axis": count_axis},
    }
    return {"data": {"values": rows}, "encoding": encoding, "height": 200}


def _rules(tally: Tally) -> Spec:
    """What is found on most tickets."""
    most = tally.rules.most_common(MOST_RULES)
    rows = [{"name": rule, "value": 100 * count / max(1, tally.scored)} for rule, count in most]
    return _bars(rows, {"title": "% of the scored tickets"})


def _projects(tally: Tally) -> Spec:
    """Medians of the largest projects."""
    largest = sorted(tally.projects.items(), key=lambda entry: -sum(entry[1]))[:MOST_PROJECTS]
    medians = sorted(((median(scores) or 0, name or "(none)") for name, scores in largest), reverse=True)
    rows = [{"name": name, "value": value} for value, name in medians]
    return _bars(rows, {"title": "Median score", "scale": {"domain": [0, 100]}})


def _bars(rows: list[Spec], value: Spec) -> Spec:
    encoding = {
        "x": {"field": "value", "type": "quantitative", "axis": {"tickCount": 5}, **value},
        "y": {"field": "name", "type": "nominal", "sort": None, "title": None},
    }
    return {"data": {"values": rows}, "encoding": encoding}


def _svg(spec: Spec, width: int) -> str:
    if spec["encoding"]["y"]["type"] == "nominal":
        spec = _named_beside(spec, width) if width == WIDTHS["wide"] else _named_above(spec, width)
    else:
        spec = {**spec, "mark": _BAR, "width": width - EDGE}
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", **spec, "config": _STYLE}
    return str(vl_convert.vegalite_to_svg(whole, allowed_base_urls=[]))


def _named_beside(spec: Spec, width: int) -> Spec:
    """Names at the left of their bars, with room for the longest."""
    room = LETTER * min(40, max(len(row["name"]) for row in spec["data"]["values"]))
    axis = {"labelLimit": room, "minExtent": room, "labelPadding": 6, "ticks": False}
    encoding = {**spec["encoding"], "y": {**spec["encoding"]["y"], "axis": axis}}
    return {**spec, "encoding": encoding, "mark": _BAR, "width": width - room - EDGE, "height": {"step": 24}}


def _named_above(spec: Spec, width: int) -> Spec:
    """Names above their bars, which so have the whole width."""
    encoding = {**spec["encoding"], "y": {**spec["encoding"]["y"], "axis": None}}
    name = {"type": "text", "align": "left", "baseline": "middle", "dy": -7, "fontSize": 12, "color": INK}
    shown = {"text": {"field": "name"}, "x": {"value": 0}}
    layers = [
        {"mark": {**_BAR, "height": 9, "yOffset": 7}},
        {"mark": name, "encoding": shown},
    ]
    return {**spec, "encoding": encoding, "layer": layers, "width": width - EDGE / 2, "height": {"step": 34}}
