"""What production does to an installation. Each event is a function of it; all are drawn from one seed."""

import contextlib
import os
import random
import signal
import threading
import time

HOUR = 3600
LEASE = 4


def kill_host(weather):
    """SIGKILL to a host and all it started, at once."""
    host = weather.rng.choice(weather.all.hosts)
    host.kill()
    weather.kills += 1
    time.sleep(weather.rng.uniform(0, 1))
    host.start()


def kill_worker(weather):
    """SIGKILL to one process that a host started, two times in three a worker, else the timekeeper; it starts another."""
    children = [pid for host in weather.all.hosts for pid in host.children()]
    if children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(weather.rng.choice(children), signal.SIGKILL)
            weather.kills += 1


def freeze_worker(weather):
    """SIGSTOP to a worker host with all it started, until its leases have run out; then it thaws."""
    host = weather.rng.choice([host for host in weather.all.hosts if host.name != "web"])
    targets = host.children() if host.name == "serve" else [host.process.pid, *host.children()]
    for pid in targets:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    weather.count("frozen")
    time.sleep(LEASE + weather.rng.uniform(1, 3))
    for pid in targets:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def jump_clock(weather):
    """The clock of all hosts, or of the database server, is hours off for a while."""
    if not weather.all.clock.movable:
        return
    clock = weather.rng.choice(
        [weather.all.clock, weather.all.server_clock if weather.all.server else weather.all.clock]
    )
    clock.set(weather.rng.choice([-5, -1, 1, 5]) * HOUR)
    weather.count("clock_jumps")
    time.sleep(weather.rng.uniform(1, 6))
    clock.set(0)


def restart_server(weather):
    """PostgreSQL is restarted, in peace or as if the plug was pulled."""
    weather.all.server.stop(weather.rng.choice(["fast", "immediate"]))
    weather.count("restarts")
    weather.all.server.start()


def stop_server(weather):
    """PostgreSQL is away for 20 seconds while deliveries come in."""
    weather.all.server.stop()
    weather.count("stops")
    time.sleep(weather.stopped_for)
    weather.all.server.start()


def fill_disk(weather):
    """There is no room left on the disk for a while."""
    weather.all.disk.fill(weather.all.hosts)
    weather.count("disk_full")
    time.sleep(weather.rng.uniform(2, 5))
    weather.all.disk.free(weather.all.hosts)


EVENTS = {
    "sqlite": [kill_host, kill_worker, kill_worker, freeze_worker, jump_clock, fill_disk],
    "postgresql": [kill_host, kill_host, kill_worker, freeze_worker, jump_clock, restart_server, stop_server],
}


class Weather:
    """Draws events while deliveries come in, each kind at least once, spread evenly over their progress."""

    def __init__(self, installation, seed, events, *, stopped_for=20):
        self.all, self.rng, self.stopped_for = installation, random.Random(seed), stopped_for
        self.kills, self.ended, self.counts = 0, 0, {}
        kinds = EVENTS[installation.engine]
        drawn = [*kinds, *(self.rng.choice(kinds) for _ in range(events - len(kinds)))][:events]
        # The longest one is drawn once only: the others are worth more of the time.
        self.events = [event for i, event in enumerate(drawn) if event is not stop_server or i < len(kinds)]
        self.rng.shuffle(self.events)
        self.stopping = threading.Event()

    def count(self, name):
        self.counts[name] = self.counts.get(name, 0) + 1

    def blow(self, progress, total):
        """Run until every event was; `progress()` tells how many of `total` deliveries were made."""
        for i, event in enumerate(self.events):
            at = total * (i + 0.5 + self.rng.uniform(-0.4, 0.4)) / len(self.events)
            while progress() < at and not self.stopping.is_set():
                self.ended += self.all.keep_alive()
                time.sleep(0.05)
            event(self)
            self.ended += self.all.keep_alive()
