"""How fast the trends are with a million scored tickets: python -m tests.bench.trends [sqlite] [postgresql] [URL …]

Fills and counts a database of each kind, or uses the one at a URL as it is once it is filled, and asks for the page
with each filter in turns: every filter once on every database, and again. Prints the median of the server's time, and
how much of it was work: CPU time of this process and of PostgreSQL's own, which does not depend on what else runs.
Then how long webhooks wait to be accepted while a worker counts.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from service.app import create_app
from service.inbox import Inbox
from service.reports.days import as_date, week_of
from service.settings import Secret, Settings
from service.store import Store
from service.ticket import frozen
from tests.bench import beside
from tests.bench.million import PROJECTS, count, fill, say
from tests.postgres import Postgres

KEY = Secret("a key of thirty-two characters or more")
LIMIT = 300
TEAMS = frozen({"Half": tuple(f"P{n}" for n in range(0, PROJECTS, 2))})
YEAR = {"period": "52"}
EVERYTHING = {"tracker": "jira", "site": "eu", "team": "Half", "kind": "story"}
FILTERS = {
    "nothing chosen, 13 weeks": {},
    "4 weeks, by day": {"period": "4"},
    "26 weeks": {"period": "26"},
    "a year": YEAR,
    "a year, one project": YEAR | {"project": "P7"},
    "a year, one team of 25 projects": YEAR | {"team": "Half"},
    "a year, one kind": YEAR | {"kind": "story"},
    "a year, one tracker": YEAR | {"tracker": "jira"},
    "a year, one tracker and site": YEAR | {"tracker": "jira", "site": "eu"},
    "a year, one team and kind": YEAR | {"team": "Half", "kind": "story"},
    "a year, everything at once": YEAR | EVERYTHING,
    "4 weeks, by day, everything at once": {"period": "4"} | EVERYTHING,
}
MONDAY = as_date(week_of(time.time()) - 28).isoformat()
TICKETS = {
    "the tickets of a week": {"from": MONDAY},
    "the tickets of a week, one project": {"from": MONDAY, "project": "P7"},
    "the tickets asked about in a week": {"from": MONDAY, "measure": "answer"},
    "the tickets first commented on in a week": {"from": MONDAY, "measure": "hours"},
    "the tickets of a rule in a year": YEAR | {"rule": "rule-7"},
    "the tickets of a rule in a year, one project": YEAR | {"rule": "rule-7", "project": "P7"},
}
PAGES = {name: ("/trends/", asked, "data-chart") for name, asked in FILTERS.items()}
PAGES |= {name: ("/trends/tickets", asked, 'scope="row"') for name, asked in TICKETS.items()}


class Served:
    """The service on one database, asked without a network."""

    def __init__(self, url, tickets):
        settings = Settings(url, Path(), secret_key=KEY, teams=TEAMS)
        self.store = Store(url, KEY)
        say(f"{self.store.url.get_backend_name()}:")
        fill(self.store, tickets)
        count(self.store)
        self.inbox = Inbox(self.store, settings)
        self.client = create_app(settings, self.store, self.inbox, engine=None).test_client()
        self.client.get("/trends/")
        self.backend = self._backend()

    def _backend(self):
        """Where Linux tells how long PostgreSQL's process for our one connection worked, in nanoseconds."""
        if not self.store.distributed:
            return None
        with self.store.reading() as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        return Path(f"/proc/{pid}/schedstat")

    def worked(self):
        """Seconds of CPU time until now."""
        other = int(self.backend.read_text().split()[0]) / 1e9 if self.backend else 0.0
        return time.process_time() + other

    def ask(self, address, asked, shown):
        """Milliseconds for a page that shows this: the whole, and those that were work."""
        began, before = time.perf_counter(), self.worked()
        answer = self.client.get(address, query_string=asked)
        taken = 1000 * (time.perf_counter() - began), 1000 * (self.worked() - before)
        assert answer.status_code == 200
        assert shown in answer.text, asked
        return taken

    def stop(self):
        self.inbox.stop()
        self.store.close()


def measured(served, rounds):
    """By filter and database, the medians of the whole and of the work."""
    taken = {(name, n): [] for name in PAGES for n in range(len(served))}
    for _ in range(rounds):
        for (name, n), found in taken.items():
            found.append(served[n].ask(*PAGES[name]))
    return {
        key: tuple(statistics.median(part) for part in zip(*found, strict=True)) for key, found in taken.items()
    }


def show(figures, served):
    """The table, as docs/trends.md has it; the filters that took too long."""
    heads = [f"{one.store.url.get_backend_name()}: whole, of it work" for one in served]
    say(f"| Filter | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for name in PAGES:
        cells = ["{:.0f} ms, {:.0f} ms".format(*figures[name, n]) for n in range(len(served))]
        say(f"| {name} | {' | '.join(cells)} |")
    return sorted({name for (name, _), (whole, _) in figures.items() if whole > LIMIT})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        served = []
        for one in asked.databases:
            if one == "sqlite":
                url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/million.db"
            else:
                url = stack.enter_context(Postgres(durable=True)).create() if one == "postgresql" else one
            served.append(Served(url, asked.tickets))
            stack.callback(served[-1].stop)
        slow = show(measured(served, asked.rounds), served)
        for one in served:
            say(f"\n{one.store.url.get_backend_name()}, while weeks are counted anew:")
            beside.show(beside.measured(one.store, KEY, asked.rounds))
    sys.exit(f"Slower than {LIMIT} ms: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
