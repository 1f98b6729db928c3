"""Questions and what became of tickets, as they are kept."""

import pytest

from service.outcomes import Outcome, Question
from service.store.coached import spoken_to
from service.store.forgetting import erase_tickets, forget_person
from service.store.questions import keep_questions, outcomes, questions_of
from service.store.schema import finding, review, ticket
from tests.store.test_responses import SHOWN, note, tickets

FIRST, SECOND = Question("one", 100.0, None, explicit=True), Question("two", 200.0, 300.0)


def reviewed(store, ticket_id, status="new", rules=(), score=60, bulk=False, at=50.0, project="SHOP"):
    row = {"generation": 1, "at": at, "rulebook": "r", "policy": "p", "text_hash": "t", "author": "author"}
    rest = {"status_category": status, "created": 1, "text_changed": 1, "project": project, "bulk": bulk}
    with store.writing() as connection:
        new = review.insert().values(ticket_id=ticket_id, score=score, **row, **rest).returning(review.c.id)
        review_id = connection.execute(new).scalar_one()
        for position, rule in enumerate(rules):
            told = {
                "review_id": review_id,
                "position": position,
                "rule": rule,
                "field": "description",
                "points": 5,
            }
            connection.execute(finding.insert().values(**told))


def keep(store, ticket_id, *asked):
    with store.writing() as connection:
        keep_questions(connection, ticket_id, list(asked))
        return questions_of(connection, ticket_id)


def known(store, **where):
    with store.reading() as connection:
        return outcomes(connection, **where)


def test_questions_are_what_the_comments_tell_however_often(store):
    (one,) = tickets(store, 1)
    assert keep(store, one, FIRST, SECOND) == [FIRST, SECOND]
    assert keep(store, one, FIRST, SECOND) == [FIRST, SECOND]
    assert keep(store, one, SECOND) == [SECOND]


def found_of(store):
    return [one.found for one in known(store)]


def test_what_counts_is_the_text_that_was_asked_about(store):
    (one,) = tickets(store, 1)
    reviewed(store, one, rules=["vague-time", "no-benefit"])
    reviewed(store, one, rules=["no-benefit"], at=90.0)
    reviewed(store, one, at=110.0)
    keep(store, one, FIRST)
    assert found_of(store) == [("no-benefit",)]


def test_what_counts_of_a_ticket_that_nobody_asked_about_is_the_text_as_work_began(store):
    begun, filed, early = tickets(store, 3)
    reviewed(store, begun, rules=["vague-time", "no-benefit"])
    reviewed(store, begun, "in_progress", rules=["vague-time"], at=90.0)
    reviewed(store, begun, "in_progress", at=110.0)
    reviewed(store, filed, rules=["vague-time"])
    reviewed(store, filed, rules=["no-benefit"], at=90.0)
    reviewed(store, early, rules=["no-role"], at=150.0)
    keep(store, early, FIRST)
    assert found_of(store) == [("vague-time",), ("no-benefit",), ("no-role",)]


def test_a_ticket_that_was_moved_counts_where_it_was_filed(store):
    (one,) = tickets(store, 1)
    reviewed(store, one, rules=["no-benefit"])
    reviewed(store, one, rules=["vague-time"], at=90.0, project="BLOG")
    assert [found.found for found in known(store, project="SHOP")] == [("vague-time",)]
    assert known(store, project="BLOG") == []


def test_a_tickets_first_score_counts_with_what_came_of_it(store):
    first, second, third = tickets(store, 3)
    reviewed(store, first, rules=["vague-time"], score=None)
    reviewed(store, first, rules=["no-benefit"])
    reviewed(store, first, rules=["vague-time"], score=90, at=150.0)
    keep(store, first, FIRST)
    for status in ("new", "done", "in_progress"):
        reviewed(store, second, status)
    reviewed(store, third, bulk=True)
    assert known(store) == [
        Outcome("SHOP", "author", 50.0, 60, ("no-benefit",), (FIRST,)),
        Outcome("SHOP", "author", 50.0, 60, reopened=True),
    ]
    assert known(store, project="BLOG") == []


@pytest.mark.parametrize("steps", [("new", "in_progress", "done"), ("done", "done"), ("in_progress", "new")])
def test_what_is_not_opened_again(store, steps):
    (one,) = tickets(store, 1)
    for status in steps:
        reviewed(store, one, status)
    assert [found.reopened for found in known(store)] == [False]


def test_the_playground_is_left_out(store):
    (one,) = tickets(store, 1, tracker="local")
    reviewed(store, one)
    assert known(store) == []


def test_who_was_spoken_to(store):
    note(store, tickets(store, 2), SHOWN)
    with store.reading() as connection:
        (one,) = spoken_to(connection)
    assert (one.author, one.project, one.since > 1) == ("author", "SHOP", True)


def test_a_person_and_a_ticket_can_be_forgotten(store):
    (one,) = tickets(store, 1)
    keep(store, one, FIRST, SECOND)
    with store.writing() as connection:
        assert forget_person(connection, "one") == 1
        assert questions_of(connection, one)[0].person == ""
        connection.execute(ticket.update().values(done_generation=ticket.c.generation))
        assert erase_tickets(connection, [one]) == 1
        assert questions_of(connection, one) == []
