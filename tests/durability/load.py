"""How fast it is, as ratios measured in one run: `python -m tests.durability.load`. Prints each row when it is known.

accept   inbox.accept against bare single-row durable inserts on the same database: one thread of either, eight
         against the single commits of one, and eight of either, where PostgreSQL makes bare inserts share commits too
webhook  signed webhooks over loopback at a fixed rate: p99 while one worker scores, against p99 while none does
tickets  tickets a second from due to done, with two workers against one, while nothing else runs

Other work on the machine shows in the figures, and so does what a virtual machine's host does besides, as stalls of
milliseconds: how busy the machine was and how long it stood still is told at the end, and kept by `--json`.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.durability.answering import webhooks
from tests.durability.pace import Database, accepts, tickets
from tests.postgres import Postgres

TURNS, WEBHOOK_TURNS = 5, 8
ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Row:
    """What a ratio is of, what it should be, and what was counted for it on either side."""

    engine: str
    what: str
    aim: str
    ratio: float
    measured: float
    against: float
    unit: str

    def __str__(self):
        parts = f"{self.measured:g}{self.unit} ÷ {self.against:g}{self.unit}"
        return f"{self.engine:<11} {self.what:<33} {self.ratio:>6.2f}   aim {self.aim:<6} {parts}"


class Measuring:
    """The rows of one engine, one after the other. `say` hears what is being done."""

    def __init__(self, engine, folder, server, plan, say):
        self.engine, self.folder, self.server, self.plan, self.say = engine, folder, server, plan, say

    def rows(self):
        yield self.accepting(1, 1, "≥ 0.5")
        yield self.accepting(8, 1, "> 1")
        yield self.accepting(8, 8, "none")
        yield self.answering()
        yield self.working()

    def accepting(self, threads, bare_threads, aim):
        turns = self.plan.rounds * TURNS
        what = f"accept × {threads} ÷ bare insert × {bare_threads}"
        self.say(f"{self.engine}: {what}, in threads, by turns, {turns} each")
        bare, ours, ratio = accepts(self._fresh(), threads, bare_threads, turns)
        return Row(self.engine, what, aim, round(ratio, 2), round(ours), round(bare), "/s")

    def answering(self):
        turns = self.plan.rounds * WEBHOOK_TURNS
        self.say(
            f"{self.engine}: webhooks at {self.plan.rate:g} a second, idle and scoring by turns, {turns} each"
        )
        quiet, busy = webhooks(self._fresh(), self.folder, self.plan.rate, turns)
        parts = (round(busy * 1000, 1), round(quiet * 1000, 1))
        return Row(self.engine, "webhook p99, scoring ÷ idle", "≤ 2", round(busy / quiet, 2), *parts, " ms")

    def working(self):
        pairs = []
        for number in range(self.plan.rounds):
            told = f"{self.plan.tickets} tickets with one worker and with two, {number + 1} of {self.plan.rounds}"
            self.say(f"{self.engine}: {told}")
            pairs.append([tickets(self._fresh(), self.folder, n, self.plan.tickets) for n in (1, 2)])
        one, two = (round(statistics.median(side), 1) for side in zip(*pairs, strict=True))
        ratio = statistics.median(two / one for one, two in pairs)
        return Row(self.engine, "tickets/s, 2 workers ÷ 1", "≥ 1.7", round(ratio, 2), two, one, "/s")

    def _fresh(self):
        return Database(self.engine, self.folder, self.server)


def measured(engine, plan, say):
    """The rows of an engine, each as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="clarity-load-") as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(Postgres(durable=True)) if engine == "postgresql" else None
        yield from Measuring(engine, folder, server, plan, say).rows()


@dataclass(frozen=True)
class Clock:
    """How long the processors were at work since the machine started, and how long its host did not let them be."""

    worked: int
    stolen: int

    @classmethod
    def read(cls, path=Path("/proc/stat")):
        """None where nobody tells, as elsewhere than on Linux."""
        try:
            user, nice, system, _, _, irq, softirq, stolen = map(int, path.read_text().split()[1:9])
        except (OSError, ValueError):
            return None
        return cls(user + nice + system + irq + softirq, stolen)


def stolen(before, after):
    """The share of the time in which there was work that went to others on the same host; None where unknown."""
    if before is None or after is None:
        return None
    taken = after.stolen - before.stolen
    return round(taken / max(after.worked - before.worked + taken, 1), 4)


def told(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default="both")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=50.0, help="webhooks a second")
    parser.add_argument("--tickets", type=int, default=800)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser.parse_args(arguments)


def main(arguments=None, measured=measured):
    plan = told(arguments)
    engines = ENGINES if plan.engine == "both" else (plan.engine,)
    began, rows = time.monotonic(), []

    def say(what):
        print(f"  {time.monotonic() - began:4.0f} s  {what}", file=sys.stderr, flush=True)

    busy, before = [round(one, 2) for one in os.getloadavg()], Clock.read()
    say(
        f"5 rows for each of {', '.join(engines)}: some 5 minutes an engine; {busy[0]:g} processes run beside this"
    )
    for engine in engines:
        for row in measured(engine, plan, say):
            rows.append(row)
            print(row, flush=True)
            if plan.json:
                kept = {"load_average": busy, "cores": os.cpu_count(), "stolen": stolen(before, Clock.read())}
                kept["rows"] = [vars(one) for one in rows]
                plan.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if (share := stolen(before, Clock.read())) is not None:
        say(f"this machine's host took {share:.1%} of the time in which there was work")


if __name__ == "__main__":
    main()
