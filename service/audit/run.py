"""Entries → worker processes → what was judged, in order. At most a few batches are in hand at any time."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice

from service.audit import judging
from service.audit.sources import Entry
from service.audit.tally import Judged
from service.settings import Settings

BATCH = 32
AHEAD = 3
"""Batches in hand for each process."""


@contextmanager
def judges(settings: Settings, processes: int) -> Iterator[ProcessPoolExecutor]:
    """So many worker processes, each with the model loaded."""
    spawn = multiprocessing.get_context("spawn")  # a forked parser may hold a lock of its parent's for ever
    pool = ProcessPoolExecutor(processes, spawn, judging.begin, (settings,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def judged(pool: ProcessPoolExecutor, entries: Iterable[Entry], processes: int) -> Iterator[tuple[Entry, Judged]]:
    """Each entry with its judgement. The source is read only as far ahead as keeps the processes busy."""
    rest = iter(entries)
    waiting: deque[tuple[list[Entry], Future[list[Judged]]]] = deque()
    while True:
        while len(waiting) < processes * AHEAD and (batch := list(islice(rest, BATCH))):
            waiting.append((batch, pool.submit(judging.judge, batch)))
        if not waiting:
            return
        batch, answer = waiting.popleft()
        yield from zip(batch, answer.result(), strict=True)
