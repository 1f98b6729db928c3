"""The charts of tickets' texts: points, a sentence that says what they show, and the table behind them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.reports import words
from service.reports.days import as_date
from service.reports.facts import Facts, Series
from service.reports.figures import Histogram, interval
from service.reports.history import NO_GAIN, NOT_EDITED, NOT_YET, Measure

MOST_RULES = 10
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart. `kind` names its specification, `points` are its data; an empty one says in `sentence` why.

    `counted` is what the small columns beneath a line count. `links` say for each row which tickets are behind it,
    by fields of an address; none, or an empty one, leads nowhere.
    """

    id: str
    title: str
    sentence: str
    note: str
    kind: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]] = ()
    points: Sequence[Mapping[str, Any]] = ()
    axis: str = ""
    links: Sequence[Mapping[str, str]] = ()
    changes: Sequence[str] = field(default=())
    counted: str = "Tickets"

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.points

    @property
    def lines(self) -> int:
        """Of a chart with a line for each rule, or the like: how many; else 0."""
        return len({point["what"] for point in self.points if "what" in point})

    def row_of(self, point: Mapping[str, Any]) -> int:
        """The number of the row that a point is drawn from: both begin with the same day, or name."""
        name = point.get("when") or point["what"]
        return next(number for number, row in enumerate(self.rows) if row[0] == name)

    @property
    def grouped(self) -> bool:
        """Whether each line has several marks, told apart by a legend."""
        return any(point.get("group") for point in self.points)


def text_panels(facts: Facts, titles: Mapping[str, str]) -> list[Panel]:
    """The charts of the tickets' own texts; `titles` are the rules' titles by id."""
    return [
        clarity(facts, titles),
        start(facts),
        found(facts, titles),
        hours(facts),
        gain(facts),
        mended(facts, titles),
    ]


def clarity(facts: Facts, titles: Mapping[str, str]) -> Panel:
    """Median clarity over time, with the middle half and how many tickets."""
    by_day = facts.selection.by_day
    series = facts.of(Measure.SCORE_BY_DAY if by_day else Measure.SCORE)
    points, rows = [], []
    for (day, rulebook), histogram, segment in segments(series, 1 if by_day else 7):
        low, middle, high = (histogram.quantile(share) for share in (0.25, 0.5, 0.75))
        when = as_date(day).isoformat()
        tip = f"Median {middle:.0f}, the middle half {low:.0f} to {high:.0f}. {words.tickets(histogram.total)}"
        points.append(point(when, (low, middle, high), tickets=histogram.total, segment=segment, tip=tip))
        rows.append((when, _round(middle), _round(low), _round(high), histogram.total, rulebook[:8]))
    return Panel(
        "clarity",
        "How clear tickets are",
        words.clarity(facts, titles),
        "The line is the median score of the tickets written or edited in that time, the band the middle half of "
        "them, the bars how many. A time without tickets is a gap. The line breaks where the rules changed, as "
        "scores under different rules cannot be compared.",
        "median",
        ("Day" if by_day else "Week of", "Median", "A quarter below", "A quarter above", "Tickets", "Rules"),
        rows,
        points,
        "Clarity, of 100",
        [{"from": str(row[0]), "days": "1" if by_day else "7"} for row in rows],
        _changes(series),
    )


def start(facts: Facts) -> Panel:
    """Share of tickets that were ready when work on them began."""
    return _shares(
        facts.of(Measure.START),
        lambda histogram: histogram.count(1, 1),
        Measure.START,
        id="start",
        title="Ready when work begins",
        sentence=words.start(facts),
        note="Of the tickets on which work began in a week, how many were ready when we first saw them in "
        "progress. The band is where the true share lies 19 times out of 20: it is wide where tickets are few.",
        columns=("Ready", "Work began"),
        axis="Ready, %",
    )


def found(facts: Facts, titles: Mapping[str, str]) -> Panel:
    """What is found most, and how that changed."""
    total, former = facts.tickets, facts.before.get(Measure.SCORE)
    before = facts.named(facts.before[Measure.FOUND]) if Measure.FOUND in facts.before else {}
    points, rows, links = [], [], []
    for rule, times in sorted(facts.by_rule.items(), key=lambda one: (-one[1], one[0]))[:MOST_RULES]:
        now = 100 * times / total
        then = 100 * before.get(rule, 0) / former.total if former and former.total else None
        points.append(_bar(titles.get(rule, rule), now, then, times, total))
        rows.append((titles.get(rule, rule), times, round(now), "" if then is None else round(then)))
        links.append({"rule": rule})
    return Panel(
        "found",
        "What is missed most",
        words.found(facts, titles),
        "The share of tickets in which a rule found something. The upright mark is the same share in the period "
        "before.",
        "bars",
        ("What", "Tickets", "% of tickets", "% before"),
        rows,
        points,
        "% of tickets",
        links,
    )


def hours(facts: Facts) -> Panel:
    """Time from the first comment until the ticket is ready."""
    points, rows = until(facts.of(Measure.HOURS), hours=HOURS_A_DAY, counted="are ready")
    return Panel(
        "hours",
        "From first comment to ready",
        words.hours(facts),
        "By the week of our first comment: the days until the ticket was ready. Tickets that are not ready yet "
        "count as longer than all others; where they are more than half there is no median, and a gap. Tickets of "
        "the last weeks have had less time.",
        "median",
        ("Week of", "Median days", "Ready", "First commented on", "Rules"),
        rows,
        points,
        "Days",
        behind(Measure.HOURS, rows),
    )


def gain(facts: Facts) -> Panel:
    """Share of tickets that were clearer after the comment than before."""
    return _shares(
        facts.of(Measure.GAIN),
        lambda histogram: histogram.count(NO_GAIN + 1, NOT_EDITED - 1),
        Measure.GAIN,
        id="gain",
        title="Clearer after the comment",
        sentence=words.gain(facts),
        note="Of the tickets first commented on in a week, how many score higher by now, under the same rules. "
        "Those of the last weeks have had less time. That they rose after the comment does not prove that they "
        "rose because of it.",
        columns=("Clearer", "First commented on"),
        axis="Clearer, %",
    )


def mended(facts: Facts, titles: Mapping[str, str]) -> Panel:
    """What was mended after the first comment, rule by rule."""
    told, gone = (facts.named(facts.all(measure)) for measure in (Measure.TOLD, Measure.MENDED))
    points, rows, links = [], [], []
    for rule, times in sorted(told.items(), key=lambda one: (-one[1], one[0]))[:MOST_RULES]:
        share = 100 * gone.get(rule, 0) / times
        points.append(_bar(titles.get(rule, rule), share, None, gone.get(rule, 0), times))
        rows.append((titles.get(rule, rule), gone.get(rule, 0), times, round(share)))
        links.append({"rule": rule})
    return Panel(
        "mended",
        "What gets mended",
        words.mended(told, gone, titles),
        "Of the tickets on which a rule had found something when we first commented, in how many it finds nothing "
        "by now. Found is not always said: a comment names at most three points.",
        "bars",
        ("What", "Mended", "Found at first", "% mended"),
        rows,
        points,
        "% mended",
        links,
    )


def until(
    series: Series, *, hours: int, counted: str, name: Callable[[int], str] = words.tickets
) -> tuple[list[dict[str, Any]], list[tuple[object, ...]]]:
    """Points and rows of how long something took, in units of so many hours; `counted` says what then was so."""
    points: list[dict[str, Any]] = []
    rows: list[tuple[object, ...]] = []
    known = {key: histogram for key, histogram in series.items() if _in(hours, histogram.median) is not None}
    lines = {key: segment for key, _, segment in segments(known, 7)}
    unit = "days" if hours == HOURS_A_DAY else "hours"
    for (day, rulebook), histogram in series.items():
        low, middle, high = (_in(hours, histogram.quantile(share)) for share in (0.25, 0.5, 0.75))
        when, done = as_date(day).isoformat(), histogram.count(0, NOT_YET - 1)
        rows.append((when, words.NOT_YET if middle is None else middle, done, histogram.total, rulebook[:8]))
        if middle is not None:
            tip = f"Median {middle:g} {unit}; {done} of {name(histogram.total)} {counted}"
            spread = (low, middle, middle if high is None else high)
            points.append(point(when, spread, tickets=histogram.total, segment=lines[day, rulebook], tip=tip))
    return points, rows


def _shares(
    series: Series,
    count: Callable[[Histogram], int],
    measure: Measure,
    *,
    id: str,  # noqa: A002 (as the panel's own)
    title: str,
    sentence: str,
    note: str,
    columns: tuple[str, str],
    axis: str,
) -> Panel:
    """A chart of shares, week by week, each with the range in which the true one lies."""
    points, rows = [], []
    for (day, rulebook), histogram, segment in segments(series, 7):
        part, whole = count(histogram), histogram.total
        low, high = interval(part, whole)
        when, tip = as_date(day).isoformat(), f"{part} of {words.tickets(whole)}"
        spread = (100 * low, 100 * part / whole, 100 * high)
        points.append(point(when, spread, tickets=whole, segment=segment, tip=tip))
        rows.append((when, part, whole, round(100 * part / whole), rulebook[:8]))
    every = ("Week of", *columns, "%", "Rules")
    return Panel(id, title, sentence, note, "share", every, rows, points, axis, behind(measure, rows))


def behind(measure: Measure, rows: Iterable[Sequence[object]]) -> list[Mapping[str, str]]:
    """What leads to the tickets that a measure counts in the week with which each row begins."""
    return [{"from": str(row[0]), "measure": measure.value} for row in rows]


def segments(series: Series, step: int) -> Iterator[tuple[tuple[int, str], Histogram, int]]:
    """Each point with the number of the line it belongs to: a gap, or other rules, begin another line."""
    former: tuple[int, str] | None = None
    segment = 0
    for (day, rulebook), histogram in _in_turn(series):
        segment += former is not None and (day - former[0] > step or rulebook != former[1])
        former = (day, rulebook)
        yield former, histogram, segment


def _changes(series: Series) -> list[str]:
    """The days on which other rules are first seen."""
    return [as_date(day).isoformat() for day in sorted(_begun(series).values())[1:]]


def _begun(series: Series) -> dict[str, int]:
    """The day on which each rulebook is first seen."""
    return {rulebook: day for day, rulebook in reversed(list(series))}


def _in_turn(series: Series) -> list[tuple[tuple[int, str], Histogram]]:
    """One rulebook after the other, as two may overlap for some days, and in each by day."""
    begun = _begun(series)
    return sorted(series.items(), key=lambda one: (begun[one[0][1]], one[0][1], one[0][0]))


def point(
    when: str, spread: tuple[float | None, float | None, float | None], *, tickets: int, segment: int, tip: str
) -> dict[str, Any]:
    """One point of a line: its day, its middle and band, and how many tickets it is made of."""
    low, middle, high = spread
    told = {"when": when, "middle": middle, "low": low, "high": high, "tickets": tickets, "segment": segment}
    return told | {"tip": f"{date.fromisoformat(when):%d %b %Y}. {tip}"}


def _bar(what: str, now: float, then: float | None, part: int, whole: int) -> dict[str, Any]:
    before = "" if then is None else f"; {then:.0f} % in the period before"
    return {"what": what, "now": now, "then": then, "tip": f"{what}: {part} of {whole} ({now:.0f} %){before}"}


def _in(unit: int, hours_: float | None) -> float | None:
    # Between the last that is ready and one that is not, there is no number in proportion.
    return None if hours_ is None or hours_ > NOT_YET / 100 else round(hours_ / unit, 1)


def _round(number: float | None) -> object:
    return "" if number is None else round(number)
