"""A good ticket is shown to others with its author's consent, and is taken back whenever it may not be any more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.comment import Link
from service.exemplar import Sharing
from service.policy import Policy
from service.store.keeping import opt_person_out
from service.store.schema import exemplar, ticket
from service.ticket import Comment, Commented, Markup, Person, Removed, StatusCategory, Text
from tests.engine.test_talking import CLEAR, ENGINEER, VAGUE
from tests.engine.world import AUTHOR

DONE = {"status_category": StatusCategory.DONE}
URL = "https://jira.team.example/browse/SHOP-good"


def say(world, ticket_id, person, body):
    number = len(world.tracker.snapshots[ticket_id].comments)
    comment = Comment(f"said-{number}", person, Text(body, Markup.MARKDOWN), datetime.now(UTC))
    world.tracker.comment(ticket_id, comment)
    world.save(ticket_id, event=Commented)
    world.work()


def links(world, ticket_id):
    """What our comment on a ticket shows; None where there is no comment."""
    ours = world.tracker.ours(ticket_id)
    if not ours:
        return None
    found, nodes = [], list(world.tracker.said[ours[0]].nodes)
    while nodes:
        node = nodes.pop()
        if isinstance(node, Link):
            found.append((node.text, node.href))
        nodes += getattr(node, "items", ()) or getattr(node, "content", ())
    return found


def good(world, **values):
    """A ticket that is ready and done, as its tracker tells; its author has a word on it."""
    world.save("good", CLEAR, **{"url": URL, **DONE, **values})
    world.work()


def vague(world, ticket_id="1", **values):
    world.save(ticket_id, VAGUE, **values)
    world.work()
    return links(world, ticket_id)


@pytest.fixture
def showing(world):
    """Ticket 1 shows the good one, whose author agreed."""
    good(world)
    say(world, "good", AUTHOR, "/clarity share")
    assert vague(world) == [("SHOP-good", URL)]
    return world


def test_nothing_is_shown_before_the_author_agrees(world):
    good(world)
    assert vague(world) == []
    say(world, "good", ENGINEER, "/clarity share")
    assert vague(world, "2") == []
    say(world, "good", AUTHOR, "/clarity share")
    assert vague(world, "3", author=Person("newcomer")) == [("SHOP-good", URL)]


def test_a_project_may_agree_for_all_and_an_author_object(world_of):
    world = world_of(policy=Policy(exemplars=Sharing.ON))
    good(world)
    assert vague(world) == [("SHOP-good", URL)]
    say(world, "good", AUTHOR, "/clarity unshare")
    assert links(world, "1") == []


@pytest.mark.parametrize(
    "values",
    [
        {"status_category": StatusCategory.IN_PROGRESS},
        {"restricted": True},
        {"service_desk": True},
        {"url": ""},
    ],
    ids=["not done", "restricted", "a service desk's", "without an address"],
)
def test_what_is_never_shown(world_of, values):
    world = world_of(policy=Policy(exemplars=Sharing.ON, service_desk=True))
    good(world, **values)
    assert vague(world) == []


def test_a_ticket_of_another_project_is_never_shown(showing):
    other = showing.tracker.snapshots["1"].ticket
    showing.save("2", VAGUE, ticket=replace(other, id="2", project="BLOG"))
    showing.work()
    assert links(showing, "2") == []


def unshared(world):
    say(world, "good", AUTHOR, "/clarity unshare")


def unready(world):
    good(world, ticket=world.tracker.snapshots["1"].ticket)


def reopened(world):
    good(world, status_category=StatusCategory.IN_PROGRESS)


def asked_about(world):
    say(world, "good", ENGINEER, "/unclear Which page?")


def restricted(world):
    good(world, restricted=True)


def deleted(world):
    del world.tracker.snapshots["good"]
    world.save("good", event=Removed)
    world.work()


def hidden(world):
    del world.tracker.snapshots["good"]
    world.save("good")
    world.work()


WAYS = [unshared, unready, reopened, asked_about, restricted, deleted, hidden]


@pytest.mark.parametrize("happens", WAYS, ids=lambda way: way.__name__)
def test_it_is_taken_back_without_anybody_touching_the_ticket_that_shows_it(showing, happens):
    happens(showing)
    assert links(showing, "1") == []
    assert ("update", "a ticket that it showed may not be shown any more") in showing.decisions()
    with showing.store.reading() as connection:
        assert connection.execute(exemplar.select()).all() == []


def test_it_is_taken_back_from_a_ticket_on_which_we_may_not_speak_any_more(showing):
    showing.tracker.status("1", "done")
    unshared(showing)
    assert links(showing, "1") is None


def test_a_better_one_changes_no_comment(showing):
    before = showing.tracker.count("update_comment")
    showing.save("better", CLEAR + " Always.", url=URL + "2", **DONE)
    showing.work()
    say(showing, "better", AUTHOR, "/clarity share")
    showing.save("1", event=Commented)
    showing.work()
    assert links(showing, "1") == [("SHOP-good", URL)]
    assert showing.tracker.count("update_comment") == before


def test_who_opted_out_is_no_example_by_the_projects_word_alone(world_of):
    world = world_of(policy=Policy(exemplars=Sharing.ON))
    person = world.store.person("default", "shy")
    with world.store.writing() as connection:
        opt_person_out(connection, person)
    good(world, author=Person("shy"))
    assert vague(world) == []


def test_only_a_word_and_a_mark_are_kept(showing):
    with showing.store.reading() as connection:
        rows = connection.execute(ticket.select().order_by(ticket.c.id)).all()
        kept = [tuple(row) for row in connection.execute(exemplar.select())]
    assert [(row.key, row.consent, row.restricted) for row in rows] == [
        ("SHOP-good", "yes", False),
        ("SHOP-1", "", False),
    ]
    assert kept == [(rows[1].id, rows[0].id)]
