"""Fills a database with scored tickets of a year, a million at will, by SQL; and has the product count them.

Every property of a ticket is drawn by itself, from its number, and is the same every time: so each project has
tickets of every kind in every week, which is the most rows that its counts can take.
"""

import time

from sqlalchemy import func, select, text

from service.reports.days import week_of
from service.reports.recounting import recount
from service.store.schema import review, ticket, trend
from service.store.stale import count_stale

PROJECTS, WEEKS, AUTHORS = 50, 52, 400
# Of well-known generators of random numbers: a number times one of them, modulo 2³¹ - 1, looks drawn by lot.
FACTORS = (742938285, 950706376, 1226874159, 62089911, 1343714438, 630360016, 48271, 69621, 16807)


def drawn(n, below, number="id"):
    """SQL for one of the numbers from 0 to below `below`, another for each n."""
    return f"(({number} * {FACTORS[n]} % 2147483647) % {below})"


KIND = "CASE {lot} WHEN 0 THEN 'story' WHEN 1 THEN 'bug' WHEN 2 THEN 'task' ELSE 'epic' END"
COLUMNS = """ticket_id, generation, at, rulebook, policy, text_hash, score, level, kind, project,
             status, status_category, author, created, text_changed, reason, bulk"""
STATEMENTS = (
    # Projects lie in one tracker and one site each.
    f"""INSERT INTO ticket (tracker, site, external_id, key, project, generation, done_generation, due, first_due)
        WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {{tickets}})
        SELECT CASE WHEN p % 5 = 0 THEN 'linear' ELSE 'jira' END, CASE WHEN p % 3 = 0 THEN 'eu' ELSE 'default' END,
               'x' || i, 'P' || p || '-' || i, 'P' || p, 1, 1, 0, 0
        FROM (SELECT i, {drawn(0, PROJECTS, "i")} AS p FROM n) numbered""",
    f"""INSERT INTO review ({COLUMNS})
        SELECT id, 1, born + 100, CASE WHEN week < 20 THEN 'rules-1' WHEN week < 35 THEN 'rules-2' ELSE 'rules-3' END,
               'policy', 'text ' || id, score, CASE WHEN score >= 80 THEN 'ready' ELSE 'nearly' END,
               {KIND.format(lot=drawn(1, 4))}, project, '',
               CASE WHEN {drawn(2, 3)} = 0 THEN 'in_progress' ELSE 'new' END,
               CAST(10000000 + {drawn(3, AUTHORS)} AS TEXT) || '00000000', born, born, '', {{false}}
        FROM (SELECT id, project, week, 30 + {drawn(4, 71)} AS score,
                     {{start}} + week * 604800.0 + {drawn(5, 600_000)} AS born
              FROM (SELECT id, project, {drawn(6, WEEKS)} AS week FROM ticket) dated) written""",
    """INSERT INTO decision (ticket_id, review_id, at, action, reason, comment_id)
       SELECT ticket_id, id, at, 'post', 'made', '' FROM review WHERE score < 80""",
    """INSERT INTO finding (review_id, position, rule, field, points)
       SELECT id, position, 'rule-' || ((id * (position + 3) * 6151 + id % 89) % 45), 'description', 10
       FROM review CROSS JOIN (SELECT 0 AS position UNION SELECT 1 UNION SELECT 2) p""",
    # Of those we commented on, a third was edited within the week, with one finding left.
    f"""INSERT INTO review ({COLUMNS})
        SELECT ticket_id, 2, at + wait, rulebook, policy, 'edited ' || ticket_id, score + 20,
               CASE WHEN score >= 60 THEN 'ready' ELSE 'nearly' END, kind, project,
               '', 'new', author, created, at + wait - 90, '', {{false}}
        FROM (SELECT review.*, 3600 + {drawn(7, 500_000, "ticket_id")} AS wait FROM review
              WHERE score < 80 AND {drawn(8, 3, "ticket_id")} = 0) edited""",
    """INSERT INTO finding (review_id, position, rule, field, points)
       SELECT later.id, 0, rule, 'description', 10 FROM review later
       JOIN review first ON first.ticket_id = later.ticket_id AND first.generation = 1
       JOIN finding ON finding.review_id = first.id AND position = 0 WHERE later.generation = 2""",
    """INSERT INTO response (ticket_id, rule, what, person, project, at)
       SELECT ticket_id, rule, CASE generation WHEN 1 THEN 'shown' ELSE 'mended' END, author, project, at
       FROM review JOIN finding ON review_id = review.id AND position = 0 WHERE score < 80 OR generation = 2""",
    # A fifth was asked about; two thirds of these questions were answered.
    f"""INSERT INTO question (ticket_id, person, explicit, asked, answered)
        SELECT ticket_id, author, {drawn(1, 2, "ticket_id")} = 0, at + 3600,
               CASE WHEN {drawn(2, 3, "ticket_id")} > 0 THEN at + 3700 + {drawn(3, 200_000, "ticket_id")} END
        FROM review WHERE generation = 1 AND {drawn(5, 5, "ticket_id")} = 0""",
    # We began to speak after a quarter.
    """INSERT INTO coached (person, project, since)
       SELECT DISTINCT author, project, {start} + 7862400.0 FROM review""",
)
DAY = {"sqlite": "CAST(moment / 86400.0 AS INTEGER)", "postgresql": "CAST(FLOOR(moment / 86400.0) AS INTEGER)"}
MARKS = """INSERT INTO trend_stale (tracker, site, project, week, token)
           SELECT DISTINCT tracker, site, project, {day} - ({day} + 3) % 7, 1 FROM (
             SELECT tracker, site, ticket.project, at AS moment FROM review JOIN ticket ON ticket.id = ticket_id
             UNION ALL SELECT tracker, site, ticket.project, text_changed FROM review JOIN ticket ON ticket.id = ticket_id
           ) t"""


def fill(store, tickets):
    """Write so many tickets, scored and commented on, over the year that ends now; nothing where some are there."""
    store.migrate()
    with store.reading() as connection:
        if connection.execute(select(ticket.c.id).limit(1)).first():
            return
    names = {"start": (week_of(time.time()) - 7 * (WEEKS - 1)) * 86_400.0, "tickets": tickets}
    with store.writing() as connection:
        dialect = connection.dialect.name
        names["false"] = "0" if dialect == "sqlite" else "FALSE"
        for statement in STATEMENTS:
            began = time.perf_counter()
            connection.execute(text(statement.format(**names)))
            say(f"{statement.split()[2]:<10} {time.perf_counter() - began:6.1f} s")
        connection.execute(text(MARKS.format(day=DAY[dialect])))
    if store.distributed:  # as its autovacuum does by itself, a while later
        with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def count(store):
    """Count all that waits."""
    began = time.perf_counter()
    while recount(store, PROJECTS):
        pass
    with store.reading() as connection:
        rows = connection.execute(select(func.count()).select_from(trend)).scalar_one()
        reviews = connection.execute(select(func.count()).select_from(review)).scalar_one()
        assert not count_stale(connection)
    say(f"counted in {time.perf_counter() - began:.0f} s; {reviews:,} reviews, {rows:,} rows kept")


def say(line):
    print(line, flush=True)
