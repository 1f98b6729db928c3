"""A chart as pictures that stand in the page itself, in both themes."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from service.reports.drawing import Drawing, DrawingFailed
from service.reports.panels import Panel

WIDTH = 420
THEMES = ("light", "dark")


def pictures(drawing: Drawing, panels: Iterable[Panel]) -> list[dict[str, str]]:
    """For each panel its chart by theme, as addresses that hold it; none where it cannot be drawn or is empty."""
    shown = list(panels)
    specs = _specifications(shown) if any(not panel.empty for panel in shown) else {}
    try:
        drawn = drawing.pictures(specs) if specs else {}
    except DrawingFailed:
        drawn = {}
    return [
        {theme: _address(drawn[f"{number} {theme}"]) for theme in THEMES if f"{number} {theme}" in drawn}
        for number in range(len(shown))
    ]


def _specifications(shown: Sequence[Panel]) -> dict[str, dict[str, Any]]:
    from service.reports import charts  # noqa: PLC0415 (Altair takes a second, and most processes draw nothing)

    return {
        f"{number} {theme}": charts.specification(panel, theme=theme, width=WIDTH)
        for number, panel in enumerate(shown)
        for theme in THEMES
        if not panel.empty
    }


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
