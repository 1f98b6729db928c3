"""How much to explain to an author, by what they have met before. Pure.

The first times a rule is explained, with what would pass; later one line is enough. Who has mastered it, and slips
once, is not told again in words: the point is only counted. A second slip is a relapse, and is explained again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from service.response import What

EXPLAINED = 2
"""Tickets on which a rule is explained before one line is enough."""
MASTERED = 3
"""Tickets in a row that passed from the start, after which an author has mastered a rule."""
LATELY = 30
"""Findings that tell what an author may learn next."""


class Depth(StrEnum):
    """How much a comment says about a point."""

    EXPLAIN = "explain"
    BRIEF = "brief"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Step:
    """What an author met of one rule, once: SHOWN, MENDED or UNAIDED; `at` is in seconds since the epoch."""

    rule: str
    what: What
    at: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What one author met of one rule, the oldest first: SHOWN and then perhaps MENDED, or UNAIDED."""

    steps: tuple[What, ...] = ()

    @property
    def shown(self) -> int:
        """On how many tickets it was found."""
        return self.steps.count(What.SHOWN)

    @property
    def unaided(self) -> int:
        """How many tickets in a row have passed from the start since it was last found."""
        run = 0
        for step in reversed(self.steps):
            if step is What.SHOWN:
                break
            run += step is What.UNAIDED
        return run

    @property
    def mastered(self) -> bool:
        """Whether the author does it right without being told."""
        return bool(self.shown) and self.unaided >= MASTERED

    @property
    def relapsed(self) -> bool:
        """Whether it was found on the last ticket, though the author had mastered it before."""
        steps = [step for step in self.steps if step is not What.MENDED]
        return bool(steps) and steps[-1] is What.SHOWN and Curve(tuple(steps[:-1])).mastered

    def depth(self) -> Depth:
        """How much to say when the rule finds something on the author's next ticket."""
        if self.mastered:
            return Depth.COUNT
        if self.relapsed or self.shown < EXPLAINED:
            return Depth.EXPLAIN
        return Depth.BRIEF


NO_DEPTHS: Mapping[str, Depth] = MappingProxyType({})


def curves(events: Iterable[tuple[str, What]]) -> dict[str, Curve]:
    """Each rule's curve, from an author's (rule, what) in their order."""
    steps: dict[str, list[What]] = {}
    for rule, what in events:
        steps.setdefault(rule, []).append(what)
    return {rule: Curve(tuple(found)) for rule, found in steps.items()}


def depths(known: Mapping[str, Curve]) -> dict[str, Depth]:
    """How much to say about each rule that an author has met; about any other, all of it."""
    return {rule: curve.depth() for rule, curve in known.items()}


def to_try(steps: Sequence[Step]) -> str:
    """The rule to learn next: not mastered, and found most often of late; "" where there is none."""
    known = curves((step.rule, step.what) for step in steps)
    found = [step.rule for step in steps if step.what is What.SHOWN][-LATELY:]
    open_ = [rule for rule in found if not known[rule].mastered]
    return max(open_, key=lambda rule: (open_.count(rule), _last(found, rule), rule), default="")


def _last(found: Sequence[str], rule: str) -> int:
    return max(place for place, one in enumerate(found) if one == rule)
