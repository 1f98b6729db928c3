"""A wish to leave a rule out, by somebody who runs the project: asked for, remembered, and never guessed."""

from dataclasses import replace

import pytest

from service.metrics import TALLY
from service.policy import ADMINISTRATORS
from service.rolebook import SECONDS, UNTOLD_SECONDS, RoleBook
from service.ticket import Person
from service.trackers.base import TrackerError
from tests.engine.test_talking import ENGINEER, VAGUE, say, standing
from tests.engine.world import LEFT_UNDONE, Tracker

WISH = "/clarity ignore unmeasured-quality because the benchmark says how fast"


class Knowing(Tracker):
    """A tracker that knows who runs the project, and can be too busy to say."""

    def __init__(self):
        super().__init__()
        self.leads, self.asked, self.busy = set(), [], False

    def has_role(self, snapshot, person, roles):
        self.asked.append((snapshot.ticket.project, person.id, set(roles)))
        if self.busy:
            raise TrackerError("The tracker is busy.")
        return person.id in self.leads


@pytest.fixture
def knowing(world):
    world.tracker = Knowing()
    world.save("1", VAGUE)
    world.work()
    return world


def test_who_runs_the_project_may_have_a_rule_ignored(knowing):
    knowing.tracker.leads.add(ENGINEER.id)
    say(knowing, ENGINEER, WISH)
    assert "70 → 100 of 100: ready" in standing(knowing)
    assert knowing.tracker.asked == [("SHOP", ENGINEER.id, set(ADMINISTRATORS))]


def test_nobody_is_asked_about_without_a_wish(knowing):
    say(knowing, ENGINEER, "/clarity help")
    assert knowing.tracker.asked == []


def test_where_the_tracker_does_not_say_the_rule_counts_and_the_answer_is_kind(knowing):
    knowing.tracker.busy = True
    TALLY.take()
    say(knowing, ENGINEER, WISH)
    assert TALLY.take()[LEFT_UNDONE] == 1.0
    assert "70 of 100" in standing(knowing)
    assert "I could not find out whether you run this project" in standing(knowing)


def test_what_was_granted_stands_whatever_the_tracker_says_later(knowing):
    knowing.tracker.leads.add(ENGINEER.id)
    say(knowing, ENGINEER, WISH)
    knowing.tracker.leads.clear()
    knowing.tracker.busy = True
    knowing.reconciler = knowing.another()
    say(knowing, Person("tester"), "Thank you.")
    assert "100 of 100: ready" in standing(knowing)
    assert len(knowing.tracker.asked) == 1


def test_no_role_decides_where_policy_names_none(world_of):
    world = world_of(policy=replace(world_of().settings.policy, ignore_roles=frozenset()))
    world.tracker = Knowing()
    world.tracker.leads.add(ENGINEER.id)
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, WISH)
    assert "70 of 100" in standing(world)
    assert world.tracker.asked == []


def test_an_answer_is_remembered_for_five_minutes_and_none_for_one(knowing):
    now, tracker = [0.0], knowing.tracker
    book, snapshot = RoleBook(lambda: now[0]), tracker.snapshots["1"]

    def ask(*people):
        roles = book.of(tracker, snapshot, [Person(one) for one in people], ADMINISTRATORS)
        return sorted(roles.held), sorted(roles.untold), len(tracker.asked)

    tracker.leads.add("a")
    assert ask("a", "b") == (["a"], [], 2)
    tracker.leads = {"b"}
    now[0] = SECONDS - 1
    assert ask("a", "b") == (["a"], [], 2)
    now[0], tracker.busy = SECONDS, True
    assert ask("a", "b") == ([], ["a", "b"], 3)
    now[0], tracker.busy = SECONDS + UNTOLD_SECONDS - 1, False
    assert ask("a", "b") == ([], ["a", "b"], 3)
    now[0] += 1
    assert ask("a", "b") == (["b"], [], 5)
