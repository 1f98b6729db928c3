"""How long a webhook waits to be accepted while weeks are counted anew by another process, and for how long that
process keeps others from writing. In turns: a second with nobody counting, a second with somebody who never rests.
"""

import contextlib
import multiprocessing
import statistics
import time
import uuid
from pathlib import Path

from service.inbox import Inbox
from service.reports.days import week_of
from service.reports.recounting import recount
from service.settings import Settings
from service.store import Store
from service.store.stale import Week, mark_weeks
from service.ticket import Saved, TicketRef
from service.trackers.base import Received
from tests.bench.million import PROJECTS

PAUSE = 0.01
HELD = ("wall", "work")


class Timed(Store):
    """A store that notes how long each of its writing transactions lasts: seconds, and of it CPU time."""

    def __init__(self, *given):
        super().__init__(*given)
        self.held = []

    @contextlib.contextmanager
    def writing(self):
        with super().writing() as connection:
            began = time.perf_counter(), time.process_time()
            yield connection
        ended = time.perf_counter(), time.process_time()
        self.held.append([end - begin for begin, end in zip(began, ended, strict=True)])


def counting(url, key, weeks, goes, ends, told):
    """Count these weeks anew, again and again while `goes` is set, until `ends` is."""
    store = Timed(url, key)
    recount(store)
    told.put("ready")
    while not ends.is_set():
        if goes.wait(0.05) and not recount(store):
            with Store(url, key).writing() as connection:
                mark_weeks(connection, weeks)
    while recount(store):
        pass
    told.put(store.held)
    store.close()


def measured(store, key, rounds):
    """Milliseconds by name, as lists: to accept alone, to accept beside, and each transaction of who counts."""
    week = week_of(time.time()) - 28
    weeks = [Week("jira", "default", f"P{n}", week, 1) for n in range(PROJECTS) if n % 5 and n % 3]
    spawn = multiprocessing.get_context("spawn")
    goes, ends, told = spawn.Event(), spawn.Event(), spawn.Queue()
    child = spawn.Process(target=counting, args=(str(store.url), key, weeks, goes, ends, told))
    child.start()
    told.get()
    inbox = Inbox(store, Settings("", Path(), debounce_seconds=1e9, max_wait_seconds=1e9))
    taken = {"alone": [], "beside": []}
    for turn in range(2 * rounds):
        name = ("alone", "beside")[turn % 2]
        (goes.set if turn % 2 else goes.clear)()
        time.sleep(0.3)
        taken[name] += accepted(inbox, 1.0)
    ends.set()
    held = told.get()
    child.join()
    inbox.stop()
    return taken | {name: [1000 * one[n] for one in held] for n, name in enumerate(HELD)}


def accepted(inbox, seconds):
    """Milliseconds that each delivery took to be accepted, a hundred a second."""
    end, taken = time.perf_counter() + seconds, []
    while (began := time.perf_counter()) < end:
        name = uuid.uuid4().hex
        inbox.accept("jira", "default", Received(name, (Saved(TicketRef("jira", "default", name, "P1-0")),)))
        taken.append(1000 * (time.perf_counter() - began))
        time.sleep(PAUSE)
    return taken


def show(figures):
    """A line each: the median, the 99th of a hundred, and the worst."""
    names = {
        "alone": "to accept a webhook, nobody counting",
        "beside": "to accept a webhook, a process counting",
        "wall": "a transaction of who counts",
        "work": "of it work",
    }
    for key, name in names.items():
        cuts = statistics.quantiles(figures[key], n=100, method="inclusive")
        print(f"{name:<42} median {cuts[49]:6.1f} ms   p99 {cuts[98]:6.1f} ms   worst {max(figures[key]):6.1f} ms")
