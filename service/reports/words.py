"""What a chart shows, in one sentence. Pure. Where the tickets are few, it says so and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.reports.days import as_date
from service.reports.facts import Facts, Series
from service.reports.figures import Histogram, interval
from service.reports.history import NO_GAIN, NOT_EDITED, Measure
from service.reports.history import NOT_YET as LATER

FEW = 20
STEADY = 3
NOT_YET = "not yet"


def tickets(number: int) -> str:
    """So many tickets."""
    return "1 ticket" if number == 1 else f"{number:,} tickets"


def clarity(facts: Facts, titles: Mapping[str, str]) -> str:
    """How the median moved since the rules last changed, and what is found most."""
    series = facts.of(Measure.SCORE)
    total = facts.tickets
    if total < FEW:
        return too_few(total, "scored")
    begun = {rules: day for day, rules in reversed(list(series))}
    rulebook = max(begun, key=lambda rules: (begun[rules], rules))
    same = {day: histogram for (day, rules), histogram in series.items() if rules == rulebook}
    changed = f"The rules changed in the week of {_day(min(same))}; since then " if _changed(series) else ""
    moved = _moved(list(same.values()), len(same))
    said = f"{changed}{moved}" if changed else moved[0].upper() + moved[1:]
    by_rule = facts.by_rule
    most = max(by_rule, key=lambda rule: (by_rule[rule], rule), default="")
    return f"{said}; what is missed most: {lower(titles.get(most, most))}." if most else f"{said}."


def _moved(parts: Sequence[Histogram], weeks: int) -> str:
    whole = Histogram.joined(parts)
    third = max(1, weeks // 3)
    early, late = Histogram.joined(parts[:third]), Histogram.joined(parts[-third:])
    if weeks < 3 or min(early.total, late.total) < FEW // 2:
        return f"median clarity is {whole.median:.0f} of 100, over {tickets(whole.total)}"
    before, after = early.median or 0.0, late.median or 0.0
    if abs(after - before) < STEADY:
        return f"median clarity stayed at about {after:.0f} of 100 over {number(weeks)} weeks"
    how = "rose" if after > before else "fell"
    return f"median clarity {how} from {before:.0f} to {after:.0f} in {number(weeks)} weeks"


def start(facts: Facts) -> str:
    """The share that was ready, and how it moved."""
    series = facts.of(Measure.START)
    every = facts.all(Measure.START)
    if every.total < FEW:
        return too_few(every.total, "begun")
    parts = list(series.values())
    third = max(1, len(parts) // 3)
    early, late = Histogram.joined(parts[:third]), Histogram.joined(parts[-third:])
    ready = every.count(1, 1)
    said = f"Of {tickets(every.total)} on which work began, {percent(ready, every.total)} were ready"
    return f"{said}{from_to((early.count(1, 1), early.total), (late.count(1, 1), late.total))}."


def from_to(early: tuple[int, int], late: tuple[int, int]) -> str:
    """Whether one share, as part and whole, differs from another by more than chance would make it."""
    low, high = interval(*early), interval(*late)
    if low[1] < high[0]:
        return f"; that rose from {percent(*early)} to {percent(*late)}"
    if high[1] < low[0]:
        return f"; that fell from {percent(*early)} to {percent(*late)}"
    return "; that did not change by more than chance explains"


def found(facts: Facts, titles: Mapping[str, str]) -> str:
    """The rule that finds most, and the one that changed most."""
    if facts.tickets < FEW:
        return too_few(facts.tickets, "scored")
    by_rule = facts.by_rule
    if not by_rule:
        return "No rule found anything."
    most = max(by_rule, key=lambda rule: (by_rule[rule], rule))
    share = percent(by_rule[most], facts.tickets)
    said = f"{titles.get(most, most)}: in {share} of tickets, more often than anything else"
    return said + _changed_most(facts, titles) + "."


def _changed_most(facts: Facts, titles: Mapping[str, str]) -> str:
    former = facts.before.get(Measure.SCORE)
    if former is None or former.total < FEW or Measure.FOUND not in facts.before:
        return ""
    then, now = facts.named(facts.before[Measure.FOUND]), facts.by_rule
    shift = {rule: now.get(rule, 0) / facts.tickets - then.get(rule, 0) / former.total for rule in {*then, *now}}
    rule = max(shift, key=lambda one: (abs(shift[one]), one))
    if abs(shift[rule]) < STEADY / 100:
        return "; nothing changed by more than three in a hundred"
    how = "more" if shift[rule] > 0 else "less"
    share = percent(then.get(rule, 0), former.total), percent(now.get(rule, 0), facts.tickets)
    return f"; what changed most: {lower(titles.get(rule, rule))}, {how} often ({share[0]} before, {share[1]} now)"


def hours(facts: Facts) -> str:
    """How long it takes until half are ready."""
    every = facts.all(Measure.HOURS)
    if every.total < FEW:
        return too_few(every.total, "commented on")
    ready, middle = every.count(0, LATER - 1), every.median
    said = f"{percent(ready, every.total)} of {tickets(every.total)} became ready after our first comment"
    if middle is None or middle > LATER / 100:
        return f"{said}; more than half are not ready yet."
    return f"{said}; half of all within {span(middle)}."


def gain(facts: Facts) -> str:
    """How many were edited, and how much clearer they got."""
    every = facts.all(Measure.GAIN)
    if every.total < FEW:
        return too_few(every.total, "commented on")
    within = every.numbers < NOT_EDITED
    edited = Histogram(every.numbers[within] - NO_GAIN, every.times[within])
    better = every.count(NO_GAIN + 1, NOT_EDITED - 1)
    low, high = interval(better, every.total)
    said = (
        f"{percent(better, every.total)} of {tickets(every.total)} are clearer since our first comment "
        f"(between {low:.0%} and {high:.0%}, allowing for chance)".replace("%", " %").replace("  %", " %")
    )
    middle = edited.median
    return said + (f"; those that were edited gained {middle:.0f} points (median)." if middle is not None else ".")


def mended(told: Mapping[str, int], gone: Mapping[str, int], titles: Mapping[str, str]) -> str:
    """What is mended most and least, of what was found often enough to say."""
    often = {rule: gone.get(rule, 0) / times for rule, times in told.items() if times >= FEW}
    if len(often) < 2:
        return f"No two rules found something in {FEW} or more of the tickets we commented on: too few to compare."
    best, worst = (choose(often, key=lambda rule: (often[rule], rule)) for choose in (max, min))
    return (
        f"Mended most: {lower(titles.get(best, best))} ({percent(gone.get(best, 0), told[best])}). "
        f"Mended least: {lower(titles.get(worst, worst))} ({percent(gone.get(worst, 0), told[worst])})."
    )


def number(count: int) -> str:
    """A small number in words."""
    small = "no one two three four five six seven eight nine ten eleven twelve thirteen".split()
    return small[count] if count < len(small) else str(count)


def too_few(total: int, what: str) -> str:
    """That too few tickets were so."""
    if not total:
        return f"No ticket was {what} in this time."
    return f"Only {tickets(total)} {'was' if total == 1 else 'were'} {what} in this time: too few to say more."


def _changed(series: Series) -> bool:
    return len({rulebook for _, rulebook in series}) > 1


def percent(part: int, whole: int) -> str:
    """A share, such as 12 %."""
    return f"{100 * part / whole:.0f} %"


def span(hours_: float) -> str:
    """A time in hours, or in days from two on."""
    days = hours_ / 24
    if days < 2:
        return f"{hours_:.0f} {'hour' if round(hours_) == 1 else 'hours'}"
    return f"{days:.0f} days"


def _day(day: int) -> str:
    when = as_date(day)
    return f"{when.day} {when:%B}"


def lower(title: str) -> str:
    """A title within a sentence."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title
