"""Deliveries pour in, the tracker fails, and the whole service is killed again and again.

`python -m tests.durability.storm` runs it and prints one line of figures. Larger by environment:
STORM_TICKETS, STORM_DELIVERIES, STORM_KILLS, STORM_SEED.
"""

import hashlib
import itertools
import os
import queue
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path

from service.comment import Quoted
from service.engine.scoring import Scorer
from service.feedback import compose
from service.policy import Policy
from service.settings import JiraSite, Secret, Settings
from service.trackers.jira import JiraTracker
from tests.durability.deliveries import SECRET, accepted, body
from tests.durability.running import Service
from tests.fakes.http import Faults
from tests.fakes.jira_server import EMAIL, TOKEN, FakeJira

WORDS = (
    "user-friendly",
    "intuitive",
    "seamless",
    "snappy",
    "high-quality",
    "frictionless",
    "effortless",
    "performant",
)


@dataclass(frozen=True)
class Plan:
    """How big the storm is. A tenth of the deliveries comes twice; what is no creation is an edit."""

    tickets: int = 80
    deliveries: int = 260
    kills: int = 4
    seed: int = 2
    debounce: float = 0.2
    senders: int = 6

    @classmethod
    def from_environment(cls):
        told = {f.name: os.environ.get(f"STORM_{f.name.upper()}") for f in fields(cls)}
        return cls(**{name: type(getattr(cls, name))(value) for name, value in told.items() if value})


@dataclass
class Figures:
    """What was found at rest."""

    deliveries: int = 0
    recorded: int = 0
    redelivered: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    stale: int = 0
    created_twice: int = 0
    faults: int = 0
    seconds: float = 0.0

    def __str__(self):
        return ", ".join(f"{f.name} {getattr(self, f.name):.3g}" for f in fields(self))


class Trouble(Faults):
    """Seeded faults, counted."""

    def __init__(self, seed):
        super().__init__(seed=seed, limited=0.01, broken=0.04, dropped=0.06, latency=0.002)
        self.count = 0

    def draw(self):
        fault = super().draw()
        self.count += bool(fault)
        return fault


def text(rng, number):
    """A vague description, different each time."""
    chosen = rng.sample(WORDS, rng.randint(1, 3))
    return {
        "type": "doc",
        "version": 1,
        "content": [
            paragraph(f"As a shopper I want checkout number {number} so that I can pay."),
            paragraph(f"The page shall be {' and '.join(chosen)}."),
        ],
    }


def paragraph(words):
    return {"type": "paragraph", "content": [{"type": "text", "text": words}]}


class Sender:
    """Sends deliveries as the vendor does: signed, in parallel, and again until they are accepted."""

    def __init__(self, plan, jira, service):
        self.plan, self.jira, self.service = plan, jira, service
        self.rng = random.Random(plan.seed)
        self.events, self.accepted, self.redelivered = queue.Queue(), itertools.count(), itertools.count()
        self.progress = 0
        self.ids = [jira.create_issue(f"Checkout number {n}", text(self.rng, n)) for n in range(plan.tickets)]
        created = [("jira:issue_created", issue_id, None) for issue_id in self.ids]
        edits = [
            ("jira:issue_updated", self.rng.choice(self.ids), text(self.rng, n))
            for n in range(plan.deliveries - plan.tickets)
        ]
        for event in self._mixed(created, edits):
            self.events.put((*event, self.rng.random() < 0.1))
        self.threads = [threading.Thread(target=self._send, daemon=True) for _ in range(plan.senders)]

    def _mixed(self, created, edits):
        slots = sorted([(i * 0.5, event) for i, event in enumerate(created)] + [(i, e) for i, e in enumerate(edits)],
                       key=lambda slot: slot[0])  # fmt: skip
        return [event for _, event in slots]

    def _send(self):
        while True:
            try:
                name, issue_id, description, twice = self.events.get_nowait()
            except queue.Empty:
                return
            if description:
                self.jira.edit_issue(issue_id, description=description)
            self._deliver(name, issue_id, twice=twice)
            self.progress = next(self.accepted) + 1

    def _deliver(self, name, issue_id, *, twice):
        raw = body(name, issue_id)
        identifier = hashlib.sha256(os.urandom(16)).hexdigest()
        for _ in range(2 if twice else 1):
            while not accepted(self.service.url, raw, identifier):
                time.sleep(0.2)
        if twice:
            next(self.redelivered)


def be_quiet(jira):
    """Connections that a killed client leaves behind are no news."""
    jira.server.handle_error = lambda *_: None


def storm(plan, folder, jira):
    """Run it all, and say what was found at rest."""
    began = time.monotonic()
    config = folder / "clarity.toml"
    config.write_text("[policy]\nstorm = 0\n", encoding="utf-8")
    service = Service(
        folder,
        CONFIG=config,
        SECRET_KEY="a key of thirty-two characters or more",
        DEBOUNCE_SECONDS=plan.debounce,
        LEASE_SECONDS=4,
        HTTP_TIMEOUT_SECONDS=2,
        JIRA_URL=jira.url,
        JIRA_EMAIL=EMAIL,
        JIRA_API_TOKEN=TOKEN,
        JIRA_CLOUD="true",
        JIRA_WEBHOOK_SECRET=SECRET,
    )
    service.start()
    try:
        service.wait_ready()
        sender = Sender(plan, jira, service)
        jira.faults = trouble = Trouble(plan.seed)
        for thread in sender.threads:
            thread.start()
        kills = kill_again_and_again(plan, sender, jira, service)
        wait_for_rest(sender, service)
        code = service.stop()
        assert code == 0, f"exit code {code}:\n{service.tail()}"
    finally:
        service.kill()
    jira.faults = Faults()
    figures = look(sender, jira, folder)
    figures.kills, figures.faults = kills, trouble.count
    figures.seconds = time.monotonic() - began
    return figures


def kill_again_and_again(plan, sender, jira, service):
    """Half of the kills while deliveries come in, half while comments go out: at random points of progress."""
    rng = random.Random(plan.seed + 1)
    at_deliveries = rng.sample(range(plan.deliveries // 10, plan.deliveries), plan.kills // 2)
    at_writes = rng.sample(range(plan.tickets // 10, plan.tickets), plan.kills - plan.kills // 2)
    points = {("deliveries", at) for at in at_deliveries} | {("writes", at) for at in at_writes}
    kills = 0
    while points:
        done = {"deliveries": sender.progress, "writes": len(jira.writes)}
        reached = {point for point in points if done[point[0]] >= point[1]}
        if reached:
            points.remove(min(reached))
            time.sleep(rng.uniform(0, 0.3))
            service.kill()
            kills += 1
            service.start()
        check_alive(service)
        time.sleep(0.005)
    return kills


def wait_for_rest(sender, service, limit=180):
    end = time.monotonic() + limit
    for thread in sender.threads:
        thread.join(max(0.0, end - time.monotonic()))
        assert not thread.is_alive(), f"deliveries are not accepted:\n{service.tail()}"
    while waiting(service.database):
        assert time.monotonic() < end, f"never at rest: {waiting(service.database)}\n{service.tail()}"
        check_alive(service)
        time.sleep(0.1)


def recorded(folder):
    """How many deliveries the service believes to have got."""
    with sqlite3.connect(folder / "clarity.db") as connection:
        return connection.execute("SELECT count(*) FROM delivery").fetchone()[0]


def check_alive(service):
    assert service.process.poll() is None, f"the service ended by itself:\n{service.tail()}"


def waiting(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        query = "SELECT key, attempts, last_error FROM ticket WHERE generation > done_generation"
        return connection.execute(query).fetchall()


def look(sender, jira, folder):
    """Hold what stands on each ticket against what its latest text deserves."""
    figures = Figures(deliveries=sender.progress, recorded=recorded(folder), redelivered=next(sender.redelivered))
    site = JiraSite("default", jira.url, EMAIL, Secret(TOKEN))
    tracker, scorer = JiraTracker(site, 5.0), Scorer(Settings("", Path(folder)))
    created = Counter(issue_id for method, issue_id, *_ in jira.writes if method == "POST")
    figures.created_twice = sum(count > 1 for count in created.values())
    for issue_id in sender.ids:
        snapshot = tracker.fetch(issue_id)
        comments = snapshot.our_comments
        figures.lost += not comments
        figures.doubled += len(comments) > 1
        figures.stale += bool(comments) and not agrees(comments[0], scorer.review(snapshot.ticket, Policy()))
    return figures


def agrees(comment, review):
    """Whether a comment shows this review's score and quotes exactly its vague words."""
    shown = " ".join(words(comment.body.content))
    quoted = {part.text for part in inlines(compose(review)) if isinstance(part, Quoted)}
    vague = {word for word in WORDS if word in quoted}
    assert vague, "the storm's texts have to be told apart by their comments"
    return f"{review.score} of 100" in shown and {word for word in WORDS if word in shown} == vague


def words(node):
    if node.get("type") == "text":
        yield node["text"]
    for child in node.get("content", ()):
        yield from words(child)


def inlines(node):
    for name in ("nodes", "items", "content"):
        for child in getattr(node, name, ()):
            yield child
            yield from inlines(child)


def main():
    plan = Plan.from_environment()
    with tempfile.TemporaryDirectory() as folder, FakeJira() as jira:
        be_quiet(jira)
        figures = storm(plan, Path(folder), jira)
    print(figures)
    sys.exit(bool(figures.lost or figures.doubled or figures.stale or figures.created_twice))


if __name__ == "__main__":
    main()
