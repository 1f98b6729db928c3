"""What was counted for a selection, as histograms by day and rulebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from service.reports.figures import Histogram
from service.reports.history import Measure
from service.reports.people import keys_of
from service.reports.selection import Selection
from service.store.coached import coached_authors
from service.store.people import silent_rules
from service.store.trends import known_rules, read

Series = Mapping[tuple[int, str], Histogram]
ENOUGH_PEOPLE = 5
"""Of fewer, nothing is shown: it would point at somebody."""


@dataclass(frozen=True)
class Facts:
    """By measure: its histograms, by day and rulebook. `before` is the found and scores of the period before.

    `silent` are project and rule, for each rule that is silent in a project of the selection; `coached` are the
    authors who were shown a point anywhere, by the number under which they are counted.
    """

    selection: Selection
    series: Mapping[str, Series]
    before: Mapping[str, Histogram]
    rules: Mapping[int, str]
    silent: Sequence[tuple[str, str]] = ()
    coached: frozenset[int] = frozenset()

    def of(self, measure: Measure) -> Series:
        """The histograms of a measure."""
        return self.series.get(measure, {})

    def all(self, measure: Measure) -> Histogram:
        """What the whole period comes to."""
        return Histogram.joined(self.of(measure).values())

    def by_week(self, measure: Measure) -> Mapping[int, Histogram]:
        """What each week comes to, whatever the rules were."""
        return self._joined(measure, 0)

    def by_rulebook(self, measure: Measure) -> Mapping[str, Histogram]:
        """What the period comes to under each rulebook."""
        return self._joined(measure, 1)

    def _joined(self, measure: Measure, place: int) -> dict[Any, Histogram]:
        parts: dict[Any, list[Histogram]] = defaultdict(list)
        for key, histogram in self.of(measure).items():
            parts[key[place]].append(histogram)
        return {one: some[0] if len(some) == 1 else Histogram.joined(some) for one, some in parts.items()}

    @cached_property
    def tickets(self) -> int:
        """How many tickets were scored, each once a week."""
        return self.all(Measure.SCORE).total

    def weeks(self, measure: Measure, rule: str = "") -> list[int]:
        """The Mondays of the weeks in which this was counted, or this rule found something; the newest first.

        In SCORE counts each ticket that was written then, also without a score.
        """
        if not rule:
            without = self.of(Measure.NO_SCORE) if measure is Measure.SCORE else ()
            return sorted({day for day, _ in [*self.of(measure), *without]}, reverse=True)
        found = self.of(Measure.FOUND).items()
        return sorted({day for (day, _), histogram in found if rule in self.named(histogram)}, reverse=True)

    @cached_property
    def people(self) -> int:
        """How many different people wrote."""
        return len(self.all(Measure.AUTHOR).numbers)

    @property
    def enough_people(self) -> bool:
        """Whether these are so many that no figure points at one of them."""
        return self.people >= ENOUGH_PEOPLE

    @cached_property
    def by_rule(self) -> Mapping[str, int]:
        """In how many tickets each rule found something."""
        return self.named(self.all(Measure.FOUND))

    def named(self, histogram: Histogram) -> Mapping[str, int]:
        """The histogram of rules' numbers, by rule."""
        return {self.rules[number]: times for number, times in histogram.as_dict().items() if number in self.rules}


def facts(connection: Connection, selection: Selection, teams: Mapping[str, tuple[str, ...]]) -> Facts:
    """Everything that the charts of this selection are drawn from."""
    measures = [one for one in Measure if one is not Measure.SCORE_BY_DAY or selection.by_day]
    told = read(connection, measures, selection.where(teams))
    former = read(connection, [Measure.SCORE, Measure.FOUND], selection.where(teams, before=True))
    silent = silent_rules(connection, selection.where(teams).projects)
    return Facts(
        selection,
        {
            measure: {key: Histogram.of(packed) for key, packed in sorted(cells.items())}
            for measure, cells in told.items()
        },
        {
            measure: Histogram.of(part for parts in cells.values() for part in parts)
            for measure, cells in former.items()
        },
        {number: rule for rule, number in known_rules(connection).items()},
        silent,
        frozenset(keys_of(author)[0] // 2 for author in coached_authors(connection)),
    )
