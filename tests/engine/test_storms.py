"""Imports and bulk edits are scored in silence, by each project's own measure, and what is kept says so."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from service.circumstances import STORM
from service.exemplar import Sharing
from service.policy import Policy, PolicyChange
from service.store.policies import drop_policy, set_policy
from service.store.schema import finding, review
from service.store.showing import good_ticket
from service.store.switching import lately
from service.ticket import StatusCategory
from tests.engine.test_exemplars import URL, links
from tests.engine.test_talking import CLEAR, VAGUE

KEYS = {"SHOP": "SHOP-{}", "PAY": "PAY-{}", "team/shop": "team/shop#{}", "team/pay-out": "team/pay-out#{}"}


def bring(world, project, count, text=VAGUE, **values):
    """So many tickets of a project are saved before anybody works on them."""
    names = [f"{project[-1]}{number}" for number in range(count)]
    numbers = {name: str(number) for number, name in enumerate(names)}
    for name in names:
        world.save(name, text, key=KEYS[project].replace("{}", numbers[name]), **values)
        snapshot = world.tracker.snapshots[name]
        world.tracker.snapshots[name] = replace(snapshot, ticket=replace(snapshot.ticket, project=project))
    return names


def spoken(world, names):
    return sum(len(world.tracker.ours(name)) for name in names)


@pytest.mark.parametrize(("one", "other"), [("SHOP", "PAY"), ("team/shop", "team/pay-out")])
def test_each_project_has_its_own_measure_of_a_storm(world_of, one, other):
    world = world_of(policy=Policy(storm=2), projects={other: PolicyChange(storm=10)})
    strict, patient = bring(world, one, 3), bring(world, other, 10)
    world.work()
    assert (spoken(world, strict), spoken(world, patient)) == (0, 10)
    bring(world, other, 11, VAGUE + " And fast.")
    world.work()
    assert world.decisions()[-1] == ("silence", STORM)


@pytest.mark.parametrize(("one", "other"), [("SHOP", "PAY"), ("team/shop", "team/pay-out")])
def test_what_comes_in_two_projects_is_counted_in_each(world_of, one, other):
    world = world_of(policy=Policy(storm=3))
    names = bring(world, one, 3) + bring(world, other, 3)
    world.work()
    assert spoken(world, names) == 6


def test_the_measure_may_be_changed_while_running(world_of):
    world = world_of(policy=Policy(storm=10))
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(storm=2), "")
    names = bring(world, "SHOP", 3)
    world.work()
    assert spoken(world, names) == 0
    with world.store.writing() as connection:
        drop_policy(connection, "SHOP")
    bring(world, "SHOP", 3, VAGUE + " And fast.")
    world.work()
    assert spoken(world, names) == 3


def test_everything_is_scored_in_a_storm_and_marked_as_part_of_it(world_of):
    world = world_of(policy=Policy(storm=2))
    bring(world, "SHOP", 3)
    world.work()
    with world.store.reading() as connection:
        rows = connection.execute(select(review.c.score, review.c.bulk)).all()
        found = connection.execute(select(func.count(func.distinct(finding.c.review_id)))).scalar_one()
    assert ([row.bulk for row in rows], found) == ([True] * 3, 3)
    assert None not in {row.score for row in rows}
    assert world.decisions() == [("silence", STORM)] * 3


def test_what_a_storm_brought_is_nobodys_good_ticket(world_of):
    world = world_of(policy=Policy(storm=2, exemplars=Sharing.ON))
    names = bring(world, "SHOP", 3, CLEAR, url=URL, status_category=StatusCategory.DONE)
    world.work()
    author = world.row(names[0])
    with world.store.reading() as connection:
        people = list(connection.execute(select(review.c.author).distinct()).scalars())
        assert author.done_generation == author.generation
        assert (good_ticket(connection, people, 0, 1e11), lately(connection, "SHOP", 1e9)) == (None, [])
    world.calm()
    world.save("vague", VAGUE)
    world.work()
    assert links(world, "vague") == []
    world.save(names[0], CLEAR + " It is logged.", url=URL, status_category=StatusCategory.DONE)
    world.work()
    with world.store.reading() as connection:
        assert good_ticket(connection, people, 0, 1e11)
        assert lately(connection, "SHOP", 1e9)
