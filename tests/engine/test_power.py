"""The power fails: on SQLite what was committed since the disk was last flushed may be gone, the tracker is not."""

import copy
import shutil
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from service.store import Store
from tests.engine.conftest import World
from tests.engine.test_reconcile import CLEAR, VAGUE
from tests.store.conftest import KEY

TICKETS = {"vague": VAGUE, "clear": CLEAR, "too": VAGUE}


class Watched(Store):
    """Keeps what may be on the disk whenever the tracker may have changed: each commit since the last durable one."""

    tracker = None

    def watch(self, tracker, folder):
        self.tracker, self.folder, self.numbers, self.moments = tracker, folder, count(), []
        self._keep(durable=True)

    @contextmanager
    def unwatched(self):
        """What happens meanwhile is on the disk at its end."""
        tracker, self.tracker = self.tracker, None
        yield
        self.tracker = tracker
        self._keep(durable=True)

    @contextmanager
    def writing(self, *, durable=True):
        self._look()
        with super().writing(durable=durable) as connection:
            yield connection
        self._keep(durable=durable)

    def _keep(self, *, durable):
        if self.tracker:
            copied = self.folder / f"{next(self.numbers)}.db"
            copy_database(self.url.database, copied)
            self.possible = (*(() if durable else self.possible), copied)
            self._look()

    def _look(self):
        if self.tracker:
            self.moments.append((copy.deepcopy(self.tracker), self.possible))


def copy_database(source, target):
    for end in ("", "-wal"):
        if Path(f"{source}{end}").exists():
            shutil.copy(f"{source}{end}", f"{target}{end}")


@pytest.fixture
def watched(sqlite_url, tmp_path):
    store = Watched(sqlite_url, KEY)
    store.migrate()
    world = World(store, sqlite_url)
    for name, text in TICKETS.items():
        world.save(name, text)
    store.watch(world.tracker, tmp_path)
    yield world
    world.inbox.stop()
    store.close()


def after(moment, folder, number):
    """The world as the power comes back: the tracker of a moment, and each database that there may be then."""
    tracker, possible = moment
    for one, copied in enumerate(possible):
        place = folder / f"again-{number}-{one}.db"
        copy_database(copied, place)
        world = World(Store(f"sqlite:///{place}", KEY), f"sqlite:///{place}")
        world.tracker, world.deliveries = copy.deepcopy(tracker), 100
        yield world
        world.inbox.stop()
        world.store.close()


def wanted(name, snapshot):
    """How many comments: one that was posted stays when the text is mended, and goes when the ticket is done."""
    mended = name == "vague"
    return int((mended or snapshot.ticket.description.content == VAGUE) and snapshot.status_category != "done")


def test_at_rest_each_ticket_has_one_comment_whenever_it_fails(watched, tmp_path):
    while watched.reconciler.run(8, lambda: False):
        pass
    with watched.store.unwatched():
        watched.save("vague", CLEAR)
        watched.save("clear", VAGUE)
        watched.tracker.status("too", "done")
        watched.save("too")
    watched.work()
    assert {name: len(watched.tracker.ours(name)) for name in TICKETS} == {"vague": 1, "clear": 1, "too": 0}
    seen = 0
    for number, moment in enumerate(watched.store.moments):
        for world in after(moment, tmp_path, number):
            world.settle()
            for name in TICKETS:
                told = (number, name, world.decisions())
                row, ours = world.row(name), world.tracker.ours(name)
                assert ours == ([row.comment_id] if row.comment_state == "posted" else []), told
                assert len(ours) == wanted(name, world.tracker.snapshots[name]), told
                assert row.generation == row.done_generation, told
            world.tracker.status("too", "new")
            world.save("too", f"{VAGUE} Very fast.")
            world.settle()
            assert len(world.tracker.ours("too")) == 1, number  # who deleted our comment were we, if anybody
            seen += 1
    assert seen > len(watched.store.moments)  # some of it could have been lost
