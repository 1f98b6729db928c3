"""What coaching changed, team by team: curves of teams of at least five, and nothing of fewer. Pure.

There is nothing to filter by, so that no two answers can be subtracted. Times are whole blocks of four weeks that
are over: no total grows by one ticket while somebody watches, and none is contained in another. Where teams share
projects, one is shown beside others only if every part that they cut each other into (what one has and another has
not) was written by at least five people: whatever sums and differences are made of what is shown, they are sums
over such parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from service.reports.days import as_date, week_of
from service.reports.facts import ENOUGH_PEOPLE
from service.reports.panels import Panel
from service.reports.progress import share_point

BLOCK = 28
BLOCKS = 13
NOTE = (
    "Four weeks by four weeks: of the points that comments had raised with an author before, or raised then, how "
    "many the team's tickets got right from the start. The band is where the true share lies 19 times out of 20. "
    "Four weeks in which fewer than five people wrote are a gap."
)
COLUMNS = ("Four weeks from", "Right from the start", "Of so many", "%", "People")


@dataclass(frozen=True, slots=True)
class Case:
    """A point on a ticket: right from the start, or told. `person` is "" where they are forgotten."""

    project: str
    person: str
    right: bool
    at: float


@dataclass(slots=True)
class Sum:
    """What some projects come to in one block."""

    right: int = 0
    cases: int = 0
    people: set[str] = field(default_factory=set)

    @property
    def tellable(self) -> bool:
        """Whether nobody in it can be made out."""
        return len(self.people) >= ENOUGH_PEOPLE


Block = Mapping[str, Sum]
"""What each project comes to in one block."""


def block_of(at: float) -> int:
    """The first day of the four weeks that a time belongs to: a Monday."""
    week = week_of(at)
    return week - (week - week_of(0.0)) % BLOCK


def since(now: float) -> int:
    """The first day of the blocks that are told at a time: those that are over, of a year at most."""
    return block_of(now) - BLOCKS * BLOCK


def team_panels(cases: Iterable[Case], teams: Mapping[str, Collection[str]], now: float) -> dict[str, Panel]:
    """The curve of each team that may be shown, by its name; `teams` are sets of projects."""
    blocks = _blocks(cases, now)
    told = {day: tellable(teams, block) for day, block in blocks.items()}
    return {
        name: _panel(
            name, [(day, _summed(block, teams[name])) for day, block in blocks.items() if name in told[day]]
        )
        for name in teams
        if any(name in shown for shown in told.values())
    }


def _blocks(cases: Iterable[Case], now: float) -> dict[int, dict[str, Sum]]:
    """Block by block, the oldest first, what each project comes to."""
    blocks: defaultdict[int, defaultdict[str, Sum]] = defaultdict(lambda: defaultdict(Sum))
    for case in cases:
        day = block_of(case.at)
        if since(now) <= day < block_of(now):
            one = blocks[day][case.project]
            one.right += case.right
            one.cases += 1
            if case.person:
                one.people.add(case.person)
    return {day: dict(blocks[day]) for day in sorted(blocks)}


def tellable(teams: Mapping[str, Collection[str]], block: Block) -> list[str]:
    """Which teams may be shown beside each other; of two that may not, the one that is named first."""
    shown: list[str] = []
    for name in teams:
        together = [*shown, name]
        if any(project in block for project in teams[name]) and all(
            part.tellable for part in _parts({one: teams[one] for one in together}, block)
        ):
            shown = together
    return shown


def _parts(teams: Mapping[str, Collection[str]], block: Block) -> list[Sum]:
    """What these teams cut each other into: projects that are in the very same ones of them."""
    parts: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for project in block:
        inside = frozenset(name for name, projects in teams.items() if project in projects)
        if inside:
            parts[inside].append(project)
    return [_summed(block, projects) for projects in parts.values()]


def _summed(block: Block, projects: Collection[str]) -> Sum:
    found = [one for project, one in block.items() if project in projects]
    people = set[str]().union(*(one.people for one in found))
    return Sum(sum(one.right for one in found), sum(one.cases for one in found), people)


def _panel(name: str, sums: Sequence[tuple[int, Sum]]) -> Panel:
    points, rows, segment = [], [], 0
    for number, (day, one) in enumerate(sums):
        segment += number > 0 and day - sums[number - 1][0] > BLOCK
        points.append(share_point(day, one.right, one.cases, segment))
        share = round(100 * one.right / one.cases)
        rows.append((as_date(day).isoformat(), one.right, one.cases, share, len(one.people)))
    return Panel(
        "team",
        name,
        _sentence(sums),
        NOTE,
        "share",
        COLUMNS,
        rows,
        points,
        "Right from the start, %",
        counted="Points",
    )


def _sentence(sums: Sequence[tuple[int, Sum]]) -> str:
    (first, then), (last, now) = sums[0], sums[-1]
    said = f"{_percent(now)} right from the start in the four weeks from {_day(last)}"
    return f"{said}." if first == last else f"{said}; {_percent(then)} in those from {_day(first)}."


def _percent(one: Sum) -> str:
    return f"{100 * one.right / one.cases:.0f} %"


def _day(day: int) -> str:
    when = as_date(day)
    return f"{when.day} {when:%B %Y}"
