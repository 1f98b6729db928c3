"""make bench: how fast tickets are read, beside spaCy's own pipeline on the same texts in the same run.

Everything is measured in turns, a slice of tickets each, so that whatever else the machine does slows all alike;
times are CPU time unless they are called wall. No slice is measured twice by one pipeline: what is remembered is what
a worker would remember. With CLARITY_SHARED the tickets are those of the evaluation data that are of real length.
"""

import argparse
import json
import os
import platform
import sys
from itertools import chain
from pathlib import Path
from statistics import median

from tests.bench import peers, processes, reading, tickets

AIMS = {
    "end to end, × stock": (">=", 2.0),
    "all but NLP, ms a ticket": ("<=", 0.9),
    "an edited ticket, × cheaper": (">=", 4.0),
    "two workers, × one": (">=", 1.7),
    "a worker is ready, s of CPU": ("<=", 2.0),
    "a worker, MB when ready": ("<=", 320),
    "a worker, MB it grew by after the first tenth": ("<=", 20),
    "check of one file, s of CPU": ("<=", 1.5),
}


def main():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--tickets", type=int, default=150, help="tickets a slice, where there are so many")
    parser.add_argument("--rounds", type=int, default=5, help="slices, after one to warm up")
    parser.add_argument("--many", type=int, default=10_000, help="tickets for memory and for a long file")
    parser.add_argument("--json", type=Path, help="where the figures go as well")
    given = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1" or "OPENBLAS_CORETYPE" in os.environ:
        sys.exit("Run it with OPENBLAS_NUM_THREADS=1 and without OPENBLAS_CORETYPE, as a worker is: make bench")
    source, found = tickets.real_or_made(given.tickets * (given.rounds + 1))
    size = len(found) // (given.rounds + 1)
    slices = [found[at : at + size] for at in range(0, size * (given.rounds + 1), size)]
    print(f"{given.rounds} slices of {size} {source} tickets. All of it takes some ten minutes.", flush=True)
    figures = {}
    for part in chain([reading.measured(slices)], processes.parts(given.many), peers.parts(slices[1])):
        show(part)
        figures |= part
    if given.json:
        about = {"tickets": source, "slices": [len(one) for one in slices], "python": platform.python_version()}
        given.json.write_text(json.dumps(about | {"figures": figures}, indent=1) + "\n", encoding="utf-8")


def show(figures):
    for name, values in figures.items():
        if isinstance(values, str):
            print(f"{name:<46} {values}", flush=True)
            continue
        sign, aim = AIMS.get(name, ("", None))
        met = "" if aim is None else f"   aim {sign} {aim:g}: {_met(median(values), sign, aim)}"
        spread = f"{min(values):.2f} – {max(values):.2f}" if len(values) > 1 else ""
        print(f"{name:<46} {median(values):9.2f}   {spread:<20}{met}", flush=True)


def _met(value, sign, aim):
    return "met" if (value >= aim if sign == ">=" else value <= aim) else "MISSED"


if __name__ == "__main__":
    main()
