"""The process that does what is due by the clock, beside the web and the workers. It never loads spaCy."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from service.counting import Counting
from service.engine import child
from service.engine.messages import Ready, Stop
from service.engine.schedule import Schedule
from service.settings import Settings
from service.store import Store


def keep_time(settings: Settings, pipe: Connection) -> None:
    """Run until told to stop, or until the process that started us is gone."""
    child.settle(settings)
    store = Store.of(settings)
    schedule = Schedule(store, settings, _sweeper(store))
    # A service manager may signal every process: the job under way is finished all the same.
    signal.signal(signal.SIGTERM, lambda *_: schedule.stop())
    threading.Thread(target=_listen, args=(pipe, schedule), name="listener", daemon=True).start()
    child.say(pipe, Ready())
    with Counting(store):
        schedule.run()
    store.close()


def _sweeper(store: Store) -> Callable[[], None] | None:
    if not store.distributed:
        return None
    from service.engine.jobs import sweep  # noqa: PLC0415 (not needed with SQLite)

    return lambda: sweep(store)


def _listen(pipe: Connection, schedule: Schedule) -> None:
    while True:
        if isinstance(child.hear(pipe), Stop):
            schedule.stop()
        else:
            schedule.wake()
