"""Every statement that SQLite's driver is given itself is the one that SQLAlchemy would give it, and tells the same."""

import contextlib

from service.exemplar import Sharing
from service.policy import Policy, PolicyChange
from service.store import Store
from service.store.forgetting import erase_tickets
from service.store.pausing import paused_since
from service.store.policies import set_policy
from service.store.questions import keep_questions
from service.store.schema import ticket
from service.store.work import keep_work
from service.store.working import claim, others_wait, put_off, release, wait_for_author
from service.ticket import Commented
from service.trackers.base import Unreachable
from service.worktime import Work
from tests.engine import test_exemplars as exemplars
from tests.engine import test_talking as talking
from tests.engine.conftest import World
from tests.engine.test_exemplars import URL, good, links, say, vague
from tests.engine.test_talking import CLEAR, ENGINEER, VAGUE
from tests.engine.world import AUTHOR
from tests.store.conftest import KEY
from tests.store.twice import Twice, every


@contextlib.contextmanager
def a_world(folder, **settings):
    url = f"sqlite:///{folder}/clarity.db"
    store = Store(url, KEY)
    store.migrate()
    world = World(store, url, **settings)
    yield world
    world.inbox.stop()
    store.close()


def many_at_once(world):
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(nearly=40, silent_statuses=frozenset(["Waits"])), "a person")
    for number in range(9):
        world.save(str(number), VAGUE if number % 2 else CLEAR)
    while world.reconciler.run(8, lambda: False):
        pass
    assert world.tracker.count("create_comment") == 4
    assert world.reviewer.prepared


def given_back(world):
    world.save("1", VAGUE)
    for attempt in range(6):
        with world.store.writing() as connection:
            mine = claim(connection, lease=60, max_wait=600)
            put_off(connection, mine, 1.0)
            assert not others_wait(connection, mine)
            assert not paused_since(connection, "jira", "default", mine.paused_until)
            if attempt % 3 == 0:
                assert wait_for_author(connection, mine, mine.saved_at, mine.saved_at + 1.0)
            else:
                release(connection, mine, 5.0, "no answer \ud7ff" * 99, forgiven=attempt % 3 == 1)
        world.later(100)
    world.tracker.faults["fetch"] = [Unreachable("no answer")] * 4
    world.settle()
    assert world.tracker.ours("1")


def late(world):
    """What was written after the lease is looked at again."""
    world.save("1", VAGUE)
    world.tracker.before["create_comment"] = lambda: world.later(1_000)
    world.tracker.after["create_comment"] = [Unreachable("no answer")]
    world.work()
    world.settle()
    assert len(world.tracker.ours("1")) == 1


def one_shown_after_long_work(world):
    good(world)
    with world.store.writing() as connection:
        keep_work(connection, 1, Work(1.0, 9.0, 5.0, 1))
    assert vague(world) == [("SHOP-good", URL)]
    world.save("1", event=Commented)
    world.work()
    say(world, "good", AUTHOR, "/clarity unshare")
    assert links(world, "1") == []


def forgotten(world):
    world.save("1", VAGUE)
    world.work()
    talking.say(world, ENGINEER, "/unclear How fast?")
    with world.store.writing() as connection:
        keep_questions(connection, 1, [])
        connection.execute(ticket.update().values(done_generation=ticket.c.generation))
        assert erase_tickets(connection, [1]) == 1


ON = {"policy": Policy(exemplars=Sharing.ON)}
STORIES = [
    (many_at_once, {"workers": 1}),
    (given_back, {}),
    (late, {}),
    (forgotten, {}),
    (talking.test_a_question_joins_the_comment_and_tells_the_author, {}),
    (talking.test_silence_settles_an_answered_question_without_a_webhook, {}),
    (talking.test_an_ignored_rule_costs_nothing_and_is_shown, {}),
    (talking.test_what_is_shown_mended_and_said_is_counted_once, {}),
    (talking.test_a_rule_that_is_of_no_use_falls_silent_until_it_is_reviewed, {}),
    (talking.test_a_question_in_plain_words_is_counted_and_not_kept, {}),
    (talking.test_what_passes_from_the_start_is_noted_once_it_was_learnt, {}),
    (talking.test_the_time_under_way_is_kept_once_the_ticket_is_done_and_no_longer_when_it_is_opened_again, {}),
    (exemplars.test_nothing_is_shown_before_the_author_agrees, {}),
    (one_shown_after_long_work, ON),
]


def test_each_is_the_same_both_ways(tmp_path, monkeypatch):
    twice = Twice(monkeypatch)
    for number, (story, settings) in enumerate(STORIES):
        with a_world(tmp_path / str(number), **settings) as world:
            story(world)
    assert sorted(name for name, one in every() if one not in twice.met) == []
