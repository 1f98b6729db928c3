"""How people took what we said, as it is counted: a case is one rule on one ticket."""

from service.response import Response, Tally, What
from service.store.accepting import raise_generation, register_site
from service.store.forgetting import erase_tickets, forget_person
from service.store.opinions import Opinion, hold, take_back
from service.store.responses import (
    add_responses,
    add_rule_review,
    known_responses,
    tallies,
    voiceless,
)
from service.store.schema import response, ticket
from service.ticket import TicketRef

SHOWN, NOT_USEFUL = Response("vague-time", What.SHOWN, "author"), Response("vague-time", What.NOT_USEFUL, "one")


def tickets(store, count, project="SHOP", tracker="jira"):
    with store.writing() as connection:
        register_site(connection, tracker, "default")
        for number in range(count):
            ref = TicketRef(tracker, "default", f"{project}-{number}")
            raise_generation(connection, ref, debounce=0.0, max_wait=0.0)
        connection.execute(ticket.update().where(ticket.c.project == "").values(project=project))
        of_project = ticket.select().where(ticket.c.project == project).order_by(ticket.c.id)
        return [row.id for row in connection.execute(of_project)]


def note(store, ids, *told):
    with store.writing() as connection:
        return [add_responses(connection, ticket_id, told) for ticket_id in ids]


def counted(store, **how):
    with store.reading() as connection:
        return tallies(connection, **how)


def silent(store, project="SHOP"):
    with store.reading() as connection:
        return voiceless(connection, project)


def test_nothing_is_counted_twice_however_often_it_is_told(store):
    ids = tickets(store, 2)
    assert note(store, ids, SHOWN, NOT_USEFUL, SHOWN) == [[SHOWN, NOT_USEFUL]] * 2
    assert note(store, ids, SHOWN, NOT_USEFUL) == [[], []]
    other = Response("vague-time", What.NOT_USEFUL, "two")
    assert note(store, ids[:1], other) == [[other]]
    assert counted(store) == [Tally("vague-time", "SHOP", 2, not_useful=2)]


def test_only_what_was_shown_is_a_case(store):
    note(store, tickets(store, 1), NOT_USEFUL)
    assert counted(store) == []


def test_each_column_counts_cases(store):
    first, second, third = tickets(store, 3)
    note(store, (first, second, third), SHOWN)
    note(store, (first, second), Response("vague-time", What.MENDED, "author"))
    note(store, (third,), Response("vague-time", What.IGNORED, "author"))
    assert counted(store) == [Tally("vague-time", "SHOP", 3, mended=2, ignored=1)]


def test_a_rule_loses_its_voice_in_one_project_until_it_is_reviewed(store):
    ids, others = tickets(store, 20), tickets(store, 20, project="BLOG")
    note(store, [*ids, *others], SHOWN)
    note(store, ids[:4], NOT_USEFUL)
    assert silent(store) == frozenset()
    note(store, ids[4:5], NOT_USEFUL)
    assert silent(store) == {"vague-time"}
    assert silent(store, "BLOG") == frozenset()
    with store.writing() as connection:
        add_rule_review(connection, "vague-time", "SHOP")
    assert silent(store) == frozenset()
    note(store, ids[5:12], NOT_USEFUL)
    assert silent(store) == frozenset()  # they were shown before the review
    assert counted(store, project="SHOP") == [Tally("vague-time", "SHOP", 20, not_useful=12)]
    assert counted(store, project="SHOP", since_review=True) == []


def test_what_is_shown_after_a_review_counts_afresh(store):
    ids = tickets(store, 40)
    note(store, ids[:20], SHOWN, NOT_USEFUL)
    with store.writing() as connection:
        add_rule_review(connection, "vague-time", "SHOP")
        connection.execute(response.update().values(at=response.c.at - 60))
    note(store, ids[20:], SHOWN, NOT_USEFUL)
    assert counted(store, since_review=True) == [Tally("vague-time", "SHOP", 20, not_useful=20)]
    assert silent(store) == {"vague-time"}


def test_the_playground_is_left_out_of_reports(store):
    note(store, tickets(store, 1, project="TRY", tracker="local"), SHOWN)
    assert counted(store, playground=False) == []
    assert counted(store) == [Tally("vague-time", "TRY", 1)]


def test_what_is_clicked_in_the_panel_counts_until_it_is_taken_back(store):
    ids = tickets(store, 20)
    note(store, ids, SHOWN)
    note(store, ids[:3], NOT_USEFUL)
    with store.writing() as connection:
        for one in ids[2:6]:
            hold(connection, one, "vague-time", Opinion.NOT_USEFUL, "two")
        hold(connection, ids[0], "vague-time", Opinion.IGNORED, "two")
    assert counted(store) == [Tally("vague-time", "SHOP", 20, ignored=1, not_useful=6)]
    assert silent(store) == {"vague-time"}
    with store.writing() as connection:
        for one in ids[4:6]:
            take_back(connection, one, "vague-time", Opinion.NOT_USEFUL, "two")
    assert counted(store) == [Tally("vague-time", "SHOP", 20, ignored=1, not_useful=4)]
    assert silent(store) == frozenset()


def test_a_person_and_a_ticket_can_be_forgotten(store):
    first, second = tickets(store, 2)
    note(store, [first, second], SHOWN, Response("vague-time", What.SHOWN, "other"))
    with store.writing() as connection:
        assert forget_person(connection, "author") == 3  # two cases, and since when we speak to them
        assert forget_person(connection, "other") == 3
        assert known_responses(connection, first) == {Response("vague-time", What.SHOWN)}
        connection.execute(ticket.update().values(done_generation=ticket.c.generation))
        assert erase_tickets(connection, [first]) == 1
    assert counted(store) == [Tally("vague-time", "SHOP", 1)]
