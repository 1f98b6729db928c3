"""The label and the score on the ticket itself follow its text, and are written once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.metrics import TALLY
from service.policy import Policy
from service.ticket import Comment, Person, Text
from service.trackers.base import NotAllowed, TrackerError
from tests.engine.conftest import World
from tests.engine.world import LEFT_UNDONE, Tracker

NAME = "needs-clarity"
VAGUE = "It shall be " + "fast, " * 6
CLEAR = "It answers within 30 ms."
POLICY = Policy(label=NAME, show_score=True, score_field="customfield_1", visible_to="role:Developers")


class MarkingTracker(Tracker):
    def __init__(self):
        super().__init__()
        self.shown, self.numbers_set, self.audiences = [], [], []

    def set_label(self, ticket_id, label, *, on):
        end = self._called("set_label", ticket_id)
        ticket = self.snapshots[ticket_id].ticket
        labels = tuple(one for one in ticket.labels if one != label) + ((label,) if on else ())
        self.snapshots[ticket_id] = replace(self.snapshots[ticket_id], ticket=replace(ticket, labels=labels))
        end()

    def show_score(self, ticket_id, shown):
        end = self._called("show_score", ticket_id)
        self.shown.append(shown)
        end()

    def set_number(self, ticket_id, field_id, number):
        end = self._called("set_number", ticket_id)
        self.numbers_set.append((field_id, number))
        end()

    def create_comment(self, ticket_id, tree, *, key, internal=False, visible_to=""):
        self.audiences.append(visible_to)
        return super().create_comment(ticket_id, tree, key=key, internal=internal)

    def update_comment(self, ticket_id, comment_id, tree, *, notify=False, visible_to=""):
        self.audiences.append(visible_to)
        super().update_comment(ticket_id, comment_id, tree, notify=notify)

    def labels(self, ticket_id="1"):
        return self.snapshots[ticket_id].ticket.labels

    def edit(self, text, ticket_id="1"):
        """A person edits the text and leaves the labels as they are."""
        labels = self.labels(ticket_id)
        self.put(ticket_id, text)
        snapshot = self.snapshots[ticket_id]
        self.snapshots[ticket_id] = replace(snapshot, ticket=replace(snapshot.ticket, labels=labels))


@pytest.fixture
def world(store, url):
    world = World(store, url, policy=POLICY)
    world.tracker = MarkingTracker()
    yield world
    world.inbox.stop()


def edited(world, text):
    world.tracker.edit(text)
    world.save("1")
    world.work()


def test_the_label_follows_the_text(world):
    world.save("1", VAGUE)
    world.work()
    assert world.tracker.labels() == (NAME,)
    edited(world, CLEAR)
    assert world.tracker.labels() == ()
    edited(world, VAGUE + "!")
    assert world.tracker.labels() == (NAME,)
    assert world.tracker.count("set_label") == 3


def test_what_a_person_took_off_stays_off_until_the_text_changes(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.set_label("1", NAME, on=False)
    for _ in range(3):
        world.save("1")
        world.work()
    assert world.tracker.labels() == ()
    edited(world, VAGUE + " and robust")
    assert world.tracker.labels() == (NAME,)


def test_its_own_changes_make_no_loop(world):
    """The tracker tells of each; looking again writes nothing."""
    world.save("1", VAGUE)
    world.work()
    written = len([call for call, _ in world.tracker.calls if call != "fetch"])
    for _ in range(5):
        world.save("1")
        world.work()
    assert len([call for call, _ in world.tracker.calls if call != "fetch"]) == written


def test_the_score_is_kept_beside_the_ticket_and_in_a_field(world):
    world.save("1", VAGUE)
    world.work()
    (shown,) = world.tracker.shown
    assert (shown.score, shown.level, shown.rules) == (40, "unclear", ("unmeasured-quality",))
    assert shown.url == world.settings.base_url
    edited(world, CLEAR)
    assert [one.score for one in world.tracker.shown] == [40, 100]
    assert world.tracker.numbers_set == [("customfield_1", 40), ("customfield_1", 100)]
    assert set(world.tracker.audiences) == {"role:Developers"}


def test_a_question_puts_the_label_on_and_its_end_takes_it_off(world):
    world.save("1", CLEAR)
    world.work()
    asked = datetime.now(UTC)
    said = Comment("c1", Person("engineer"), Text("/unclear Which export?"), asked)
    world.tracker.comment("1", said)
    world.save("1")
    world.work()
    assert world.tracker.labels() == (NAME,)
    world.tracker.comment(
        "1", Comment("c2", Person("engineer"), Text("/clear"), asked + timedelta(milliseconds=1))
    )
    world.save("1")
    world.work()
    assert world.tracker.labels() == ()


@pytest.mark.parametrize("mark", ["set_label", "show_score", "set_number"])
def test_who_dies_after_a_write_does_it_once_more_at_most(world, mark):
    class Killed(BaseException):
        pass

    world.save("1", VAGUE)
    world.tracker.after[mark] = [Killed()]
    with pytest.raises(Killed):
        world.reconciler.run_one()
    world.settle()
    assert world.tracker.labels() == (NAME,)
    assert world.tracker.count("create_comment") == 1
    assert world.tracker.count("set_label") == 1
    assert world.tracker.count(mark) <= 2
    assert world.tracker.shown[-1].score == 40
    row = world.row("1")
    assert (row.generation, row.marks["label"], row.marks["on"]) == (row.done_generation, NAME, True)


@pytest.mark.parametrize("mark", ["set_label", "show_score", "set_number"])
def test_a_passing_failure_is_tried_again(world, mark):
    world.tracker.faults[mark] = [TrackerError("Jira answered 500."), TrackerError("slow", retry_after=5)]
    world.save("1", VAGUE)
    world.settle()
    assert world.tracker.labels() == (NAME,)
    assert (world.tracker.shown[-1].score, world.tracker.numbers_set[-1]) == (40, ("customfield_1", 40))
    assert world.tracker.count("create_comment") == 1


def test_a_rate_limit_of_the_site_pauses_it(world):
    world.tracker.faults["set_label"] = [TrackerError("quota", retry_after=60, pauses="site")]
    world.save("1", VAGUE)
    world.work()
    world.save("2", VAGUE)
    assert world.work() == 0
    world.settle()
    assert world.tracker.labels("1") == world.tracker.labels("2") == (NAME,)


@pytest.mark.parametrize(
    "refusal", [NotAllowed("no Edit issues"), TrackerError("names: customfield_1", permanent=True)]
)
def test_what_an_admin_has_to_mend_does_not_hold_the_ticket_up(world, refusal):
    world.tracker.faults["set_number"] = [refusal]
    world.save("1", VAGUE)
    TALLY.take()
    world.work()
    assert TALLY.take()[LEFT_UNDONE] == 1.0
    row = world.row("1")
    assert row.generation == row.done_generation
    assert world.tracker.labels() == (NAME,)
    assert world.tracker.numbers_set == []
    world.save("1")
    world.work()
    assert world.tracker.numbers_set == [("customfield_1", 40)]


def test_a_lost_lease_writes_no_label(world):
    """A worker that froze wakes up when another holds the ticket."""
    world.save("1", VAGUE)

    def freeze():
        world.later(10_000)
        other = world.another()
        world.tracker.before.clear()
        assert other.run_one()

    world.tracker.before["create_comment"] = freeze
    world.reconciler.run_one()
    world.settle()
    assert world.tracker.count("set_label") == 1
    assert world.tracker.labels() == (NAME,)


def test_nothing_is_marked_where_policy_asks_for_nothing(store, url):
    world = World(store, url)
    world.tracker = MarkingTracker()
    world.save("1", VAGUE)
    world.work()
    world.inbox.stop()
    assert {call for call, _ in world.tracker.calls} == {"fetch", "create_comment"}
    assert world.tracker.audiences == [""]


def test_a_service_desks_ticket_gets_no_label_of_its_own(world):
    world.save("1", VAGUE, service_desk=True)
    world.work()
    assert {call for call, _ in world.tracker.calls} == {"fetch"}
