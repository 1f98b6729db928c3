"""How long tickets were worked on, and whom we left alone, as they are kept."""

import pytest

from service.reaction import OPTED_OUT, QUIET
from service.store.forgetting import erase_tickets
from service.store.questions import left_alone, outcomes
from service.store.schema import decision, review, ticket, work
from service.store.work import keep_work
from service.worktime import Work
from tests.store.test_questions import reviewed
from tests.store.test_responses import tickets

DONE = Work(100.0, 900.0, 600.0, 1)


def test_the_time_under_way_is_what_the_states_tell_however_often(store):
    (one,) = tickets(store, 1)
    reviewed(store, one)
    for told, seconds in [(None, None), (DONE, 600.0), (DONE, 600.0), (Work(1.0, 9.0, 8.0), 8.0), (None, None)]:
        with store.writing() as connection:
            keep_work(connection, one, told)
            assert [found.worked for found in outcomes(connection)] == [seconds]


def test_it_goes_with_its_ticket(store):
    (one,) = tickets(store, 1)
    with store.writing() as connection:
        keep_work(connection, one, DONE)
        connection.execute(ticket.update().values(done_generation=ticket.c.generation))
        assert erase_tickets(connection, [one]) == 1
        assert connection.execute(work.select()).all() == []


@pytest.mark.parametrize(
    ("reason", "alone"),
    [
        (QUIET, {"author"}),
        (OPTED_OUT, {"author"}),
        ("ready: nothing to say", set()),
        ("a bot wrote the text", set()),
    ],
)
def test_whom_we_left_alone(store, reason, alone):
    (one,) = tickets(store, 1)
    reviewed(store, one)
    with store.writing() as connection:
        review_id = connection.execute(review.select()).one().id
        row = {"ticket_id": one, "review_id": review_id, "at": 1.0, "action": "silence", "reason": reason}
        connection.execute(decision.insert().values(**row))
        assert left_alone(connection) == alone
