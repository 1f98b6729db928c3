"""How fast the trends are with a million scored tickets: python -m tests.reports.million [--tickets N] URL

Fills the database at URL (or a PostgreSQL of its own, for "postgresql"), counts it, and asks for the page with each
filter: the time the server takes, whole, the slower of two cold processes' worth left out. A database that is filled
already is used as it is; `--seconds` bounds one run's counting, which goes on with the next.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from sqlalchemy import func, select, text

from service.app import create_app
from service.inbox import Inbox
from service.reports.recounting import recount
from service.settings import Secret, Settings
from service.store import Store
from service.store.schema import review, ticket, trend
from service.store.trends import count_stale
from service.ticket import frozen
from tests.postgres import Postgres

KEY = Secret("a key of thirty-two characters or more")
PROJECTS, WEEKS, AUTHORS = 50, 52, 400
LIMIT = 0.3
# Numbers that look scattered and are the same every time: i times a prime, modulo what is wanted.
TABLES = (
    """INSERT INTO ticket (tracker, site, external_id, key, project, generation, done_generation, due, first_due)
       SELECT CASE WHEN i % 5 = 0 THEN 'linear' ELSE 'jira' END, CASE WHEN i % 3 = 0 THEN 'eu' ELSE 'default' END,
              'x' || i, 'P' || (i % {projects}) || '-' || i, 'P' || (i % {projects}), 1, 1, 0, 0 FROM n""",
    """INSERT INTO review (ticket_id, generation, at, rulebook, policy, text_hash, score, level, kind, project,
                            status, status_category, author, created, text_changed, reason, bulk)
       SELECT id, 1, born + 100, CASE WHEN week < 20 THEN 'rules-1' WHEN week < 35 THEN 'rules-2' ELSE 'rules-3' END,
              'policy', 'text ' || id, score, CASE WHEN score >= 80 THEN 'ready' ELSE 'nearly' END,
              CASE id % 4 WHEN 0 THEN 'story' WHEN 1 THEN 'bug' WHEN 2 THEN 'task' ELSE 'epic' END, project, '',
              CASE WHEN id % 3 = 0 THEN 'in_progress' ELSE 'new' END,
              CAST(10000000 + (id * 31) % {authors} AS TEXT) || '00000000', born, born, '', {no}
       FROM (SELECT id, project, (id * 7919) % {weeks} AS week, 30 + (id * 104729) % 71 AS score,
                    {start} + ((id * 7919) % {weeks}) * 604800.0 + (id * 15485863) % 600000 AS born FROM ticket) t""",
    """INSERT INTO decision (ticket_id, review_id, at, action, reason, comment_id)
       SELECT ticket_id, id, at, 'post', 'made', '' FROM review WHERE score < 80""",
    """INSERT INTO finding (review_id, position, rule, field, points)
       SELECT id, position, 'rule-' || ((id * (position + 3) * 6151) % 45), 'description', 10
       FROM review CROSS JOIN (SELECT 0 AS position UNION SELECT 1 UNION SELECT 2) p""",
)
DAY = {"sqlite": "CAST(born / 86400.0 AS INTEGER)", "postgresql": "CAST(FLOOR(born / 86400.0) AS INTEGER)"}
MARKS = """INSERT INTO trend_stale (tracker, site, project, week, token)
           SELECT DISTINCT tracker, site, project, {day} - ({day} + 3) % 7, 1 FROM (
             SELECT tracker, site, ticket.project, at AS born FROM review JOIN ticket ON ticket.id = ticket_id
             UNION ALL SELECT tracker, site, ticket.project, text_changed FROM review JOIN ticket ON ticket.id = ticket_id
           ) t"""
FILTERS = {
    "nothing chosen, 13 weeks": {},
    "4 weeks, by day": {"period": "4"},
    "a year": {"period": "52"},
    "a year, one project": {"period": "52", "project": "P7"},
    "a year, one team": {"period": "52", "team": "Half"},
    "a year, one kind": {"period": "52", "kind": "story"},
    "a year, one tracker and site": {"period": "52", "tracker": "jira", "site": "eu"},
    "everything at once": {"period": "26", "tracker": "jira", "site": "eu", "team": "Half", "kind": "story"},
}


def fill(store, tickets):
    """Write so many tickets, scored and commented on, over the year that ends now."""
    store.migrate()
    with store.reading() as connection:
        if connection.execute(select(ticket.c.id).limit(1)).first():
            return
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {tickets}) "
    start = (time.time() // 604800 - WEEKS + 1) * 604800
    names = {"projects": PROJECTS, "weeks": WEEKS, "authors": AUTHORS, "start": start, "tickets": tickets}
    with store.writing() as connection:
        names["no"] = "0" if connection.dialect.name == "sqlite" else "FALSE"
        for number, statement in enumerate(TABLES):
            sql = statement.replace("SELECT CASE", numbers + "SELECT CASE", 1) if number == 0 else statement
            began = time.perf_counter()
            connection.execute(text(sql.format(**names)))
            say(f"{statement.split()[2]:<10} {time.perf_counter() - began:6.1f} s")
        connection.execute(text(MARKS.format(day=DAY[connection.dialect.name])))
    if store.distributed:
        with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def count(store, seconds):
    """Count what waits, for at most so many seconds; whether all is counted."""
    began = time.perf_counter()
    while recount(store, PROJECTS):
        if time.perf_counter() - began > seconds:
            break
    with store.reading() as connection:
        left = count_stale(connection)
        rows = connection.execute(select(func.count()).select_from(trend)).scalar_one()
        reviews = connection.execute(select(func.count()).select_from(review)).scalar_one()
    say(
        f"counted in {time.perf_counter() - began:.0f} s; {left} weeks left; {reviews:,} reviews, {rows:,} rows kept"
    )
    return not left


def measure(store, url):
    """Seconds of server time for the whole page, the median and the worst of seven, for each filter."""
    teams = frozen({"Half": tuple(f"P{n}" for n in range(0, PROJECTS, 2))})
    settings = Settings(url, Path(), secret_key=KEY, teams=teams)
    inbox = Inbox(store, settings)
    client = create_app(settings, store, inbox, engine=None).test_client()
    client.get("/trends/")
    slow = []
    for name, asked in FILTERS.items():
        taken, worked = [], []
        for _ in range(7):
            began, before = time.perf_counter(), time.process_time()
            answer = client.get("/trends/", query_string=asked)
            taken.append(time.perf_counter() - began)
            worked.append(time.process_time() - before)
        assert answer.status_code == 200
        assert b"data-chart" in answer.data, name
        median, worst, ours = (
            1000 * one for one in (statistics.median(taken), max(taken), statistics.median(worked))
        )
        say(f"{name:<32} median {median:5.0f} ms   worst {worst:5.0f} ms   of it in this process {ours:5.0f} ms")
        slow += [name] if statistics.median(taken) > LIMIT else []
    inbox.stop()
    return slow


def say(line):
    print(line, flush=True)


def run(url, tickets, seconds):
    store = Store(url, KEY)
    fill(store, tickets)
    slow = measure(store, url) if count(store, seconds) else ["not counted yet"]
    store.close()
    return slow


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    asked = parser.parse_args()
    if asked.url == "postgresql":
        with Postgres(durable=True) as server:
            slow = run(server.create(), asked.tickets, asked.seconds)
    else:
        slow = run(asked.url, asked.tickets, asked.seconds)
    sys.exit(f"Slower than {LIMIT} s: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
