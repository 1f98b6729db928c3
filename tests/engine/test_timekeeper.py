"""What is due by the clock is done in a process of its own, in both engines."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from service import housekeeping
from service.engine import clock, pool, seat
from service.engine.child import BEHIND_THE_WEB
from service.engine.choosing import engine_for
from service.engine.distributed import DistributedEngine
from service.engine.messages import Ready, Stop, Wake
from service.settings import Settings
from service.store.chores import hasten_chore, take_chore
from service.store.counters import totals
from service.store.dialect import now
from service.store.schema import chore
from tests.durability.running import Service
from tests.engine import real_timekeeper, workers
from tests.needs import ROOT
from tests.store.conftest import KEY

SPAWN = multiprocessing.get_context("spawn")
DAY = 86_400.0
COUNTED = ("clarity_comments", (("action", "counted by the clock"),))


def until(true, what, seconds=30):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)
    return found


def hasten(store, name, when=0.0):
    with store.writing() as connection:
        hasten_chore(connection, name, when)


def held(store, name):
    """Whether somebody is at a job, or died at it."""
    with store.reading() as connection:
        return connection.execute(select(chore.c.lease_until > now()).where(chore.c.name == name)).scalar_one()


def counted(store):
    with store.reading() as connection:
        return totals(connection).get(COUNTED, 0.0)


def counts(store, times):
    return until(lambda: counted(store) == times, f"counted {times} times")


@pytest.fixture
def settings(url, tmp_path):
    return Settings(url, tmp_path, secret_key=KEY, workers=1)


@pytest.fixture
def later(store):
    """None of the jobs is due yet."""
    for name in real_timekeeper.JOBS:
        hasten(store, name, DAY)


@pytest.fixture
def started(settings, store, later):
    """A function that starts the process, as an engine does; the end of its pipe is its `pipe`."""
    running = []

    def start():
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=real_timekeeper.keep_time, args=(settings, theirs), daemon=True)
        process.start()
        theirs.close()
        process.pipe = ours
        running.append(process)
        assert ours.poll(30)
        assert isinstance(ours.recv(), Ready)
        return process

    yield start
    for process in running:
        process.pipe.close()
        process.join(10)
        process.kill()


def end(process):
    process.join(20)
    return process.exitcode


def test_it_stands_behind_the_web_process(started):
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, started().pid) == min(ours + BEHIND_THE_WEB, 19)


def test_it_looks_at_the_timetable_when_woken_and_what_it_counts_reaches_the_database(started, store):
    process = started()
    for times in (1.0, 2.0):
        hasten(store, "count")
        process.pipe.send(Wake())
        counts(store, times)


def test_what_it_counted_last_is_kept_when_it_is_told_to_end(started, store):
    process = started()
    hasten(store, "count")
    process.pipe.send(Wake())
    until(lambda: not_due(store, "count"), "done")
    process.pipe.send(Stop())
    assert end(process) == 0
    assert counted(store) == 1.0


def not_due(store, name):
    with store.reading() as connection:
        done = (chore.c.due > now()) & (chore.c.lease_until == 0)
        return connection.execute(select(done).where(chore.c.name == name)).scalar_one()


def test_it_ends_in_peace_on_a_signal_from_a_service_manager(started):
    process = started()
    process.terminate()
    assert end(process) == 0


def test_it_leaves_ctrl_c_to_who_started_it(started, store):
    process = started()
    os.kill(process.pid, signal.SIGINT)
    hasten(store, "count")
    process.pipe.send(Wake())
    counts(store, 1.0)


def test_it_ends_at_once_when_who_started_it_is_gone_whatever_it_is_at(started, store):
    process = started()
    hasten(store, "hang")
    process.pipe.send(Wake())
    until(lambda: held(store, "hang"), "at it")
    process.pipe.close()
    assert end(process) == 1


def test_what_a_dead_one_held_is_free_where_nobody_else_may_hold_it(started, store):
    for name in ("hang", "tell what is loaded"):
        hasten(store, name)
    with store.writing() as connection:
        assert take_chore(connection, ["hang"])
    started()
    until(lambda: not_due(store, "tell what is loaded"), "done what is due")
    assert held(store, "hang") == store.distributed


def test_it_never_loads_spacy(started, store, settings):
    for name in housekeeping.JOBS:
        hasten(store, name)
    process = started()
    until(lambda: all(not_due(store, name) for name in housekeeping.JOBS), "all done")
    hasten(store, "tell what is loaded")
    process.pipe.send(Wake())
    until(lambda: not_due(store, "tell what is loaded"), "told")
    loaded = (settings.data_dir / "loaded").read_text(encoding="utf-8").split()
    assert "service.reports.recounting" in loaded
    assert "spacy" not in loaded


@pytest.fixture
def engine(settings, store, later, monkeypatch):
    """An engine over either database, with workers that know no rules."""
    monkeypatch.setattr(pool, "work", workers.work)
    monkeypatch.setattr(clock, "keep_time", real_timekeeper.keep_time)
    monkeypatch.setattr(clock, "JOBS", real_timekeeper.JOBS)
    made = engine_for(settings)
    made.start()
    yield made
    made.stop()


def timekeepers():
    return [process for process in multiprocessing.active_children() if process.name == "timekeeper"]


def timekeeper(engine, former=None):
    """The one there is, once it is there. To list or join them while one dies would take its exit code from the seat."""

    def found():
        process = engine._clock._seat._process
        return process if process is not former and process and process.pid else None

    return until(found, "a timekeeper")


def test_an_engine_has_one_and_hastens_its_jobs(engine, store):
    first = timekeeper(engine)
    engine.schedule("count", 0)
    counts(store, 1.0)
    with pytest.raises(KeyError, match="choose one of"):
        engine.schedule("sweep", 0)
    assert [process.pid for process in timekeepers()] == [first.pid]
    assert first.pid != os.getpid()


def test_one_that_is_killed_is_replaced_and_goes_on(engine, store):
    with capture_logs() as logs:
        first = timekeeper(engine)
        first.kill()
        second = timekeeper(engine, first)
        engine.schedule("count", 0)
        counts(store, 1.0)
    assert second.pid != first.pid
    assert [log["exit_code"] for log in logs if log["event"] == "timekeeper died"] == [-signal.SIGKILL]


def test_a_job_that_ends_it_keeps_no_other_from_being_done(engine, store):
    first = timekeeper(engine)
    engine.schedule("die", 0)
    timekeeper(engine, first)
    assert first.exitcode == 9
    engine.schedule("count", 0)
    counts(store, 1.0)
    assert held(store, "die") == store.distributed


def test_a_job_that_hangs_holds_up_no_stop(engine, store, monkeypatch):
    monkeypatch.setattr(seat, "FINISH_SECONDS", 0.5)
    process = timekeeper(engine)
    engine.schedule("hang", 0)
    until(lambda: held(store, "hang"), "at it")
    engine.stop()
    assert not timekeepers()
    assert process.exitcode == -signal.SIGKILL


def test_a_host_that_only_serves_the_web_has_none(postgres_url, tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "work", workers.work)
    engine = DistributedEngine(Settings(postgres_url, tmp_path, secret_key=KEY), reconciles=False)
    engine.start()
    until(lambda: engine.ready, "ready")
    assert {process.name for process in multiprocessing.active_children()} == {"worker"}
    engine.stop()


PARENT = """
import sys, time
from pathlib import Path
from service.engine import clock, pool
from service.engine.choosing import engine_for
from service.settings import Settings
from tests.engine import real_timekeeper, workers
from tests.store.conftest import KEY

if __name__ == "__main__":
    pool.work, clock.keep_time = workers.work, real_timekeeper.keep_time
    engine_for(Settings(sys.argv[1], Path(sys.argv[2]), secret_key=KEY, workers=1)).start()
    time.sleep(600)
"""


def test_when_who_started_it_is_killed_it_is_gone_too(url, store, later, tmp_path):
    hasten(store, "hang")
    program = tmp_path / "parent.py"
    program.write_text(PARENT, encoding="utf-8")
    command = [sys.executable, program, url, tmp_path]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE) as parent:
        try:
            until(lambda: held(store, "hang"), "at it")
        finally:
            parent.kill()
        assert parent.stdout.read() == b""  # whoever is left would keep it open


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_ends_all_of_it_in_peace(tmp_path, number):
    service = Service(tmp_path, SECRET_KEY=KEY)
    service.start()
    try:
        service.wait_ready()
        os.killpg(service.process.pid, number)
        assert service.process.wait(60) == 0
    finally:
        service.kill()
    told = service.log.read_text(encoding="utf-8")
    assert "did not end in time" not in told
    assert "Traceback" not in told
