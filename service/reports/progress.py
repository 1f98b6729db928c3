"""A person's own progress: a sentence, a small chart and a table, for that person alone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from service.coaching import Curve, Depth, Step, curves, to_try
from service.phrases import listed
from service.reports import words
from service.reports.days import as_date, week_of
from service.reports.figures import interval
from service.reports.panels import Panel
from service.response import What

NAMED = 3
NOTHING_YET = "No comment has pointed at anything in your tickets yet, so there is nothing to learn from here."
NOTE = (
    "Week by week: of the points that you were told of, before or then, how many your tickets got right from the "
    "start. The band is where the true share lies 19 times out of 20: it is wide where tickets are few."
)
COLUMNS = ("Point", "Told", "Mended", "Right in a row", "Next time")
_NEXT = {
    Depth.EXPLAIN: "explained in full",
    Depth.BRIEF: "told in one line",
    Depth.COUNT: "only named: you know it",
}


def progress(steps: Sequence[Step], titles: Mapping[str, str]) -> Panel:
    """What these steps of one person (the oldest first) come to; `titles` are the rules' titles by id."""
    known = curves((step.rule, step.what) for step in steps)
    met = {rule: curve for rule, curve in known.items() if curve.shown}
    rows = [_row(titles.get(rule, rule), curve) for rule, curve in sorted(met.items(), key=_most_told)]
    return Panel(
        "progress",
        "What you get right from the start",
        _sentence(met, to_try(steps), titles),
        NOTE,
        "share",
        COLUMNS,
        rows,
        shares(steps, week_of, step=7) if met else (),
        "Right from the start, %",
        counted="Points",
    )


def shares(steps: Iterable[Step], period: Callable[[float], int], *, step: int) -> list[dict[str, Any]]:
    """The points of a curve: per period (its first day) the share of cases that were right from the start.

    `step` is how many days a period has: one left out is a gap.
    """
    right, told = Counter[int](), Counter[int]()
    for one in steps:
        right[period(one.at)] += one.what is What.UNAIDED
        told[period(one.at)] += one.what is What.SHOWN
    points: list[dict[str, Any]] = []
    former, segment = None, 0
    for day in sorted(day for day in {*right, *told} if right[day] + told[day]):
        segment += former is not None and day - former > step
        former = day
        points.append(share_point(day, right[day], right[day] + told[day], segment))
    return points


def share_point(day: int, part: int, whole: int, segment: int) -> dict[str, Any]:
    """One point of a curve, with the range in which the true share lies."""
    low, high = interval(part, whole)
    when = as_date(day)
    tip = f"{when:%d %b %Y}. {part} of {whole} right from the start"
    spread = {"low": 100 * low, "middle": 100 * part / whole, "high": 100 * high}
    return {"when": when.isoformat(), "tickets": whole, "segment": segment, "tip": tip, **spread}


def _most_told(one: tuple[str, Curve]) -> tuple[int, str]:
    rule, curve = one
    return -curve.shown, rule


def _row(title: str, curve: Curve) -> tuple[object, ...]:
    told = "slipped again: explained in full" if curve.relapsed else _NEXT[curve.depth()]
    return title, curve.shown, curve.steps.count(What.MENDED), curve.unaided, told


def _sentence(met: Mapping[str, Curve], next_: str, titles: Mapping[str, str]) -> str:
    if not met:
        return NOTHING_YET
    known = [f"“{words.lower(titles.get(rule, rule))}”" for rule, curve in met.items() if curve.mastered]
    points = "one point" if len(met) == 1 else f"{words.number(len(met))} points"
    said = f"Comments told you of {points}"
    if known:
        said += f", and {words.number(len(known))} you now get right from the start ({listed(known, most=NAMED)})"
    if next_:
        said += f". One thing to try: “{words.lower(titles.get(next_, next_))}”"
    return f"{said}."
