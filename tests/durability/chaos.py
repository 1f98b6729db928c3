"""Deliveries pour in, and everything fails: `python -m tests.durability.chaos --engine sqlite --deliveries 10000`.

Prints one line of JSON. At rest nothing may be lost, doubled or stale; a double that healed is counted apart.
"""

import argparse
import itertools
import json
import queue
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from service.engine.scoring import Scorer
from service.policy import Policy
from service.settings import JiraSite, Secret, Settings
from service.store import Store, StoreUnavailable
from service.store.schema import delivery, ticket
from service.trackers.jira import JiraTracker
from tests.durability.deliveries import SECRET, accepted, body
from tests.durability.hosts import KEY, installed
from tests.durability.storm import agrees, be_quiet, text
from tests.durability.weather import LEASE, Weather
from tests.fakes.http import Faults
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira

AGES = (0, 0, 0, 0, 0, 0, 0, 1, 3, 12)  # how many hours late a delivery says it is


@dataclass(frozen=True)
class Plan:
    """How much, and how hard. A tenth of the deliveries comes twice, a tenth long after its neighbours."""

    engine: str = "sqlite"
    deliveries: int = 10_000
    seed: int = 1
    tickets: int = 0
    events: int = 0
    rate: float = 50.0
    senders: int = 8
    stopped_for: float = 20.0

    @property
    def issues(self):
        return self.tickets or max(20, self.deliveries // 12)

    @property
    def weather(self):
        return self.events or max(7, self.deliveries // 200)


@dataclass
class Figures:
    """What was found at rest."""

    engine: str
    seed: int
    deliveries: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    stale: int = 0
    transient_doubled: int = 0
    seconds: float = 0.0
    recorded: int = 0
    redelivered: int = 0
    refused: int = 0
    faults: dict = field(default_factory=dict)
    weather: dict = field(default_factory=dict)

    @property
    def well(self):
        return not (self.lost or self.doubled or self.stale)


class Trouble(Faults):
    """Seeded faults of the tracker, counted."""

    def __init__(self, seed):
        super().__init__(
            seed=seed, limited=0.002, broken=0.02, dropped=0.02, stalled=0.004, slow=0.01, latency=0.002, stall=2.5
        )
        self.counts = Counter()

    def draw(self):
        fault = super().draw()
        self.retry_after = self.random.choice(["1", "2", "date"])
        if fault:
            self.counts[fault] += 1
        return fault


class Vendor:
    """Edits tickets and delivers webhooks: signed, doubled, reordered, hours late, until they are accepted."""

    def __init__(self, plan, jira, webs):
        self.plan, self.jira, self.webs = plan, jira, webs
        self.rng = random.Random(plan.seed)
        self.ids = [jira.create_issue(f"Checkout number {n}", text(self.rng, n)) for n in range(plan.issues)]
        self.todo = queue.SimpleQueue()
        for work in self._ordered():
            self.todo.put(work)
        self.made, self.progress = itertools.count(1), 0
        self.redelivered, self.refused = itertools.count(), itertools.count()
        self.began = time.monotonic()
        self.threads = [threading.Thread(target=self._send, daemon=True) for _ in range(plan.senders)]

    def _ordered(self):
        """Edits in their order, and each delivery at or, one in ten, long after its edit."""
        deliveries = [("jira:issue_created", issue, None) for issue in self.ids]
        for n in range(self.plan.deliveries - len(self.ids)):
            deliveries.append(("jira:issue_updated", self.rng.choice(self.ids), text(self.rng, n)))
        slots = []
        for at, (name, issue, description) in enumerate(deliveries):
            late = self.rng.uniform(0, len(deliveries) - at) if self.rng.random() < 0.1 else 0
            if description:
                slots.append((at, ("edit", issue, description)))
            slots.append((at + 0.5 + late, ("deliver", name, issue)))
        return [work for _, work in sorted(slots, key=lambda slot: slot[0])]

    def _send(self):
        while True:
            try:
                kind, first, second = self.todo.get_nowait()
            except queue.Empty:
                return
            if kind == "edit":
                self.jira.edit_issue(first, description=second)
            else:
                self._deliver(first, second)
                self.progress = next(self.made)
                ahead = self.progress / self.plan.rate - (time.monotonic() - self.began)
                time.sleep(max(0.0, min(ahead, 1.0)))

    def _deliver(self, name, issue_id):
        with self.jira.lock:
            age, twice, identifier = self.rng.choice(AGES), self.rng.random() < 0.1, self.rng.randbytes(32).hex()
        raw = body(name, issue_id, hours_ago=age)
        for _ in range(2 if twice else 1):
            while not accepted(random.choice(self.webs), raw, identifier):
                next(self.refused)
                time.sleep(0.3)
        if twice:
            next(self.redelivered)


def chaos(plan):
    """Run it all, and say what was found at rest."""
    began = time.monotonic()
    with FakeJira() as jira, installed(plan.engine, settings(jira)) as installation:
        be_quiet(jira)
        (installation.folder / "clarity.toml").write_text("[policy]\nstorm = 0\n", encoding="utf-8")
        installation.start()
        installation.wait_ready()
        vendor = Vendor(plan, jira, installation.webs)
        weather = Weather(installation, plan.seed, plan.weather, stopped_for=plan.stopped_for)
        jira.faults = trouble = Trouble(plan.seed)
        for thread in vendor.threads:
            thread.start()
        weather.blow(lambda: vendor.progress, plan.deliveries)
        wait_for_rest(plan, vendor, installation, weather)
        jira.faults = Faults()
        codes = installation.stop()
        assert set(codes) == {0}, f"exit codes {codes}:\n{installation.tail()}"
        figures = look(plan, vendor, jira, installation)
    figures.kills, figures.faults = weather.kills, dict(sorted(trouble.counts.items()))
    figures.weather = dict(sorted(weather.counts.items())) | {"ended_by_themselves": weather.ended}
    figures.seconds = round(time.monotonic() - began, 1)
    return figures


def settings(jira):
    return {
        "DEBOUNCE_SECONDS": 0.5,
        "MAX_WAIT_SECONDS": 5,
        "LEASE_SECONDS": LEASE,
        "HTTP_TIMEOUT_SECONDS": 2,
        "JIRA_URL": jira.url,
        "JIRA_EMAIL": EMAIL,
        "JIRA_API_TOKEN": TOKEN,
        "JIRA_CLOUD": "true",
        "JIRA_WEBHOOK_SECRET": SECRET,
    }


def wait_for_rest(plan, vendor, installation, weather, still=300):
    """Until every delivery is made and no ticket waits. It may take long, but never stand still."""
    for thread in vendor.threads:
        thread.join(still + plan.deliveries / plan.rate)
        assert not thread.is_alive(), f"deliveries are not accepted:\n{installation.tail()}"
    store = Store(installation.url, Secret(KEY))
    least, since = None, time.monotonic()
    while (left := waiting(store)) != 0:
        weather.ended += installation.keep_alive()
        if left is not None and (least is None or left < least):
            least, since = left, time.monotonic()
        assert time.monotonic() - since < still, f"never at rest, {left} wait:\n{installation.tail()}"
        time.sleep(0.5)
    store.close()


def waiting(store):
    """How many tickets are not done; None while the database does not say."""
    try:
        with store.reading() as connection:
            left = select(func.count()).where(ticket.c.generation > ticket.c.done_generation)
            return connection.execute(left).scalar_one()
    except StoreUnavailable:
        return None


def look(plan, vendor, jira, installation):
    """Hold what stands on each ticket against what its latest text deserves."""
    store = Store(installation.url, Secret(KEY))
    with store.reading() as connection:
        recorded = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
    store.close()
    figures = Figures(plan.engine, plan.seed, vendor.progress, recorded=recorded)
    figures.redelivered, figures.refused = next(vendor.redelivered), next(vendor.refused)
    created = Counter(issue_id for method, issue_id, *_ in jira.writes if method == "POST")
    figures.transient_doubled = sum(count > 1 for count in created.values())
    tracker = JiraTracker(JiraSite("default", jira.url, EMAIL, Secret(TOKEN)), 5.0)
    scorer = Scorer(Settings("", Path(installation.folder)))
    for issue_id in vendor.ids:
        snapshot = tracker.fetch(issue_id)
        comments = snapshot.our_comments
        figures.lost += not comments
        figures.doubled += len(comments) > 1
        figures.stale += bool(comments) and not agrees(comments[0], scorer.review(snapshot.ticket, Policy()))
    figures.transient_doubled -= figures.doubled
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--rate", type=float, default=50.0, help="deliveries a second at most")
    told = parser.parse_args()
    well = True
    for engine in ("sqlite", "postgresql") if told.engine == "both" else (told.engine,):
        plan = Plan(engine, told.deliveries, told.seed, events=told.events, rate=told.rate, senders=told.senders)
        figures = chaos(plan)
        print(json.dumps(asdict(figures)), flush=True)
        well = well and figures.well
    sys.exit(not well)


if __name__ == "__main__":
    main()
