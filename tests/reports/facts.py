"""Facts made by hand, for what is drawn and said."""

from collections import Counter
from datetime import date

from service.reports.facts import Facts
from service.reports.figures import Histogram
from service.reports.history import Measure
from service.reports.recounting import pack
from service.reports.selection import Selection

TODAY = date(2026, 11, 26)
RULES = {1: "no-acceptance-criteria", 2: "vague-time", 3: "no-role"}
TITLES = {"no-acceptance-criteria": "No acceptance criteria", "vague-time": "A time nobody can set a clock by"}


def histogram(values):
    return Histogram.of([pack(Counter(values), {})]) if values else Histogram.of([])


def facts(before=None, period="13", **weeks):
    """`weeks`: by measure, a list for each week from the first, each of numbers, or (rulebook, numbers), or None."""
    selection = Selection(TODAY, period=period)
    series = {}
    for name, told in weeks.items():
        cells = {}
        for n, numbers in enumerate(told):
            rulebook, values = numbers if isinstance(numbers, tuple) else ("a", numbers)
            if values:
                cells[selection.first + 7 * n, rulebook] = histogram(values)
        series[Measure[name.upper()]] = cells
    former = {Measure[name.upper()]: histogram(values) for name, values in (before or {}).items()}
    return Facts(selection, series, former, RULES)
