"""What the charts of what people did show, in one sentence each. Pure. Where there is little, it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.intervals import FEWEST
from service.phrases import authors_have, listed
from service.reports.facts import Facts
from service.reports.figures import NOTHING, interval
from service.reports.history import NOT_YET, Measure
from service.reports.words import FEW, from_to, lower, percent, span, tickets, too_few

MOST_PLACES = 3


def asked(facts: Facts) -> str:
    """How many questions a ticket, and how that moved."""
    total, some = facts.tickets, facts.all(Measure.ASKED)
    if total < FEW:
        return too_few(total, "scored")
    if not some.total:
        return f"Nobody asked a question of these {tickets(total)}."
    often = int((some.numbers * some.times).sum()) / total
    several = " (one edited in several weeks counts in each)" if len(facts.by_week(Measure.SCORE)) > 1 else ""
    share = f"{percent(some.total, total)} of {tickets(total)}{several}"
    return f"People asked {often:.2f} questions a ticket; {share} were asked about{_moved(facts)}."


def _moved(facts: Facts) -> str:
    written, found = facts.by_week(Measure.SCORE), facts.by_week(Measure.ASKED)
    third, days = max(1, len(written) // 3), sorted(written)
    early, late = (
        (sum(found.get(day, NOTHING).total for day in part), sum(written[day].total for day in part))
        for part in (days[:third], days[-third:])
    )
    return from_to(early, late)


def answers(facts: Facts) -> str:
    """How soon questions are answered."""
    every = facts.all(Measure.ANSWER)
    if every.total < FEW:
        return _few(every.total, "question was asked", "questions were asked")
    unanswered = every.total - every.count(0, NOT_YET - 1)
    rest = (
        f"{unanswered} {'is' if unanswered == 1 else 'are'} not answered yet"
        if unanswered
        else "none is left open"
    )
    middle = every.median
    if middle is None or middle > NOT_YET / 100:
        return f"Of {every.total:,} questions more than half are not answered yet."
    return f"Half of {every.total:,} questions were answered within {span(max(1.0, middle))}; {rest}."


def questions(number: int) -> str:
    """So many questions."""
    return "1 question" if number == 1 else f"{number:,} questions"


def flags(facts: Facts) -> str:
    """How often tickets were called unclear, and how much of it is settled."""
    every = facts.all(Measure.FLAG)
    if not every.total:
        return "Nobody called a ticket unclear by “/unclear” in this time."
    settled = every.count(0, NOT_YET - 1)
    some = f"{settled} of them {'is' if settled == 1 else 'are'} settled"
    rest = "all of it is settled" if settled == every.total else some
    often = 100 * every.total / facts.tickets if facts.tickets else 0.0
    return f"{flagged(every.total)} by “/unclear”, {often:.1f} in a hundred tickets; {rest}."


def flagged(number: int) -> str:
    """So often called unclear."""
    return "Once called unclear" if number == 1 else f"{number} times called unclear"


def precision(facts: Facts, titles: Mapping[str, str]) -> str:
    """Which rule is called not useful most, for how sure that is, and which are silent."""
    shown, useless = (facts.named(facts.all(measure)) for measure in (Measure.SHOWN, Measure.USELESS))
    often = {rule: useless.get(rule, 0) / cases for rule, cases in shown.items() if cases >= FEW}
    silence = _silence(facts, titles)
    if not often:
        return f"No rule was named on {FEW} tickets or more: too few to say more. {silence}"
    worst = max(often, key=lambda rule: (often[rule], rule))
    if not useless.get(worst):
        return f"Nobody called a rule not useful that was named on {FEW} tickets or more. {silence}"
    low, high = interval(useless[worst], shown[worst])
    share = f"on {percent(useless[worst], shown[worst])} of {tickets(shown[worst])}"
    return (
        f"Called not useful most: {lower(titles.get(worst, worst))}, {share} "
        f"(between {100 * low:.0f} % and {100 * high:.0f} %). {silence}"
    )


def _silence(facts: Facts, titles: Mapping[str, str]) -> str:
    rules = sorted({rule for _, rule in facts.silent})
    if not rules:
        return "No rule is silent."
    told = [f"{lower(titles.get(rule, rule))} in {places(facts.silent, rule)}" for rule in rules]
    return f"Silent: {listed(told, most=MOST_PLACES)}."


def places(silent: Sequence[tuple[str, str]], rule: str) -> str:
    """In which projects a rule is silent."""
    return listed([project or "no project" for project, one in silent if one == rule], most=MOST_PLACES)


def coaching(authors: int, gain: float, low: float, high: float) -> str:
    """What authors gained, and how sure that is."""
    how = "higher" if gain >= 0 else "lower"
    chance = "; that may be chance" if low <= 0 <= high else ""
    return (
        f"{authors} authors score {abs(gain):.1f} points {how} on tickets written since we speak in their project "
        f"than on those before (between {low:+.1f} and {high:+.1f}{chance})."
    )


def few_authors(authors: int) -> str:
    """That too few wrote before and after, and what would help."""
    return (
        f"{authors_have(authors)} tickets from before and after our first word in their project, under the same "
        f"rules; {FEWEST} are needed. Choose a longer period; a few quiet weeks before we speak give them "
        "(quiet = true)."
    )


def _few(total: int, one: str, more: str) -> str:
    if not total:
        return f"No {one} in this time."
    return f"Only {total} {one if total == 1 else more} in this time: too few to say more."
