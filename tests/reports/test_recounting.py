"""What is kept is what a plain count of all reviews comes to, whatever happens in between and in which order."""

import random
import threading
from collections import Counter
from itertools import product

import pytest
from sqlalchemy import select, update

from service.outcomes import Question
from service.reports import recounting
from service.reports.days import as_date
from service.reports.facts import facts
from service.reports.figures import Histogram
from service.reports.history import Measure
from service.reports.people_words import asked
from service.reports.recounting import recount
from service.reports.selection import Selection
from service.response import Response, What
from service.store.forgetting import erase_tickets, expire_decisions, expire_reviews, forget_person
from service.store.opinions import Opinion, hold, take_back
from service.store.people import silent_rules
from service.store.questions import keep_questions
from service.store.responses import add_responses, add_rule_review
from service.store.schema import coached, response, review, ticket
from service.store.stale import count_stale, mark_ticket, stale_weeks
from service.store.trends import Where, read
from tests.reports.sample import AUTHORS, DAY, MONDAY, WEEK, add_review, add_ticket, kept, mark_all, plainly

RULES = ["no-role", "no-benefit", "vague-time", "placeholder-text"]


def settle(store):
    while recount(store):
        pass


def some_review(connection, dice, ticket_id, at):
    score = dice.choice([None, *range(30, 101, 5)])
    add_review(
        connection,
        ticket_id,
        at=at,
        text_changed=at - dice.choice([90, 90, 3 * DAY]),
        created=MONDAY,
        text_hash=f"{ticket_id} {dice.randrange(4)}",
        score=score,
        level=None if score is None else "ready" if score >= 80 else "nearly",
        kind=dice.choice([None, "story", "bug"]),
        project=dice.choice(["SHOP", "SHOP", "PAY"]),
        rulebook="a" if at < MONDAY + 2 * WEEK else "b",
        status_category=dice.choice(["new", "new", "in_progress", "done"]),
        author=dice.choice([*AUTHORS, ""]),
        bulk=dice.random() < 0.1,
        rules=dice.sample(RULES, dice.randrange(4)),
        posted=dice.random() < 0.3,
    )


def some_deeds(connection, dice, ticket_id, at):
    """People ask, are answered, mend and vote, and take some of it back, at times of the test's own."""
    asked = [
        Question(
            "qa", at - n * DAY, dice.choice([None, at + dice.uniform(0, 9) * DAY]), explicit=dice.random() < 0.3
        )
        for n in range(dice.randrange(3), 0, -1)
    ]
    keep_questions(connection, ticket_id, asked)
    told = [
        Response(dice.choice(RULES), dice.choice([*What]), dice.choice(AUTHORS)) for _ in range(dice.randrange(5))
    ]
    before = {table: list(connection.execute(select(table.c.id)).scalars()) for table in (response, coached)}
    add_responses(connection, ticket_id, told)
    for table, column in ((response, "at"), (coached, "since")):
        connection.execute(update(table).values({column: at}).where(table.c.id.not_in(before[table])))
    rule, person = dice.choice(RULES), dice.choice(["qa", "dev"])
    if dice.random() < 0.5:
        hold(connection, ticket_id, rule, Opinion.NOT_USEFUL, person)
    else:
        take_back(connection, ticket_id, rule, Opinion.NOT_USEFUL, person)
    mark_ticket(connection, ticket_id, whole=True)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_a_plain_count_comes_to(store, seed):
    dice = random.Random(seed)
    at = MONDAY
    with store.writing() as connection:
        places = [("jira", "default"), ("jira", "other"), ("linear", "default"), ("local", "local")]
        ids = [add_ticket(connection, str(n), tracker=t, site=s) for n in range(24) for t, s in [places[n % 4]]]
    for turn in range(12):
        with store.writing() as connection:
            for _ in range(12):
                at += dice.uniform(0, 2) * WEEK / 40
                some_review(connection, dice, dice.choice(ids), at)
                if turn > 2:
                    some_deeds(connection, dice, dice.choice(ids), at)
        if dice.random() < 0.7:
            recount(store, dice.randrange(1, 9))
    settle(store)
    plain = plainly(store)
    assert kept(store) == plain
    assert {place[0] for place in plain} == set(Measure)
    first, last = (int(MONDAY // DAY) + 7 * weeks for weeks in (1, 3))
    for chosen in product(("", "jira"), ("", "other"), (None, ("SHOP",), ("SHOP", "PAY"), ()), ("", "bug")):
        where = Where(first, last - 1, *chosen)
        assert scores(store, where) == plain_scores(plain, where), where


def scores(store, where):
    """How often each score occurs there, by what a page is made of."""
    with store.reading() as connection:
        cells = read(connection, ["score"], where).get("score", {})
    return dict(Histogram.of(part for packed in cells.values() for part in packed).as_dict())


def plain_scores(plain, where):
    told = Counter()
    for (measure, tracker, site, project, kind, _, day), counts in plain.items():
        meant = where.tracker in ("", tracker) and where.site in ("", site) and where.kind in ("", kind)
        meant &= project in where.projects if where.projects is not None else project != "*"
        if measure == "score" and kind != "*" and meant and where.first <= day <= where.last:
            told.update(counts)
    return dict(told)


def test_what_is_forgotten_is_counted_no_more(store):
    dice = random.Random(7)
    with store.writing() as connection:
        ids = [add_ticket(connection, str(n)) for n in range(12)]
        for n in range(60):
            some_review(connection, dice, dice.choice(ids), MONDAY + n * DAY / 2)
            some_deeds(connection, dice, dice.choice(ids), MONDAY + n * DAY / 2)
    settle(store)
    with store.writing() as connection:
        assert erase_tickets(connection, ids[:4]) == 4
    settle(store)
    assert kept(store) == plainly(store)
    with store.writing() as connection:
        assert forget_person(connection, AUTHORS[1]) > 0
    settle(store)
    assert kept(store) == plainly(store)
    with store.writing() as connection:
        everything = 0.0
        assert expire_decisions(connection, everything, 10) == 0 or kept(store)
        connection.execute(
            update(review).values(at=review.c.at - 10_000 * DAY).where(review.c.ticket_id == ids[5])
        )
        mark_ticket(connection, ids[5], whole=True)
        oldest = select(review.c.id).where(review.c.ticket_id == ids[6]).order_by(review.c.id).limit(1)
        connection.execute(update(review).values(at=review.c.at - 10_000 * DAY).where(review.c.id.in_(oldest)))
        expire_reviews(connection, 5_000 * DAY, 100)
    settle(store)
    with store.writing() as connection:
        mark_all(connection)
    settle(store)
    assert kept(store) == plainly(store)


def test_a_ticket_counts_once_a_week_with_its_last_text(store):
    with store.writing() as connection:
        one = add_ticket(connection, "1")
        for n, score in enumerate((40, 55, 70)):
            add_review(
                connection, one, at=MONDAY + n * DAY, text_changed=MONDAY + n * DAY, text_hash=str(n), score=score
            )
        add_review(
            connection,
            one,
            at=MONDAY + 20 * DAY,
            text_changed=MONDAY + 2 * DAY,
            text_hash="2",
            score=90,
            rulebook="b",
        )
    settle(store)
    scores = {place[-1]: counts for place, counts in kept(store).items() if place[0] == "score"}
    assert scores == {int(MONDAY // DAY): {70: 1}}


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (WEEK, "5 % of 21 tickets (one edited in several weeks counts in each) were asked about"),
        (DAY, "5 % of 20 tickets were asked about"),
    ],
)
def test_how_many_were_asked_about_says_where_a_ticket_counts_again(store, later, told):
    """Twenty tickets, one of them edited later and then asked about."""
    with store.writing() as connection:
        ids = [add_ticket(connection, str(n)) for n in range(20)]
        for one in ids:
            add_review(connection, one, at=MONDAY + 90, text_changed=MONDAY)
        edited = MONDAY + later
        add_review(connection, ids[0], at=edited + 90, text_changed=edited, text_hash="edited")
        keep_questions(connection, ids[0], [Question("qa", edited + 3600, None)])
        mark_ticket(connection, ids[0], whole=True)
    settle(store)
    with store.reading() as connection:
        found = facts(connection, Selection(as_date(int(MONDAY // DAY) + 8)), {})
    assert told in asked(found)


def test_what_changes_while_it_is_counted_is_counted_again(store, monkeypatch):
    """Another process writes between reading and writing: what was read is not the last word."""
    with store.writing() as connection:
        one, other = add_ticket(connection, "1"), add_ticket(connection, "2")
        add_review(connection, one, score=50)
    real = recounting.count

    def count(*given):
        told = real(*given)
        monkeypatch.setattr(recounting, "count", real)
        with store.writing() as connection:
            add_review(connection, other, score=70, text_hash="other")
        return told

    monkeypatch.setattr(recounting, "count", count)
    recount(store)
    assert kept(store) != plainly(store)
    settle(store)
    assert kept(store) == plainly(store)


def test_two_who_count_at_once_come_to_the_same(store):
    dice = random.Random(3)
    with store.writing() as connection:
        ids = [add_ticket(connection, str(n)) for n in range(10)]
        for n in range(50):
            some_review(connection, dice, dice.choice(ids), MONDAY + n * DAY)
    threads = [threading.Thread(target=settle, args=(store,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(store)
    assert kept(store) == plainly(store)


def test_which_rules_are_silent_is_known_once_counted(store):
    with store.writing() as connection:
        ids = [add_ticket(connection, str(n)) for n in range(30)]
        for n, one in enumerate(ids):
            add_review(connection, one, at=MONDAY + n * 60)
            connection.execute(update(ticket).where(ticket.c.id == one).values(project="SHOP"))
            told = [Response("no-role", What.SHOWN, "author"), Response("vague-time", What.SHOWN, "author")]
            useless = [Response("no-role", What.NOT_USEFUL, "reader")] if n < 12 else []
            add_responses(connection, one, [*told, *useless])
    settle(store)
    with store.writing() as connection:
        assert silent_rules(connection) == [("SHOP", "no-role")]
        assert silent_rules(connection, ["PAY"]) == []
        add_rule_review(connection, "no-role", "SHOP")
        assert silent_rules(connection) == []
        mark_all(connection)
    settle(store)
    with store.reading() as connection:
        assert silent_rules(connection) == []


def test_the_newest_week_is_counted_first(store):
    with store.writing() as connection:
        one = add_ticket(connection, "1")
        add_review(connection, one, at=MONDAY, text_changed=MONDAY)
        add_review(connection, one, at=MONDAY + WEEK, text_changed=MONDAY + WEEK, text_hash="x")
    with store.reading() as connection:
        assert [week.week for week in stale_weeks(connection, 5)] == [int((MONDAY + WEEK) // DAY)]
        assert count_stale(connection) == 2


def test_what_is_tried_on_the_playground_is_in_no_report(store):
    with store.writing() as connection:
        add_review(connection, add_ticket(connection, "1", tracker="local", site="local"))
    with store.reading() as connection:
        assert count_stale(connection) == 0
        assert connection.execute(select(ticket.c.id)).all()


def test_a_project_counted_while_all_are_added_up_is_added_up_again(store, monkeypatch):
    with store.writing() as connection:
        one, other = add_ticket(connection, "1"), add_ticket(connection, "2", project="PAY")
        add_review(connection, one, score=50)
    real = recounting.parts

    def parts(*given):
        told = real(*given)
        monkeypatch.setattr(recounting, "parts", real)
        with store.writing() as connection:
            add_review(connection, other, score=70, text_hash="other", project="PAY")
        recount(store, 1)
        return told

    monkeypatch.setattr(recounting, "parts", parts)
    recount(store)
    with store.reading() as connection:
        assert count_stale(connection) == 1
    settle(store)
    assert kept(store) == plainly(store)


def counted_while(store, monkeypatch, happens):
    """Recount while, after the reading, something happens; what `recount` says."""
    real = recounting.histories

    def histories(*given):
        told = real(*given)
        patched.undo()
        happens()
        return told

    with monkeypatch.context() as patched:
        patched.setattr(recounting, "histories", histories)
        return recount(store)


def test_a_week_that_never_rests_is_told_all_the_same_and_counted_again(store, monkeypatch):
    with store.writing() as connection:
        one = add_ticket(connection, "1")
        add_review(connection, one, score=50)
    scores = iter((60, 70))

    def happens():
        with store.writing() as connection:
            add_review(connection, one, score=next(scores), text_hash="next", text_changed=MONDAY + 50)

    assert [counted_while(store, monkeypatch, happens) for _ in range(2)] == [0, 0]
    days = {key[-1] for key in kept(store)}
    assert int(MONDAY // DAY) in days
    with store.reading() as connection:
        assert count_stale(connection) > 0
    settle(store)
    assert kept(store) == plainly(store)


def test_what_somebody_else_counted_since_is_left_alone(store, monkeypatch):
    with store.writing() as connection:
        one = add_ticket(connection, "1")
        add_review(connection, one, score=50)

    def happens():
        with store.writing() as connection:
            add_review(connection, one, score=90, text_hash="later", text_changed=MONDAY + 50)
        settle(store)

    counted_while(store, monkeypatch, happens)
    assert kept(store) == plainly(store)
    with store.reading() as connection:
        assert count_stale(connection) == 0
