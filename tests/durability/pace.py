"""What `make load` measures on one database: accepting, and tickets worked on."""

import sqlite3
import statistics
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from service.inbox import Inbox
from service.settings import Secret, Settings
from service.store import Store
from service.store.accepting import Delivered, Wanted, accept_deliveries, register_site
from service.store.local import Draft, add_ticket
from service.store.schema import decision, ticket
from service.ticket import Saved, TicketRef
from service.trackers.base import Received
from tests.durability.hosts import KEY, Host, answers
from tests.postgres import free_port

WARM_SECONDS = 8.0
LATER = "LATER"
SETTINGS = f"""
[policy]
storm = 0    # many at once are commented on all the same

[projects.{LATER}]
debounce_seconds = 3600
"""
TEXT = """As a {who} I want to export the {what} of {number} {things} so that my accountant can book them.

The {what} export must be fast and user-friendly. For {number} {things} it should contain all columns, etc.
Open the {things} page as {who}, choose month {number} and press Export. A file for the {what} is downloaded.

## Notes
- The file with {number} {things} opens in a spreadsheet.
- Cancelled {things} are left out of the {what} when there are more than {number}.
- The {what} page stays intuitive for a {who} who opens it {number} times.
"""
WHO = ("shop owner", "bookkeeper", "store manager", "tax adviser", "team lead", "clerk", "buyer")
WHAT = ("totals", "prices", "dates", "addresses", "discounts", "weights", "notes", "currencies", "margins")
THINGS = ("orders", "invoices", "refunds", "deliveries", "returns", "quotes", "payments", "contracts")


class Database:
    """A database of one kind, as durable as in production."""

    def __init__(self, engine, folder, server):
        self.engine = engine
        self.url = server.create() if server else f"sqlite:///{folder}/{uuid.uuid4().hex}.db"
        self.store = Store(self.url, Secret(KEY))
        self.store.migrate()
        with self.store.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE bare (id varchar(80) PRIMARY KEY)")

    def inserting(self):
        """A function that writes one row durably, on a connection of its own."""
        if self.engine == "postgresql":
            connection = psycopg.connect(self.url, autocommit=True)
            return lambda: connection.execute("INSERT INTO bare VALUES (%s)", [uuid.uuid4().hex])
        connection = sqlite3.connect(self.store.url.database, isolation_level=None, timeout=30)
        connection.execute("PRAGMA synchronous=FULL")
        return lambda: connection.execute("INSERT INTO bare VALUES (?)", [uuid.uuid4().hex])

    def accepting(self):
        """A function that accepts one delivery about a ticket of its own, and the inbox to stop."""
        settings = Settings(self.url, Path(), debounce_seconds=3600.0, max_wait_seconds=3600.0)
        inbox = Inbox(self.store, settings)

        def accept():
            name = uuid.uuid4().hex
            ref = TicketRef("jira", "default", name, "SHOP-1")
            inbox.accept("jira", "default", Received(name, (Saved(ref),)))

        return accept, inbox


def rate(make, threads, seconds):
    """How often a second `threads` threads together do what `make()` returns."""
    ready, counts = threading.Barrier(threads), []

    def work():
        act, count = make(), 0
        ready.wait(30)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            act()
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        counts = [future.result() for future in [pool.submit(work) for _ in range(threads)]]
    return sum(counts) / seconds


def accepts(database, threads, bare_threads, turns, seconds=0.3):
    """How often a second so many threads insert, how often so many accept, and the ratio. In turns so short that the
    machine is as busy in one as in the other; medians.
    """
    accept, inbox = database.accepting()
    pairs = [
        (rate(database.inserting, bare_threads, seconds), rate(lambda: accept, threads, seconds))
        for _ in range(turns)
    ]
    inbox.stop()
    bare, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    return bare, ours, statistics.median(ours / bare for bare, ours in pairs)


class Serving:
    """`clarity serve` over a database, for as long as the context lasts."""

    def __init__(self, database, folder, workers, **given):
        self.port = free_port()
        told = {"DATABASE_URL": database.url, "DATA_DIR": folder, "SECRET_KEY": KEY, "WORKERS": workers}
        told |= {"DEBOUNCE_SECONDS": 0, "MAX_WAIT_SECONDS": 3600} | given
        environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2])}
        environ |= {f"CLARITY_{name}": str(value) for name, value in told.items()}
        (Path(folder) / "clarity.toml").write_text(SETTINGS)
        self.host = Host("serve", ["serve", "--port", str(self.port)], environ, Path(folder) / "log")
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.host.start()
        end = time.monotonic() + 120
        while not answers(f"{self.address}/readyz"):
            assert time.monotonic() < end, self.host.log.read_text()[-2000:]
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.host.stop()


def tickets(database, folder, workers, count):
    """Tickets a second from the playground's own tracker, all due at one moment, when every worker is warm.

    Told by the times at which the service itself noted that it commented on each, from when a tenth was done to the
    last: it is not asked how far it has come more often than it takes to be done with many.
    """
    warm = 10 * workers
    with Serving(database, folder, workers):
        file_tickets(database.store, warm, 0)
        file_tickets(database.store, count, WARM_SECONDS)
        time.sleep(WARM_SECONDS)
        while waiting(database.store):
            time.sleep(0.25)
    times = comments(database.store)
    assert len(times) == warm + count, f"{len(times)} of {warm + count} were commented on"
    begun = warm + count // 10
    return (len(times) - begun) / (times[-1] - times[begun - 1])


def file_tickets(store, count, due):
    """File tickets that are due so many seconds from now."""
    names = [uuid.uuid4().hex for _ in range(count)]
    with store.writing() as connection:
        register_site(connection, "local", "playground")
        for number, name in enumerate(names):
            add_ticket(connection, name, draft(number))
        wanted = [Wanted(TicketRef("local", "playground", name), due, due) for name in names]
        accept_deliveries(connection, [Delivered("local", "playground", "", (one,)) for one in wanted])


def draft(number):
    """A story none of whose sentences is in another, as what was parsed before costs nothing."""
    words = {"who": WHO[number % 7], "what": WHAT[number % 9], "things": THINGS[number % 8], "number": number}
    return Draft("story", f"Export {words['what']} for {number}", TEXT.format(**words), "markdown")


def waiting(store):
    here = (ticket.c.tracker == "local") & (ticket.c.generation > ticket.c.done_generation)
    with store.reading() as connection:
        return connection.execute(select(func.count()).where(here)).scalar_one()


def comments(store):
    """When each comment was posted, in order."""
    posted = select(decision.c.at).where(decision.c.action == "post").order_by(decision.c.at)
    with store.reading() as connection:
        return connection.execute(posted).scalars().all()
