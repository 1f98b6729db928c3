"""Writes a simulation into a database of its own, and marks that as a sample."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, func, insert, select

from service.demo.deeds import STUBBORN, questions, responses, unaided
from service.demo.simulation import Simulated, simulate
from service.reports.recounting import recount
from service.response import What
from service.rulebook import Rule, Rulebook
from service.settings import SettingsError
from service.store import Store
from service.store.clock import time_of
from service.store.questions import keep_questions
from service.store.schema import about, coached, decision, finding, response, review, site, ticket
from service.store.stale import mark_reviews

TRACKER, SITE = "jira", "sample"
SAMPLE = "sample"


def fill(store: Store, book: Rulebook) -> int:
    """Simulate a half-year that ends now, and count it; how many tickets. Raises SettingsError on real data."""
    store.migrate()
    store.unlock()
    with store.writing() as connection:
        _refuse_real_data(connection)
        connection.execute(insert(about).values(name=SAMPLE, value="simulated"))
        today = time_of(connection)
        connection.execute(insert(site).values(tracker=TRACKER, name=SITE, connected_at=0.0))
        tickets = list(simulate(book.rules, today))
        _write(connection, tickets, book.rules, today)
        _coach(connection)
        mark_reviews(connection, review.c.id > 0)
    while recount(store):
        pass
    return len(tickets)


def _refuse_real_data(connection: Connection) -> None:
    if connection.execute(select(func.count()).select_from(ticket)).scalar_one():
        raise SettingsError("This database holds tickets already. A sample needs one of its own.")


def _write(connection: Connection, tickets: Sequence[Simulated], rules: Mapping[str, Rule], today: float) -> None:
    unloved = _commonest(tickets)
    met: defaultdict[str, set[str]] = defaultdict(set)
    for written, one in enumerate(tickets, 1):
        place = {"tracker": TRACKER, "site": SITE, "external_id": f"sample-{written}", "project": one.project}
        rest = {
            "key": one.key,
            "generation": 1,
            "done_generation": 1,
            "due": one.created,
            "first_due": one.created,
        }
        row = insert(ticket).values(**place, **rest, said_score=one.readings[-1].score if one.readings else None)
        ticket_id = connection.execute(row.returning(ticket.c.id)).scalar_one()
        _read(connection, ticket_id, one)
        keep_questions(connection, ticket_id, questions(one, today))
        taken = [*unaided(one, sorted(met[one.author]), rules), *responses(one, unloved)]
        met[one.author] |= {t.response.rule for t in taken if t.response.what is What.SHOWN}
        told = [
            {"rule": t.response.rule, "what": t.response.what, "person": t.response.person, "at": t.at}
            for t in taken
            if t.at < today
        ]
        if told:
            connection.execute(insert(response).values(ticket_id=ticket_id, project=one.project), told)


def _commonest(tickets: Iterable[Simulated]) -> str:
    """The wording that is found most in the stubborn team's tickets: some rules are not for everybody."""
    rules = Counter(
        rule for one in tickets if one.project == STUBBORN for read in one.readings for rule, _ in read.rules
    )
    return min(rules, key=lambda rule: (-rules[rule], rule), default="")


def _coach(connection: Connection) -> None:
    """Since when each author is spoken to."""
    where = (response.c.person, response.c.project)
    shown = select(*where, func.min(response.c.at)).where(response.c.what == What.SHOWN).group_by(*where)
    connection.execute(insert(coached).from_select(["person", "project", "since"], shown))


def _read(connection: Connection, ticket_id: int, one: Simulated) -> None:
    for generation, read in enumerate(one.readings, 1):
        values = {
            "ticket_id": ticket_id,
            "generation": generation,
            "at": read.at,
            "rulebook": read.rulebook,
            "policy": SAMPLE,
            "text_hash": hashlib.sha256(f"{one.key} {read.text}".encode()).hexdigest(),
            "score": read.score,
            "level": read.level,
            "kind": one.kind,
            "project": one.project,
            "status_category": read.category,
            "author": one.author,
            "created": one.created,
            "text_changed": read.text_changed,
        }
        review_id = connection.execute(insert(review).values(**values).returning(review.c.id)).scalar_one()
        found = [
            {"review_id": review_id, "position": n, "rule": rule, "field": "description", "points": points}
            for n, (rule, points) in enumerate(read.rules)
        ]
        if found:
            connection.execute(insert(finding), found)
        said = {"ticket_id": ticket_id, "review_id": review_id, "at": read.at, "action": read.said}
        connection.execute(insert(decision).values(**said, reason="simulated"))
