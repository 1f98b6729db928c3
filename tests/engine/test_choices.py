"""What people decide for themselves holds from their next ticket on: through the inbox and the reconciler."""

from sqlalchemy import select

from service.render.markdown import render
from service.response import What
from service.store.choices import coach, is_coached, speak_to, steps_of
from service.store.schema import coached, response
from tests.engine.world import AUTHOR

VAGUE = "It shall be fast, fast and fast."
EXPLAINED = "An adjective hides a number."


def filed(world, ticket_id):
    world.save(ticket_id, VAGUE)
    world.work()
    ours = world.tracker.ours(ticket_id)
    return render(world.tracker.said[ours[0]]) if ours else ""


def decide(world, choice, *, on):
    person = world.store.person("default", AUTHOR.id)
    with world.store.writing() as connection:
        choice(connection, [person], on=on)
    return person


def test_who_learns_is_told_less_and_who_wants_nothing_kept_is_told_all(world):
    assert all(EXPLAINED in filed(world, number) for number in "12")
    assert EXPLAINED not in filed(world, "3")
    person = decide(world, coach, on=False)
    assert all(EXPLAINED in filed(world, number) for number in "456")
    with world.store.reading() as connection:
        assert steps_of(connection, [person]) == []
        told = connection.execute(select(response.c.person, response.c.what)).all()
        assert set(connection.execute(select(coached.c.person)).scalars()) == {""}
    assert [tuple(row) for row in told] == [("", What.SHOWN)] * 6
    decide(world, coach, on=True)
    filed(world, "7")
    with world.store.reading() as connection:
        assert is_coached(connection, [person])
        assert [step.rule for step in steps_of(connection, [person])] == ["unmeasured-quality"]


def test_whose_tickets_are_not_to_be_commented_on_get_no_comment_until_they_are(world):
    decide(world, speak_to, on=False)
    assert filed(world, "1") == ""
    decide(world, speak_to, on=True)
    assert EXPLAINED in filed(world, "2")
