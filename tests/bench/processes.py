"""What takes whole processes: starting, memory over many tickets, two workers, and the command line."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench import tickets
from tests.needs import ROOT

TIMES = 5
SCORED = 300
ENVIRON = {"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
WORKER = [sys.executable, "-m", "tests.bench.worker"]
CHECK = [sys.executable, "-c", "from service.cli import main; main()", "check", "--format", "jsonl"]


def parts(many):
    """Figures by name, some at a time as they are known."""
    yield _workers()
    yield _memory(many)
    yield _command(many)


def _workers():
    """A worker's start, and what two at once get done beside one, in turns."""
    ready, starts, held, by_wall, by_cost = [], [], [], [], []
    for turn in range(TIMES):
        alone, both = _scored(1, turn), _scored(2, turn)
        for found in alone + both:
            ready.append(found["ready"])
            starts.append(found["started"])
            held.append(found["held at first"])
        by_wall.append(2 * alone[0]["wall"] / max(found["wall"] for found in both))
        by_cost.append(2 * alone[0]["cost"] / max(found["cost"] for found in both))
    return {
        "a worker is ready, s of CPU": ready,
        "a worker is ready, s wall": starts,
        "a worker, MB when ready": held,
        "two workers, × one": by_wall,
        "two workers, × one, by CPU time": by_cost,
    }


def _scored(processes, turn):
    began = perf_counter()
    workers = [_worker(f"workers {turn}", SCORED) for _ in range(processes)]
    found = []
    for worker in workers:
        told = json.loads(worker.stdout.readline())
        found.append({"ready": told["ready"], "held at first": told["held"], "started": perf_counter() - began})
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [told | json.loads(worker.communicate()[0]) for told, worker in zip(found, workers, strict=True)]


def _worker(seed, count):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([*WORKER, seed, str(count)], cwd=ROOT, env=ENVIRON, **pipes)


def _memory(many):
    """Over many tickets, each with identifiers that never come again; held after each tenth of them."""
    out = json.loads(_worker("memory", many).communicate("go\n")[0].splitlines()[-1])
    return {
        "a worker, MB over many tickets": out["held"],
        "a worker, MB it grew by after the first tenth": [out["held"][-1] - out["held"][0]],
        "scored one by one, ms a ticket": [out["cost"] / many * 1000],
    }


def _command(many):
    with tempfile.TemporaryDirectory() as folder:
        files = {count: Path(folder) / f"{count}.jsonl" for count in (1, many)}
        for count, path in files.items():
            lines = (json.dumps(tickets.as_json(number, "lines")) for number in range(count))
            path.write_text("\n".join(lines), encoding="utf-8")
        single = [_checked(files[1], 1) for _ in range(TIMES)]
        wall, cost = _checked(files[many], many)
    start = median(cost for _, cost in single)
    return {
        "check of one file, s of CPU": [cost for _, cost in single],
        "check of one file, s wall": [wall for wall, _ in single],
        "check of many lines, ms a ticket": [(cost - start) / many * 1000],
        "check of many lines, s wall": [wall],
    }


def _checked(path, count):
    began, before = perf_counter(), children_cost()
    done = subprocess.run([*CHECK, str(path)], cwd=ROOT, env=ENVIRON, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == count
    return perf_counter() - began, children_cost() - before


def children_cost():
    """Seconds of CPU that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
