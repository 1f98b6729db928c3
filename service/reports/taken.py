"""How people took one rule in each project, from what is kept for the trends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from service.reports.figures import Histogram
from service.reports.history import Measure
from service.store.switching import kept
from service.store.trends import known_rules


@dataclass(frozen=True, slots=True)
class Taken:
    """On how many tickets a rule was shown, and on how many of them somebody called it not useful."""

    shown: int = 0
    not_useful: int = 0


def taken(connection: Connection, rule: str, projects: Collection[str]) -> Mapping[str, Taken]:
    """By project, as last counted, of all tickets that are kept."""
    number = known_rules(connection).get(rule)
    told = kept(connection, (Measure.SHOWN, Measure.USELESS), projects)

    def times(project: str, measure: Measure) -> int:
        return Histogram.of(told.get((project, measure), ())).as_dict().get(number, 0) if number else 0

    return {one: Taken(times(one, Measure.SHOWN), times(one, Measure.USELESS)) for one in projects}
