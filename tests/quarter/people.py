"""The hidden truth: what each author gets wrong and how they learn, and what makes engineers ask."""

import random
from dataclasses import dataclass, field
from enum import StrEnum

from service.coaching import Depth
from tests.quarter import texts

SLIPS_WHERE_WEAK, SLIPS_ELSEWHERE = 0.65, 0.04
WEAK_POINTS = 4
PROJECTS = ("GATE", "SHOP", "FARM", "ROAD", "WARD", "BOOK", "HOUR", "TOWN")
QUIET = frozenset({"FARM", "TOWN"})
TROUBLING = (texts.NO_CRITERIA, texts.UNTESTABLE, texts.QUALITY)
"""Engineers ask because of these, and things come back; of the others they do not care, whatever we think."""
NOISY_PROJECT, NOISY = "GATE", texts.OPEN_LIST
"""There people find this rule of no use: their lists are open for good reason."""
USELESS_THERE, USELESS_ELSEWHERE = 0.5, 0.02

WANTS_LEFT_OUT = 0.10
"""How often a lead, and as often an engineer who may not, wants a point left out on a ticket."""
SHARES, THINKS_BETTER_OF_IT = 0.7, 0.25


class Learns(StrEnum):
    FAST = "fast"
    SLOWLY = "slowly"
    NEVER = "never"


LEFT = {
    (Learns.FAST, Depth.EXPLAIN): 0.2,
    (Learns.FAST, Depth.BRIEF): 0.6,
    (Learns.SLOWLY, Depth.EXPLAIN): 0.7,
    (Learns.SLOWLY, Depth.BRIEF): 0.9,
}
"""What is left of the chance to slip, once somebody has read so much about it."""
MENDS = {Learns.FAST: 0.85, Learns.SLOWLY: 0.6, Learns.NEVER: 0.4}
KINDS = (Learns.FAST, Learns.NEVER, Learns.FAST, Learns.SLOWLY, Learns.FAST)


class Dice:
    """Each throw has a name, so that one throw more elsewhere changes none of the others."""

    def __init__(self, seed):
        self._seed = seed

    def of(self, *name):
        return random.Random(" ".join(map(str, (self._seed, *name))))

    def chance(self, *name):
        return self.of(*name).random()


@dataclass
class Author:
    """One who writes tickets. `slips` is the chance of each fault, by rule."""

    id: str
    project: str
    learns: Learns
    slips: dict = field(default_factory=dict)
    opts_out: bool = False
    weak: tuple = ()
    shares: bool = False

    def read(self, rule, depth):
        self.slips[rule] *= LEFT.get((self.learns, depth), 1.0)

    def relapse(self):
        """After a long holiday all are worse than ever, whether we speak to them or not."""
        self.slips |= dict.fromkeys(self.weak, 0.9)


def authors(dice, count):
    """Five or so in each project: of five, three learn fast, one slowly and one never. One of all opts out."""
    projects = PROJECTS[: max(3, count // 5)]
    return [_author(dice, number, projects[number % len(projects)], count) for number in range(count)]


def _author(dice, number, project, count):
    rules = [fault.rule for fault in texts.FAULTS]
    weak = tuple(dice.of("weak", number).sample(rules, WEAK_POINTS))
    if project == NOISY_PROJECT and NOISY.rule not in weak:
        weak = (NOISY.rule, *weak[1:])
    slips = {rule: SLIPS_WHERE_WEAK if rule in weak else SLIPS_ELSEWHERE for rule in rules}
    return Author(
        f"author-{number}", project, KINDS[number * 5 // count], slips, number == 0, weak, number % 2 == 1
    )


def asks(dice, ticket, faults):
    """Whether an engineer who reads a ticket with these faults has to ask."""
    return dice.chance("asks", ticket) < _risk(0.10, faults)


def comes_back(dice, ticket, faults):
    """Whether a ticket begun with these faults is opened again once it is done."""
    return dice.chance("comes back", ticket) < _risk(0.03, faults)


def _risk(base, faults):
    odds = base / (1 - base) * 5.0 ** sum(fault in TROUBLING for fault in faults)
    return odds / (1 + odds)
