"""Each kind of chart as a Vega-Lite specification, made with Altair once; a page fills in the points."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from types import MappingProxyType
from typing import Any

import altair as alt

from service.reports.panels import Panel

Spec = dict[str, Any]
VERSION = metadata.version("vl-convert-python")
HEIGHT = 210
LABEL_WIDTH = 26
_LABELS = alt.Axis(
    labelExpr="split(datum.label, '\\n')", labelLimit=210, labelLineHeight=13, domain=False, ticks=False
)
_GROUPS = ("color", "shape", "yOffset")
# Of each line of a chart that has a line for each rule, or the like.
LINE_HEIGHTS: Mapping[str, int] = MappingProxyType({"bars": 30, "ranges": 34})
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
# Soft ink, lines, accent, and what stands out from it: the pages' own colours, in both themes.
COLOURS: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "light": ("#55625f", "#dde2de", "#1f5f57", "#b45309"),
        "dark": ("#a3b1ad", "#313b39", "#7fd6c2", "#f0bd63"),
    }
)


def specification(panel: Panel, *, theme: str = "", width: int | str = "container") -> Spec:
    """The whole specification of a panel. Without a theme it has no colours: the page gives them."""
    spec: Spec = copy.deepcopy(_KINDS[panel.kind](panel.axis, panel.counted))
    spec["datasets"] = {
        "points": [_wrapped(point) for point in panel.points],
        "changes": [{"when": when} for when in panel.changes],
    }
    for part in spec.get("vconcat", [spec]):
        part["width"] = width
        part["layer"] = [layer for layer in part["layer"] if _drawn(layer, panel)]
    if panel.kind in LINE_HEIGHTS:
        spec["height"] = LINE_HEIGHTS[panel.kind] * max(1, panel.lines)
    if panel.kind == "ranges" and not panel.grouped:
        for layer in spec["layer"]:
            layer["encoding"] = {name: one for name, one in layer["encoding"].items() if name not in _GROUPS}
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    if theme:
        # A picture is measured in one font and shown in another, which may be wider.
        spec["padding"] = {"left": 18, "right": 8, "top": 5, "bottom": 5}
    spec["config"] = {**spec.get("config", {}), **(config(theme) if theme else {})}
    return spec


def _wrapped(point: Mapping[str, Any]) -> dict[str, Any]:
    """The point, its name in two lines where it is long."""
    if "what" not in point:
        return dict(point)
    even = min(LABEL_WIDTH, len(point["what"]) // 2 + 4)
    width = LABEL_WIDTH if len(point["what"]) <= LABEL_WIDTH else even
    lines = textwrap.wrap(point["what"], width, max_lines=2, placeholder=" …")
    return {**point, "what": "\n".join(lines)}


def _drawn(layer: Spec, panel: Panel) -> bool:
    """Whether a layer has anything to draw: one without points would stretch the others' axes to nowhere."""
    name = layer.get("name", "")  # Altair adds a number to it
    if name.startswith("changes"):
        return bool(panel.changes)
    return not name.startswith("before") or any(point["then"] is not None for point in panel.points)


def config(theme: str) -> Spec:
    """Colours and letters."""
    soft, line, accent, other = COLOURS[theme]
    axis = {"labelColor": soft, "titleColor": soft, "gridColor": line, "domainColor": line, "tickColor": line}
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**axis, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
        "line": {"color": accent, "strokeWidth": 2.5},
        "area": {"color": accent, "opacity": 0.18},
        "point": {"color": accent, "fill": accent, "opacity": 1, "size": 34},
        "bar": {"color": accent, "opacity": 0.85, "cornerRadiusEnd": 2},
        "tick": {"color": other, "thickness": 3, "bandSize": 18},
        "range": {"category": [accent, other]},
        "legend": {"labelColor": soft, "labelFontSize": 12, "symbolSize": 80},
        "rule": {"color": other, "strokeDash": [4, 3], "strokeWidth": 1.5},
        "style": {
            "spread": {
                "color": accent,
                "stroke": accent,
                "strokeDash": [1, 0],
                "strokeWidth": 1.5,
                "opacity": 0.5,
            },
            "interval": {"color": soft, "strokeDash": [1, 0], "strokeWidth": 2},
            "mark": {"size": 90, "color": accent},
            "column": {"color": accent, "fillOpacity": 0.18, "stroke": accent, "strokeWidth": 1.5},
        },
    }


@cache
def _median(title: str, counted: str) -> Spec:
    return _over_time(title, counted, upper=title.startswith("Clarity"))


@cache
def _share(title: str, counted: str) -> Spec:
    return _over_time(title, counted, upper=True)


@cache
def _bars(title: str, _: str) -> Spec:
    y = alt.Y("what:N", sort=None, title=None, axis=_LABELS)
    base = alt.Chart(_points()).encode(y=y, tooltip=alt.Tooltip("tip:N", title=" "))
    scale = alt.Scale(nice=True, zero=True)
    bars = base.mark_bar().encode(x=alt.X("now:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4)))
    before = base.mark_tick().transform_filter("datum.then != null").encode(x="then:Q").properties(name="before")
    return _plain(bars + before)


@cache
def _ranges(title: str, _: str) -> Spec:
    """A mark with its range for each line; where a line has two, they differ by form and by place too."""
    scale, key = alt.Scale(domain=[0, 100]), alt.Legend(orient="top", title=None, columns=1)
    base = alt.Chart(_points()).encode(
        y=alt.Y("what:N", sort=None, title=None, axis=_LABELS),
        yOffset=alt.YOffset("group:N", sort=None),
        tooltip=alt.Tooltip("tip:N", title=" "),
    )
    low = alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4))
    lines = base.mark_rule(style="interval").encode(x=low, x2="high:Q")
    marks = base.mark_point(filled=True, style="mark").encode(
        x=alt.X("middle:Q", title=title, scale=scale),
        color=alt.Color("group:N", sort=None, legend=key),
        shape=alt.Shape("group:N", sort=None, scale=alt.Scale(range=["circle", "diamond"]), legend=key),
    )
    return _plain(lines + marks)


@cache
def _counts(title: str, _: str) -> Spec:
    """Columns over time, and within each what is settled of it."""
    axis = alt.Axis(format="%-d %b", tickCount=5, labelOverlap=True, labelSeparation=12, grid=False)
    base = alt.Chart(_points()).encode(
        x=alt.X("when:T", title=None, axis=axis, scale=alt.Scale(padding=10)),
        tooltip=alt.Tooltip("tip:N", title=" "),
    )
    y = alt.Axis(tickCount=4, tickMinStep=1, format="d")
    every = base.mark_bar(style="column", width=10).encode(y=alt.Y("raised:Q", title=title, axis=y))
    settled = base.mark_bar(width=10).encode(y=alt.Y("settled:Q", title=title))
    return _plain((every + settled).properties(height=HEIGHT))


_KINDS = MappingProxyType(
    {"median": _median, "share": _share, "bars": _bars, "ranges": _ranges, "counts": _counts}
)


def _over_time(title: str, counted: str, *, upper: bool) -> Spec:
    """A line with its band, and beneath it how many tickets; a line for each segment, so that gaps stay gaps."""
    domain = alt.Scale(domain=[0, 100]) if upper else alt.Scale(zero=True, nice=True)
    axis = alt.Axis(format="%-d %b", tickCount=5, labelOverlap=True, labelSeparation=12, grid=False)
    bare = alt.Axis(labels=False, ticks=False, grid=False, title=None)
    base = alt.Chart(_points()).encode(
        x=alt.X("when:T", title=None, axis=bare), detail="segment:N", tooltip=alt.Tooltip("tip:N", title=" ")
    )
    y = alt.Y("middle:Q", title=title, scale=domain, axis=alt.Axis(tickCount=5))
    band = base.mark_area().encode(y=alt.Y("low:Q", scale=domain, title=title), y2="high:Q")
    spread = base.mark_rule(style="spread").encode(y=alt.Y("low:Q", scale=domain), y2="high:Q")
    line = base.mark_line().encode(y=y)
    dots = base.mark_point(filled=True).encode(y=y)
    changes = alt.Chart(alt.NamedData("changes")).mark_rule().encode(x="when:T").properties(name="changes")
    upper_part = (band + spread + line + dots + changes).properties(height=HEIGHT)
    counts = base.mark_bar(width=5).encode(
        x=alt.X("when:T", title=None, axis=axis), y=alt.Y("tickets:Q", title=counted, axis=alt.Axis(tickCount=2))
    )
    lower_part = alt.layer(counts).properties(height=44)
    joined = alt.vconcat(upper_part, lower_part, spacing=8).resolve_scale(x="shared")
    return _plain(joined)


def _points() -> alt.NamedData:
    return alt.NamedData("points")


def _plain(chart: alt.TopLevelMixin) -> Spec:
    spec: Spec = chart.to_dict(context={"pre_transform": False})
    spec.pop("config", None)
    return spec


def specifications(shown: Sequence[Panel], theme: str, width: int) -> dict[str, Spec]:
    """Those of all panels that have something to draw, for pictures of this width in pixels."""
    return {panel.id: specification(panel, theme=theme, width=width) for panel in shown if not panel.empty}
