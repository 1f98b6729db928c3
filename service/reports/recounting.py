"""Weeks in which something changed are counted anew, from the reviews as they stand.

Reading and counting hold nobody up; what came of it is written only if the week has not changed since. So each
review counts once, however often its week is counted, and a recount that was cut off is done again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from service.reports.history import Cell, Comment, Read, counted
from service.store import Store
from service.store.trends import Row, Week, histories, known_rules, number_rules, put, stale_weeks

TOGETHER = 8

Counts = dict[str, dict[Cell, Counter[int | str]]]


def recount(store: Store, most: int = TOGETHER) -> int:
    """Count up to `most` weeks anew; how many waited, up to that number. Raises StoreUnavailable."""
    with store.reading() as connection:
        weeks = stale_weeks(connection, most)
        counts = count(histories(connection, weeks), weeks) if weeks else {}
        numbers = known_rules(connection)
    told = {key for cells in counts.values() for cell in cells.values() for key in cell if isinstance(key, str)}
    with store.writing() as connection:
        if not told <= numbers.keys():
            numbers = number_rules(connection, told)
        for week in sorted(weeks, key=lambda one: one.place):
            put(connection, week, rows(counts.get(week.project, {}), numbers))
    return len(weeks)


def count(told: Iterable[tuple[Sequence[Read], Comment | None]], weeks: Sequence[Week]) -> Counts:
    """What tickets add to these weeks, by project."""
    wanted = {(week.project, day) for week in weeks for day in range(week.week, week.week + 7)}
    counts: Counts = defaultdict(lambda: defaultdict(Counter))
    for reads, first in told:
        for cell, key in counted(reads, first):
            if (cell.project, cell.day) in wanted:
                counts[cell.project][cell][key] += 1
    return counts


def rows(cells: dict[Cell, Counter[int | str]], numbers: dict[str, int]) -> list[Row]:
    """The cells as they are kept."""
    return [
        Row(cell.measure, cell.day, cell.kind, cell.rulebook, pack(found, numbers))
        for cell, found in cells.items()
    ]


def pack(found: Counter[int | str], numbers: dict[str, int]) -> bytes:
    """Pairs of a number and how often it occurs, each 32 bits, in order."""
    pairs = sorted((numbers[key] if isinstance(key, str) else key, times) for key, times in found.items())
    return np.array(pairs, dtype="<u4").tobytes()
