"""Reviews for tests, and a plain count of what they come to: slow, and written another way than the product's."""

import hashlib
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from service.reports.figures import Histogram
from service.reports.history import Read
from service.store.schema import (
    coached,
    decision,
    finding,
    opinion,
    question,
    response,
    review,
    rule_number,
    ticket,
    trend,
)
from service.store.stale import mark_reviews, mark_ticket

MONDAY = 1_790_553_600.0  # 28 September 2026
DAY = 86_400.0
WEEK = 7 * DAY
AUTHORS = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(8)]


def read(number=1, **values):
    """A review of a ticket, as histories tell."""
    given = {
        "id": number,
        "at": MONDAY + number * 3600.0,
        "text_changed": MONDAY + number * 3600.0 - 90,
        "created": MONDAY,
        "text_hash": f"text {number}",
        "score": 60,
        "level": "nearly",
        "kind": "story",
        "project": "SHOP",
        "rulebook": "a",
        "status_category": "new",
        "author": AUTHORS[0],
        "bulk": False,
        "rules": (),
    }
    return Read(**given | values)


def add_ticket(connection, external_id, project="SHOP", tracker="jira", site="default"):
    row = {"tracker": tracker, "site": site, "external_id": external_id, "key": f"{project}-{external_id}"}
    done = {"project": project, "generation": 1, "done_generation": 1, "due": 0.0, "first_due": 0.0}
    return connection.execute(insert(ticket).values(**row, **done).returning(ticket.c.id)).scalar_one()


def add_review(connection, ticket_id, *, rules=(), posted=False, marked=True, **values):
    """Write a review, and that we then first commented, as the reconciler would."""
    told = read(1, **values)
    columns = {name: getattr(told, name) for name in told.__dataclass_fields__ if name not in ("id", "rules")}
    row = insert(review).values(ticket_id=ticket_id, generation=1, policy="p", **columns)
    review_id = connection.execute(row.returning(review.c.id)).scalar_one()
    found = [
        {"review_id": review_id, "position": n, "rule": r, "field": "title", "points": 5}
        for n, r in enumerate(rules)
    ]
    if found:
        connection.execute(insert(finding), found)
    said = {"action": "post" if posted else "silence", "reason": "test", "at": told.at}
    connection.execute(insert(decision).values(ticket_id=ticket_id, review_id=review_id, **said))
    if marked:
        mark_ticket(connection, ticket_id)
    return review_id


def mark_all(connection):
    mark_reviews(connection, review.c.id > 0)


def kept(store):
    """What the product has counted: by measure, place, kind, rulebook and day, how often each number occurs."""
    with store.reading() as connection:
        names = {row.number: row.rule for row in connection.execute(select(rule_number))}
        told = {}
        for row in connection.execute(select(trend)):
            counts = dict(Histogram.of([row.pairs]).as_dict())
            if row.measure in ("found", "told", "mended", "shown", "helped", "useless"):
                counts = {names[number]: times for number, times in counts.items()}
            told[row.measure, row.tracker, row.site, row.project, row.kind, row.rulebook, row.day] = counts
        return told


def monday(at):
    day = datetime.fromtimestamp(at, UTC).date()
    return (day - timedelta(days=day.weekday())).toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()


def plainly(store):
    """The same, from every review there is, one ticket after the other."""
    told = defaultdict(Counter)
    for _, key, number, amount in ticket_by_ticket(store):
        for every in _summed(key):
            told[every][number] += amount
    return {key: dict(counts) for key, counts in told.items()}


def ticket_by_ticket(store):
    """The key of each ticket, where it counts, and the number that it adds there so many times."""
    with store.reading() as connection:
        tickets = connection.execute(select(ticket).where(ticket.c.tracker != "local")).all()
        for one in tickets:
            rows = connection.execute(
                select(review).where(review.c.ticket_id == one.id).order_by(review.c.id)
            ).all()
            rules = {
                row.id: set(
                    connection.execute(select(finding.c.rule).where(finding.c.review_id == row.id)).scalars()
                )
                for row in rows
            }
            first = connection.execute(
                select(decision)
                .where(decision.c.ticket_id == one.id, decision.c.action == "post")
                .order_by(decision.c.id)
            ).first()
            for key, number in _of_one(one, rows, rules, first):
                yield one.key, key, number, 1
            for key, number, amount in _of_people(connection, one, rows):
                yield one.key, key, number, amount


def _summed(key):
    """Where a number counts: in its own project and kind, and in the sums over all of them."""
    measure, tracker, site, project, kind, *rest = key
    return [(measure, tracker, site, p, k, *rest) for p in (project, "*") for k in (kind, "*")]


def _of_one(one, rows, rules, first):
    def key(measure, row, day):
        return (measure, one.tracker, one.site, row.project, row.kind or "", row.rulebook, day)

    yield from _texts(rows, rules, key)
    begun = next((row for row in rows if row.status_category != "new"), None)
    if begun and begun.score is not None and (begun is not rows[0] or begun.at - begun.created < DAY):
        yield key("start", begun, monday(begun.at)), 1 if begun.level == "ready" else 0
    base = next((row for row in rows if first and row.id == first.review_id), None)
    if base:
        later = [r for r in rows if r.id > base.id and r.rulebook == base.rulebook and r.score is not None]
        yield from _after(first.at, base, later, rules, key)


def _of_people(connection, one, rows):
    """What people did, told text by text; written in order, so that the text they had is the last before it."""

    def key(measure, row):
        return (
            measure,
            one.tracker,
            one.site,
            row.project,
            row.kind or "",
            row.rulebook,
            monday(row.text_changed),
        )

    own = {}
    for before, row in zip([None, *rows], rows, strict=False):
        if not row.bulk and (before is None or before.text_hash != row.text_hash):
            own[monday(row.text_changed)] = row
    own = list(own.values())

    def had(at):
        return ([row for row in own if row.text_changed <= at] or own[:1])[-1]

    if own:
        yield from _first_score(connection, rows, key)
        yield from _questions(connection, one, own, had, key)
        yield from _cases(connection, one, had, key)


def _first_score(connection, rows, key):
    first = next((row for row in rows if not row.bulk and row.score is not None), None)
    met = select(func.min(coached.c.since)).where(coached.c.project == (first.project if first else ""))
    since = connection.execute(met).scalar_one()
    if first is not None and first.author and since is not None:
        what = "latter" if first.at > since else "former"
        number = int(first.author[:8], 16) // 2
        yield key(what, first), 2 * number, 1
        yield key(what, first), 2 * number + 1, first.score


def _questions(connection, one, own, had, key):
    asked = Counter()
    for told in connection.execute(select(question).where(question.c.ticket_id == one.id)).all():
        row = had(told.asked)
        hours = 1_000_000 if told.answered is None else int((told.answered - told.asked) // 3600)
        yield key("answer", row), hours, 1
        if told.explicit:
            yield key("flag", row), hours, 1
        asked[row.id] += 1
    for row in own:
        if asked[row.id] and row.score is not None:
            yield key("asked", row), asked[row.id], 1


def _cases(connection, one, had, key):
    told = connection.execute(select(response).where(response.c.ticket_id == one.id)).all()
    votes = connection.execute(select(opinion).where(opinion.c.ticket_id == one.id)).all()
    for rule in {row.rule for row in told if row.what == "shown"}:
        row = had(min(r.at for r in told if r.rule == rule and r.what == "shown"))
        useless = any(r.rule == rule and r.what == "not-useful" for r in told)
        useless |= any(vote.rule == rule and vote.kind == "not-useful" for vote in votes)
        yield key("shown", row), rule, 1
        if useless:
            yield key("useless", row), rule, 1
        elif any(r.rule == rule and r.what == "mended" for r in told):
            yield key("helped", row), rule, 1


def _texts(rows, rules, key):
    weeks, days, former = {}, {}, None
    for row in rows:
        if row.text_hash != former and not row.bulk:
            weeks[monday(row.text_changed)] = row
            days[int(row.text_changed // DAY)] = row
        former = row.text_hash
    for week, row in weeks.items():
        yield key("no score" if row.score is None else "score", row, week), row.score or 0
        if row.author:
            yield key("author", row, week), int(row.author[:8], 16)
        for rule in rules[row.id] if row.score is not None else ():
            yield key("found", row, week), rule
    for day, row in days.items():
        if row.score is not None:
            yield key("score by day", row, day), row.score


def _after(at, base, later, rules, key):
    week = monday(at)
    ready = [int((r.at - at) // 3600) for r in later if r.level == "ready"][:1] or [1_000_000]
    yield key("hours", base, week), ready[0]
    other = [r for r in later if r.text_hash != base.text_hash]
    if base.score is not None:
        yield key("gain", base, week), other[-1].score - base.score + 100 if other else 1000
    for rule in rules[base.id]:
        yield key("told", base, week), rule
        if other and rule not in rules[other[-1].id]:
            yield key("mended", base, week), rule
