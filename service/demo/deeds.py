"""What simulated people did about simulated tickets: they ask, answer, mend, and now and then disagree. Pure."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.demo.simulation import Reading, Simulated
from service.feedback import SHOWN_POINTS
from service.outcomes import Question
from service.reports.days import DAY
from service.response import Response, What
from service.rulebook import Rule
from service.ticket import StatusCategory

READERS = tuple(hashlib.sha256(f"nobody who reads {n}".encode()).hexdigest() for n in range(9))
EXPLICIT, ANSWERED, HOURS = 0.2, 0.9, 14.0
USELESS, USELESS_THERE = 0.02, 0.4
"""How often a point is called not useful; and by the team that cannot do with one of the rules."""
STUBBORN = "PAY"


@dataclass(frozen=True, slots=True)
class Taken:
    """How somebody took a rule, and when."""

    response: Response
    at: float


def questions(one: Simulated, now: float) -> list[Question]:
    """What others asked before the work began: more, where the text was less clear."""
    dice = random.Random(f"questions {one.key}")
    begun = next((read.at for read in one.readings if read.category is not StatusCategory.NEW), now)
    asked = []
    for _ in range(2):
        at = one.created + dice.uniform(0.1, 0.9) * max(DAY, begun - one.created)
        read = next((read for read in reversed(one.readings) if read.at <= at), None)
        if read is not None and at < now and dice.random() < (100 - read.score) / 110:
            answer = at + dice.expovariate(1 / (HOURS * 3600.0)) if dice.random() < ANSWERED else now
            answered = answer if answer < now else None
            asked.append(Question(dice.choice(READERS), at, answered, explicit=dice.random() < EXPLICIT))
    return sorted(asked, key=lambda question: question.asked)


def responses(one: Simulated, unloved: str) -> Iterator[Taken]:
    """What was shown, and what became of it; `unloved` is the rule that one team has no use for."""
    dice = random.Random(f"responses {one.key}")
    shown: dict[str, bool] = {}
    for read in one.readings:
        for rule in [rule for rule, open_ in shown.items() if open_ and rule not in dict(read.rules)]:
            shown[rule] = False
            yield Taken(Response(rule, What.MENDED, one.author), read.at)
        for rule in _new(read, shown):
            shown[rule] = True
            yield Taken(Response(rule, What.SHOWN, one.author), read.at)
            often = USELESS_THERE if (one.project, rule) == (STUBBORN, unloved) else USELESS
            if dice.random() < often:
                yield Taken(Response(rule, What.NOT_USEFUL, dice.choice(READERS)), read.at + 600)


def unaided(one: Simulated, met: Iterable[str], rules: Mapping[str, Rule]) -> Iterator[Taken]:
    """What its author had `met` before, and got right from the start this time."""
    for read in one.readings[:1]:
        found = dict(read.rules)
        for rule in met:
            if rule not in found and one.kind in rules[rule].applies_to:
                yield Taken(Response(rule, What.UNAIDED, one.author), read.at)


def _new(read: Reading, shown: dict[str, bool]) -> Sequence[str]:
    """The rules that a comment names for the first time."""
    named = [rule for rule, _ in read.rules[:SHOWN_POINTS]] if read.said in ("post", "update") else []
    return [rule for rule in named if rule not in shown]
