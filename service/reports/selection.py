"""Which tickets are asked about: filters, and the days they reach over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from service.reports.days import as_day
from service.store.trends import Where
from service.ticket import Kind

PERIODS: Mapping[str, int] = MappingProxyType({"4": 4, "13": 13, "26": 26, "52": 52})
DEFAULT = "13"
BY_DAY = 4
"""Up to so many weeks, clarity is shown by day."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; "" is any. `period` is in weeks, one of PERIODS, and ends with the week of `today`."""

    today: date
    tracker: str = ""
    site: str = ""
    project: str = ""
    team: str = ""
    kind: str = ""
    period: str = DEFAULT
    since: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], today: date) -> Selection:
        """From the fields of a form; a kind or a period that there is not is any, or the usual one."""
        told: dict[str, Any] = {name: asked.get(name, "")[:200] for name in NAMES}
        told["period"] = told["period"] if told["period"] in PERIODS else DEFAULT
        told["kind"] = told["kind"] if told["kind"] in set(Kind) else ""
        return cls(today, **told)

    @property
    def weeks(self) -> int:
        """How many weeks, this one included; from the one of `since`, if that is given."""
        if self.since:
            return (_monday(self.today) - _monday(self.since)) // 7 + 1
        return PERIODS[self.period]

    @property
    def by_day(self) -> bool:
        """Whether clarity is shown by day."""
        return self.weeks <= BY_DAY

    @property
    def first(self) -> int:
        """The first day."""
        return _monday(self.today) - 7 * (self.weeks - 1)

    @property
    def last(self) -> int:
        """The last day: the Sunday to come."""
        return self.first + 7 * self.weeks - 1

    def where(self, teams: Mapping[str, tuple[str, ...]], *, before: bool = False) -> Where:
        """The rows meant; `before`: those of as long a time before."""
        shift = 7 * self.weeks if before else 0
        return Where(
            self.first - shift, self.last - shift, self.tracker, self.site, self._projects(teams), self.kind
        )

    def _projects(self, teams: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
        if not self.team:
            return (self.project,) if self.project else None
        team = teams.get(self.team, ())
        return tuple(one for one in team if not self.project or one == self.project)

    def asked(self, **other: str) -> dict[str, str]:
        """The fields of an address that asks for the same, but for what is given."""
        told = {name: getattr(self, name) for name in NAMES} | other
        return {name: value for name, value in told.items() if value and (name, value) != ("period", DEFAULT)}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the period was chosen."""
        return any(getattr(self, name) for name in NAMES if name != "period")


def _monday(day: date) -> int:
    return as_day(day) - day.weekday()


NAMES = tuple(field.name for field in fields(Selection) if field.name not in ("today", "since"))
