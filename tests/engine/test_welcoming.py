"""Who is new is welcomed, once in their life here: through the inbox and the reconciler."""

from sqlalchemy import select

from service.policy import Policy, PolicyChange
from service.render.markdown import render
from service.store.forgetting import erase_tickets, forget_person
from service.store.schema import welcomed
from service.ticket import Kind, Person, Text, Ticket
from service.trackers.base import Unreachable
from tests.engine.world import AUTHOR

VAGUE = "It shall be fast, fast and fast."
CLEAR = "It answers within 30 ms."
WELCOME = "Welcome, and thank you"


def said(world, ticket_id):
    (comment,) = world.tracker.ours(ticket_id)
    return render(world.tracker.said[comment])


def filed(world, ticket_id, body=VAGUE, **values):
    world.save(ticket_id, body, **values)
    world.work()
    return said(world, ticket_id)


def elsewhere(ticket_id):
    return {"ticket": Ticket(ticket_id, "A title", Text(VAGUE), Kind.BUG, status="Open", project="PAY")}


def test_the_first_comment_welcomes_with_the_template_and_no_other_does(world):
    first = filed(world, "1")
    assert first.startswith(WELCOME)
    assert "**Template for a story**\n\n```\nAs a [role]" in first
    assert not filed(world, "2").startswith(WELCOME)
    assert not filed(world, "3", **elsewhere("3")).startswith(WELCOME)


def test_everybody_is_welcomed(world):
    filed(world, "1")
    assert filed(world, "2", author=Person("user-two")).startswith(WELCOME)


def test_it_stays_with_its_ticket_until_that_is_ready(world):
    filed(world, "1")
    world.save("1")
    assert filed(world, "1", VAGUE + " Fast.").startswith(WELCOME)
    assert WELCOME not in filed(world, "1", CLEAR)
    assert not filed(world, "2").startswith(WELCOME)


def test_a_restart_and_a_second_try_welcome_once(world):
    world.tracker.faults["create_comment"] = [Unreachable("no answer")]
    world.save("1", VAGUE)
    world.work()
    world.reconciler = world.another()
    world.save("2", VAGUE)
    world.settle()
    assert sum(said(world, one).startswith(WELCOME) for one in ("1", "2")) == 1
    world.save("1")
    world.work()
    assert len(world.tracker.ours("1")) == 1


def test_whose_first_comment_was_given_up_is_welcomed_with_the_next(world):
    world.tracker.faults["create_comment"] = [Unreachable("no answer")]
    world.save("1", VAGUE)
    world.work()
    world.save("1", CLEAR)
    world.settle()
    assert world.tracker.ours("1") == []
    assert filed(world, "2").startswith(WELCOME)


def test_a_project_that_does_not_want_it(world_of):
    world = world_of(policy=Policy(), projects={"SHOP": PolicyChange(welcome=False)})
    assert WELCOME not in filed(world, "1")
    assert filed(world, "2", **elsewhere("2")).startswith(WELCOME)


def test_the_projects_own_template(world_of):
    world = world_of(templates={"SHOP": {Kind.STORY: "## Our own"}})
    assert "```\n## Our own\n```" in filed(world, "1")


def test_nobody_is_welcomed_among_themselves(world_of):
    """A service desk's comments are for its agents."""
    world = world_of(policy=Policy(service_desk=True))
    assert WELCOME not in filed(world, "1", service_desk=True)


def test_a_ticket_that_is_erased_takes_no_welcome_along(world):
    filed(world, "1")
    with world.store.writing() as connection:
        erase_tickets(connection, [world.row("1").id])
        assert connection.execute(select(welcomed.c.ticket_id)).scalar_one() is None
    assert not filed(world, "2").startswith(WELCOME)


def test_who_is_forgotten_is_new(world):
    filed(world, "1")
    with world.store.writing() as connection:
        forget_person(connection, world.store.person("default", AUTHOR.id))
        assert connection.execute(select(welcomed)).all() == []
    assert filed(world, "2").startswith(WELCOME)
