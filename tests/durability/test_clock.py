"""The clock that chaos moves: it moves the time of day, and nothing else."""

import json
import os
import subprocess
import sys
import time

import pytest

from tests.durability.hosts import Clock
from tests.needs import need

WAIT_FOR_THE_INTERPRETER = """
import json, threading, time
began = time.time()
holder = threading.Thread(target=lambda: sum(range(20_000_000)))
holder.start()
spent = time.thread_time()
while holder.is_alive():
    holder.join(0.001)
print(json.dumps({"now": began, "waiting": time.thread_time() - spent, "all": time.process_time()}))
"""


@pytest.mark.parametrize("hours", [0, -5, 5])
def test_a_thread_that_waits_for_another_sleeps(tmp_path, hours):
    need(Clock.movable, "libfaketime")
    clock = Clock(tmp_path, "hosts")
    clock.set(hours * 3600)
    told = subprocess.run(
        [sys.executable, "-c", WAIT_FOR_THE_INTERPRETER],
        env=os.environ | clock.environ,
        capture_output=True,
        check=True,
    )
    seen = json.loads(told.stdout)
    assert round((seen["now"] - time.time()) / 3600) == hours
    assert seen["waiting"] < seen["all"] / 10
