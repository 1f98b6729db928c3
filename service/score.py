"""Findings → 0–100, and what each finding costs. Pure.

A finding costs its rule's weight; each further finding of the same rule costs half of the one before it.
What one dimension may cost is capped, and so is the whole, at 100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from types import MappingProxyType

from service.verdict import Dimension, Level

REPEAT = 0.5
CAPS: Mapping[Dimension, float] = MappingProxyType(
    {
        Dimension.PURPOSE: 30.0,
        Dimension.BEHAVIOUR: 55.0,
        Dimension.ACCEPTANCE: 45.0,
        Dimension.PRECISION: 30.0,
        Dimension.EVIDENCE: 45.0,
    }
)


@dataclass(frozen=True, slots=True)
class Charge:
    """One finding, as far as the score is concerned. `weight` is in points of 100."""

    rule: str
    dimension: Dimension
    weight: int


@dataclass(frozen=True, slots=True)
class Bill:
    """A score, and for each charge in order: the points it costs, and the gain if it alone were mended.

    100 − Σ points = score. A gain may be less than the points where a cap leaves nothing to win.
    `rule_gains` says, by rule, what mending all charges of that rule together would bring.
    """

    score: int
    points: tuple[int, ...]
    gains: tuple[int, ...]
    rule_gains: Mapping[str, int]


NO_BILL = Bill(100, (), (), MappingProxyType({}))


def bill(charges: Sequence[Charge]) -> Bill:
    """The score of these findings, what each costs, and what mending each would bring."""
    if not charges:
        return NO_BILL
    costs = _costs(charges)
    total = _whole(costs)
    rules: dict[str, int] = defaultdict(int)
    for charge in charges:
        rules[charge.rule] += 1
    by_rule = {rule: total - _whole(_costs(charge for charge in charges if charge.rule != rule)) for rule in rules}
    gains: dict[Charge, int] = {}
    for i, charge in enumerate(charges):
        if rules[charge.rule] == 1:
            gains[charge] = by_rule[charge.rule]
        elif charge not in gains:
            gains[charge] = total - _whole(_costs([*charges[:i], *charges[i + 1 :]]))
    points = tuple(_share(costs, total))
    return Bill(100 - total, points, tuple(gains[charge] for charge in charges), MappingProxyType(by_rule))


def level(score: int, *, ready: int, nearly: int) -> Level:
    """The level of a score, by the lowest scores of the levels."""
    if score >= ready:
        return Level.READY
    return Level.NEARLY if score >= nearly else Level.UNCLEAR


def _costs(charges: Iterable[Charge]) -> list[float]:
    seen: dict[str, int] = defaultdict(int)
    raw: list[tuple[Dimension, float]] = []
    for charge in charges:
        raw.append((charge.dimension, charge.weight * REPEAT ** seen[charge.rule]))
        seen[charge.rule] += 1
    spent: dict[Dimension, float] = defaultdict(float)
    for dimension, cost in raw:
        spent[dimension] += cost
    return [cost * min(1.0, CAPS[dimension] / spent[dimension]) if cost else 0.0 for dimension, cost in raw]


def _whole(costs: Iterable[float]) -> int:
    return min(100, floor(round(sum(costs), 6) + 0.5))


def _share(costs: list[float], total: int) -> list[int]:
    """Whole numbers that add up to `total`, by largest remainder; the earlier finding wins a tie."""
    scale = total / sum(costs) if total else 0.0
    exact = [cost * scale for cost in costs]
    shares = [floor(round(value, 6)) for value in exact]
    by_remainder = sorted(range(len(costs)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares
