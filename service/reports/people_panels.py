"""The charts of what people did: what they asked, how they took what we said, and what that changed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import mean
from typing import Any

from service.intervals import FEWEST, of_mean
from service.reports import people_words as words
from service.reports.days import as_date
from service.reports.facts import Facts
from service.reports.figures import NOTHING, Histogram, Z, interval
from service.reports.history import NOT_YET, Measure
from service.reports.panels import MOST_RULES, Panel, behind, point, segments, until
from service.reports.words import tickets

HELPED, USELESS = "Mended", "Not useful"
BEFORE, AFTER = "Before we spoke", "Since then"


def people_panels(facts: Facts, titles: Mapping[str, str]) -> list[Panel]:
    """Every chart of what people did; `titles` are the rules' titles by id."""
    return [precision(facts, titles), asked(facts), answers(facts), flags(facts), coaching(facts)]


def asked(facts: Facts) -> Panel:
    """Questions asked of each ticket."""
    written, found = facts.by_week(Measure.SCORE), facts.by_week(Measure.ASKED)
    points, rows, links = [], [], []
    weekly = {(day, ""): histogram for day, histogram in written.items()} if found else {}
    for (day, _), histogram, segment in segments(weekly, 7):
        some = found.get(day, NOTHING)
        total, when = histogram.total, as_date(day).isoformat()
        low, middle, high = _mean(some, total)
        tip = f"{middle:.2f} questions a ticket; {some.total} of {tickets(total)} were asked about"
        points.append(point(when, (low, middle, high), tickets=total, segment=segment, tip=tip))
        rows.append((when, _sum(some), total, f"{middle:.2f}", some.total, round(100 * some.total / total)))
        links.append({"from": when, "days": "7"})
    return Panel(
        "asked",
        "Questions people had to ask",
        words.asked(facts),
        "Of the tickets written or edited in a week: the clarifying questions that others asked of each, in a "
        "comment before the work began or by “/unclear”. The band is where the true mean lies 19 times out of "
        "20. Tickets of the last weeks have had less time to be asked about.",
        "median",
        ("Week of", "Questions", "Tickets", "Questions a ticket", "Tickets asked about", "% asked about"),
        rows,
        points,
        "Questions a ticket",
        links,
    )


def _sum(histogram: Histogram) -> int:
    return int((histogram.numbers * histogram.times).sum())


def _mean(some: Histogram, total: int) -> tuple[float, float, float]:
    """The mean over all tickets, those without a question among them, and its bounds."""
    middle = _sum(some) / total
    square = float((some.numbers**2 * some.times).sum()) / total
    spread = Z * sqrt(max(0.0, square - middle**2) / total)
    return max(0.0, middle - spread), middle, middle + spread


def answers(facts: Facts) -> Panel:
    """Time from a question to its answer."""
    series = {(day, ""): histogram for day, histogram in facts.by_week(Measure.ANSWER).items()}
    points, rows = until(series, hours=1, counted="are answered", name=words.questions)
    return Panel(
        "answers",
        "Time to an answer",
        words.answers(facts),
        "By the week in which the ticket was written: the hours from a question until the author answered it, "
        "by a reply or an edit. Questions without an answer count as longer than all others; where they are "
        "more than half there is no median, and a gap.",
        "median",
        ("Week of", "Median hours", "Answered", "Questions"),
        [row[:4] for row in rows],
        points,
        "Hours",
        behind(Measure.ANSWER, rows),
        counted="Questions",
    )


def flags(facts: Facts) -> Panel:
    """Tickets called unclear, and whether that was settled."""
    raised, written = facts.by_week(Measure.FLAG), facts.by_week(Measure.SCORE)
    points, rows = [], []
    for day in sorted({*raised, *written}) if raised else ():
        every = raised.get(day, NOTHING)
        settled, when = every.count(0, NOT_YET - 1), as_date(day).isoformat()
        total = written.get(day, NOTHING).total
        said = f"{words.flagged(every.total)}, {settled} settled. {tickets(total).capitalize()}"
        tip = f"{as_date(day):%d %b %Y}. {said}"
        points.append({"when": when, "raised": every.total, "settled": settled, "tip": tip})
        rows.append((when, every.total, settled, total))
    return Panel(
        "flags",
        "Called unclear",
        words.flags(facts),
        "How often somebody wrote “/unclear” on a ticket, by the week in which its text was written. The filled"
        " part of a column is settled: the author answered by a reply or an edit.",
        "counts",
        ("Week of", "Called unclear", "Settled", "Tickets"),
        rows,
        points,
        "Times",
        [link if row[1] else {} for link, row in zip(behind(Measure.FLAG, rows), rows, strict=True)],
    )


def precision(facts: Facts, titles: Mapping[str, str]) -> Panel:
    """How people take each rule: mended, or called not useful; and where it is silent."""
    shown, helped, useless = (
        facts.named(facts.all(measure)) for measure in (Measure.SHOWN, Measure.HELPED, Measure.USELESS)
    )
    points: list[Mapping[str, Any]] = []
    rows, links = [], []
    for rule, cases in sorted(shown.items(), key=lambda one: (-one[1], one[0]))[:MOST_RULES]:
        title, cells = titles.get(rule, rule), []
        for group, part in ((HELPED, helped.get(rule, 0)), (USELESS, useless.get(rule, 0))):
            low, high = (100 * bound for bound in interval(part, cases))
            share = 100 * part / cases
            tip = f"{title}. {group}: {part} of {cases} ({share:.0f} %), between {low:.0f} % and {high:.0f} %"
            points.append(_range(title, group, (low, share, high), tip))
            cells += [part, round(share), f"{low:.0f}–{high:.0f}"]
        links.append({"rule": rule})
        rows.append((title, cases, *cells, words.places(facts.silent, rule)))
    return Panel(
        "precision",
        "How people take the rules",
        words.precision(facts, titles),
        "Of the tickets on which a comment named a rule: on how many it was mended since and nobody called it "
        "not useful, and on how many somebody did. The lines are where the true share lies 19 times out of 20. "
        "A rule that is surely called not useful on more than one in ten tickets of a project falls silent "
        "there until somebody reviews it.",
        "ranges",
        (
            "Rule",
            "Named on",
            "Mended",
            "%",
            "Between, %",
            "Not useful",
            "% not useful",
            "Between, % ",
            "Silent in",
        ),
        rows,
        points,
        "% of tickets",
        links,
    )


def coaching(facts: Facts) -> Panel:
    """What authors score since we speak in their project, and before."""
    authors = _by_author(facts)
    if len(authors) < FEWEST:
        return _coaching(words.few_authors(len(authors)), (), ())
    before, after = (of_mean([one[side] for one in authors]) for side in (0, 1))
    change = of_mean([one[1] - one[0] for one in authors])
    points = [
        _range(name, "", (max(0.0, low), middle, min(100.0, high)), f"{name}: {_within(middle, low, high)}")
        for name, (middle, low, high) in ((BEFORE, before), (AFTER, after))
    ]
    rows = [
        (name, len(authors), *(f"{bound:.1f}" for bound in bounds))
        for name, bounds in ((BEFORE, before), (AFTER, after), ("Change of each author", change))
    ]
    return _coaching(words.coaching(len(authors), *change), rows, points)


def _coaching(sentence: str, rows: Sequence[Sequence[object]], points: Sequence[Mapping[str, Any]]) -> Panel:
    return Panel(
        "coaching",
        "Before and after coaching",
        sentence,
        "The score of each author's tickets when they were first read, from before the first comment in a project "
        "and after it, in the chosen time and under the same rules; only of authors who were shown a point. Each "
        "author counts once, whoever writes more. Without others to compare with, not all of the change need be "
        "our doing.",
        "ranges",
        ("Authors' tickets", "Authors", "Mean score", "From", "To"),
        rows,
        points,
        "Clarity, of 100",
    )


def _by_author(facts: Facts) -> list[tuple[float, float]]:
    """The mean before and after of each author who has both under the same rules: others give other scores."""
    former, latter = facts.by_rulebook(Measure.FORMER), facts.by_rulebook(Measure.LATTER)
    own: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for rulebook in sorted(former.keys() & latter.keys()):
        before, after = (_means(one[rulebook]) for one in (former, latter))
        for author in before.keys() & after.keys() & facts.coached:
            own[author].append((before[author], after[author]))
    return [(mean(b for b, _ in told), mean(a for _, a in told)) for _, told in sorted(own.items())]


def _means(histogram: Histogram) -> Mapping[int, float]:
    """Each author's mean score; kept as how many and what they come to (see service.reports.people)."""
    told = histogram.as_dict()
    return {number // 2: told.get(number + 1, 0) / times for number, times in told.items() if number % 2 == 0}


def _within(middle: float, low: float, high: float) -> str:
    return f"{middle:.1f}, between {low:.1f} and {high:.1f}"


def _range(what: str, group: str, spread: tuple[float, float, float], tip: str) -> dict[str, Any]:
    low, middle, high = spread
    return {"what": what, "group": group, "low": low, "middle": middle, "high": high, "tip": tip}
