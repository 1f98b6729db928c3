"""A real timekeeper whose timetable holds, beside the real jobs, some that tests can see or suffer from."""

import os
import sys
import time

from service import housekeeping
from service.engine import schedule, timekeeper
from service.metrics import COMMENTS


def count(_store, _settings):
    COMMENTS.add(action="counted by the clock")
    return housekeeping.DAY


def hang(_store, _settings):
    time.sleep(600)


def die(_store, _settings):
    os._exit(9)


def tell_what_is_loaded(_store, settings):
    (settings.data_dir / "loaded").write_text("\n".join(sys.modules), encoding="utf-8")
    return housekeeping.DAY


OURS = {"count": count, "hang": hang, "die": die, "tell what is loaded": tell_what_is_loaded}
JOBS = {**housekeeping.JOBS, **OURS}


def keep_time(settings, pipe):
    """The real timekeeper, but for what it has to do."""
    schedule.JOBS = JOBS
    timekeeper.keep_time(settings, pipe)
