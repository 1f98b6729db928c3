"""Every chart, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from service.reports.facts import Facts
from service.reports.panels import Panel, text_panels
from service.reports.people_panels import people_panels


def panels(facts: Facts, titles: Mapping[str, str]) -> list[Panel]:
    """What is shown of these facts; `titles` are the rules' titles by id."""
    return [*text_panels(facts, titles), *people_panels(facts, titles)]
