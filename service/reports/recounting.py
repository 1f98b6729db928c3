"""Weeks in which something changed are counted anew, from the reviews as they stand.

Reading and counting hold nobody up; what came of it is written each week by itself, as others wait to write. Where
a week changed since, or its recount was cut off, it is counted again: each review counts once, however often that
happens. The sums over all kinds and all projects are kept too: most pages need no more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from service.reports.figures import Histogram
from service.reports.history import Cell, Comment, Read, counted
from service.reports.people import NOTHING, Added, Deeds, added
from service.store import Store
from service.store.coached import beginnings
from service.store.people import deeds, keep_silent, silent_now
from service.store.stale import ANY, Week, stale_total, stale_weeks
from service.store.trends import Put, Row, histories, known_rules, number_rules, parts, put

TOGETHER = 8

Histories = Mapping[int, tuple[list[Read], Comment | None]]
Counts = dict[str, dict[Cell, Counter[int | str]]]


def recount(store: Store, most: int = TOGETHER) -> int:
    """Count up to `most` weeks anew, then a site's week as a whole; with how many of them this is done.

    Those in which something changed meanwhile are still to be counted: while people work, one often is. Raises
    StoreUnavailable.
    """
    put_so = _recount_projects(store, most)
    done = sum(one is not Put.PASSING for one in put_so)
    return done + _recount_total(store) if done == len(put_so) < most else done


def _recount_projects(store: Store, most: int) -> list[Put]:
    with store.reading() as connection:
        weeks = stale_weeks(connection, most)
        told = histories(connection, weeks) if weeks else {}
        people, began = deeds(connection, told), beginnings(connection)
        silent = silent_now(connection, (week.project for week in weeks))
        numbers = known_rules(connection)
    counts = count(_added(told, people, began), weeks)
    named = {key for cells in counts.values() for cell in cells.values() for key in cell if isinstance(key, str)}
    if not named <= numbers.keys():
        with store.writing() as connection:
            numbers = number_rules(connection, named)
    return [_put(store, week, rows(counts.get(week.project, {}), numbers), silent[week.project]) for week in weeks]


def _put(store: Store, week: Week, found: list[Row], silent: Collection[str]) -> Put:
    with store.writing() as connection:
        if so := put(connection, week, found):
            keep_silent(connection, week.project, silent)
    return so


def _added(told: Histories, people: Mapping[int, Deeds], began: Mapping[str, float]) -> Iterator[Added]:
    for one, (reads, first) in told.items():
        for cell, key in counted(reads, first):
            yield cell, key, 1
        yield from added(reads, people.get(one, NOTHING), began)


def _recount_total(store: Store) -> int:
    with store.reading() as connection:
        week = stale_total(connection)
        told = parts(connection, week) if week else {}
    if week is None:
        return 0
    found = [Row(*cell, pairs=Histogram.of(packed).packed) for cell, packed in told.items()]
    with store.writing() as connection:
        return int(put(connection, week, found) is not Put.PASSING)


def count(told: Iterable[Added], weeks: Sequence[Week]) -> Counts:
    """What tickets add to these weeks, by project."""
    wanted = {(week.project, day) for week in weeks for day in range(week.week, week.week + 7)}
    counts: Counts = defaultdict(lambda: defaultdict(Counter))
    for cell, key, amount in told:
        if (cell.project, cell.day) in wanted:
            counts[cell.project][cell][key] += amount
    return counts


def rows(cells: dict[Cell, Counter[int | str]], numbers: dict[str, int]) -> list[Row]:
    """The cells as they are kept, and those of all kinds together."""
    every: dict[Cell, Counter[int | str]] = defaultdict(Counter)
    for cell, found in cells.items():
        every[replace(cell, kind=ANY)].update(found)
    return [
        Row(cell.measure, cell.day, cell.kind, cell.rulebook, pack(found, numbers))
        for cell, found in (cells | every).items()
    ]


def pack(found: Counter[int | str], numbers: dict[str, int]) -> bytes:
    """Pairs of a number and how often it occurs, each 32 bits, in order."""
    pairs = sorted((numbers[key] if isinstance(key, str) else key, times) for key, times in found.items())
    return np.array(pairs, dtype="<u4").tobytes()
