from pathlib import Path

import pytest
import structlog
from sqlalchemy import func, select

from service.circumstances import STORM
from service.comment import Paragraph, Words
from service.policy import Policy, PolicyChange
from service.settings import Settings, SettingsError
from service.store.accepting import raise_generation
from service.store.keeping import opt_person_out
from service.store.policies import set_policy
from service.store.schema import decision, finding, metadata, review, site, ticket
from service.ticket import Person, Removed, TicketRef
from service.trackers.base import CommentGone, TrackerError

VAGUE = "It shall be fast, fast and fast."
CLEAR = "It answers within 30 ms."


def words(world, ticket_id="1"):
    (comment,) = world.tracker.ours(ticket_id)
    nodes = world.tracker.said[comment].nodes
    lines = [
        "".join(part.text for part in n.content if isinstance(part, Words))
        for n in nodes
        if isinstance(n, Paragraph)
    ]
    return next(line for line in lines if "of 100" in line)


def count(world, table):
    with world.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_vague_ticket_gets_one_comment_that_follows_its_edits(world):
    world.save("1", VAGUE)
    assert world.work() == 1
    assert "70 of 100" in words(world)
    world.save("1", "It shall be fast, but still fast, fast, fast and fast.")
    world.work()
    assert "70 → 50 of 100" in words(world)
    world.save("1", CLEAR)
    world.work()
    assert "50 → 100 of 100: ready" in words(world)
    assert (world.tracker.count("create_comment"), world.tracker.count("update_comment")) == (1, 2)
    assert [action for action, _ in world.decisions()] == ["post", "update", "update"]


def test_nothing_new_says_nothing(world):
    world.save("1", VAGUE)
    world.work()
    world.save("1")
    world.work()
    assert world.tracker.count("update_comment") == 0
    assert world.decisions()[-1] == ("silence", "nothing new: the text is the same")


def written(world):
    """Everything in the database: on SQLite the files themselves, which keep what was overwritten for a while."""
    if not world.store.distributed:
        return "".join(
            Path(world.store.url.database + end).read_bytes().decode(errors="replace") for end in ("", "-wal")
        )
    with world.store.reading() as connection:
        return str([connection.execute(select(table)).all() for table in metadata.sorted_tables])


def test_reviews_are_appended_once_a_text_and_hold_no_words(world):
    world.save("1", VAGUE)
    world.work()
    world.save("1")
    world.work()
    assert (count(world, review), count(world, finding)) == (1, 3)
    world.save("1", CLEAR)
    world.work()
    assert (count(world, review), count(world, finding)) == (2, 3)
    with world.store.reading() as connection:
        row = connection.execute(select(review).order_by(review.c.id)).first()
    assert (row.score, row.level, row.generation, row.project) == (70, "nearly", 1, "SHOP")
    assert row.author == world.store.person("default", "user-one")
    everything = written(world)
    assert "shall be" not in everything
    assert "user-one" not in everything


def test_a_change_of_status_or_policy_is_a_review_of_its_own(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.status("1", "in_progress")
    world.save("1")
    world.work()
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(ready=60), "admin")
    world.save("1")
    world.work()
    with world.store.reading() as connection:
        rows = connection.execute(select(review.c.status_category, review.c.level).order_by(review.c.id)).all()
    assert rows == [("new", "nearly"), ("in_progress", "nearly"), ("in_progress", "ready")]
    assert world.tracker.count("update_comment") == 0


def test_a_newer_generation_stays_due(world):
    world.save("1", VAGUE)
    world.tracker.before["create_comment"] = lambda: world.save("1", CLEAR)
    world.reconciler.run_one()
    world.tracker.before.clear()
    row = world.row("1")
    assert (row.generation, row.done_generation) == (2, 1)
    world.work()
    assert "100 of 100" in words(world)


def test_nothing_is_kept_of_a_ticket_that_was_removed(world):
    for name in ("1", "2"):
        world.save(name, VAGUE)
    world.work()
    del world.tracker.snapshots["1"]
    world.save("1", event=Removed)
    assert world.work() == 1
    with world.store.reading() as connection:
        assert connection.execute(select(ticket.c.external_id)).scalars().all() == ["2"]
        for table in (review, decision):
            assert len(connection.execute(select(table)).all()) == 1
        assert len(connection.execute(select(finding)).all()) == VAGUE.count("fast")
    world.save("1", VAGUE)
    world.work()
    assert not world.row("1").gone


def test_a_ticket_said_to_be_removed_that_is_still_there_is_kept(world):
    world.save("1", VAGUE)
    world.work()
    world.save("1", event=Removed)
    world.work()
    assert not world.row("1").gone
    assert len(world.tracker.ours("1")) == 1


def test_a_removed_ticket_that_was_saved_meanwhile_is_looked_at_again(world):
    world.save("1", VAGUE)
    world.work()
    snapshot = world.tracker.snapshots.pop("1")
    world.tracker.before["fetch"] = lambda: world.tracker.before.clear() or world.save("1")
    world.save("1", event=Removed)
    assert world.reconciler.run_one()
    world.tracker.snapshots["1"] = snapshot
    assert world.work() == 1
    assert not world.row("1").gone


def test_a_ticket_that_is_not_shown_is_let_go(world):
    """It may be that we lost the right to see it: what is known stays for a while."""
    world.save("1", VAGUE)
    world.work()
    del world.tracker.snapshots["1"]
    world.save("1")
    assert world.work() == 1
    assert world.row("1").gone
    assert world.decisions()[-1] == ("silence", "the ticket is gone")
    world.save("1", VAGUE)
    world.work()
    assert not world.row("1").gone


def test_a_comment_deleted_by_a_person_is_never_posted_again(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.delete_comment("1", world.tracker.ours("1")[0])
    for text in (VAGUE + " fast", CLEAR, VAGUE):
        world.save("1", text)
        world.work()
    assert world.tracker.ours("1") == []
    assert world.row("1").comment_state == "deleted"


def test_a_comment_deleted_while_we_edit_is_never_posted_again(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.faults["update_comment"] = [CommentGone("the comment was deleted")]
    world.save("1", CLEAR)
    world.work()
    assert world.row("1").comment_state == "deleted"
    assert world.decisions()[-1] == ("silence", "a person deleted our comment")


def test_a_create_whose_answer_was_lost_is_not_repeated(world):
    world.tracker.after["create_comment"] = [TrackerError("the connection was dropped")]
    world.save("1", VAGUE)
    world.work()
    assert world.row("1").comment_state == "intended"
    world.settle()
    assert len(world.tracker.ours("1")) == 1
    assert world.tracker.count("create_comment") == 1
    assert world.row("1").comment_state == "posted"


def test_an_edit_whose_answer_was_lost_is_repeated_even_if_the_text_goes_back(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.after["update_comment"] = [TrackerError("the connection was dropped")]
    world.save("1", CLEAR)
    world.work()
    world.save("1", VAGUE)
    world.settle()
    assert "70 of 100" in words(world)


def test_each_try_at_one_comment_has_the_same_key_and_the_next_comment_another(world):
    world.tracker.faults["create_comment"] = [TrackerError("500"), TrackerError("500")]
    world.save("1", VAGUE)
    world.settle()
    tries = world.tracker.keys["1"]
    assert len(tries) == 1
    key = world.row("1").comment_key
    assert tries == [key]
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(quiet=True), "admin")
    world.save("1", VAGUE + " fast")
    world.settle()
    assert world.tracker.ours("1") == []
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(quiet=False), "admin")
    world.save("1", VAGUE)
    world.settle()
    assert len(world.tracker.ours("1")) == 1
    assert world.tracker.keys["1"][1] != key


def test_a_create_that_arrives_late_is_found_and_removed(world):
    """The first create times out here and is carried out there only after the second."""
    world.tracker.faults["create_comment"] = [TrackerError("timed out")]
    world.save("1", VAGUE)
    world.work()
    world.later(100)
    world.work()
    world.tracker.add_comment("1", world.tracker.said[world.tracker.ours("1")[0]])
    assert len(world.tracker.ours("1")) == 2
    world.settle()
    assert world.tracker.ours("1") == [world.row("1").comment_id]
    assert world.row("1").generation == world.row("1").done_generation


def test_an_intent_that_policy_overtook_comes_to_rest(world):
    world.tracker.faults["create_comment"] = [TrackerError("timed out")]
    world.save("1", VAGUE)
    world.work()
    world.tracker.status("1", "done")
    world.settle()
    row = world.row("1")
    assert (row.comment_state, row.generation) == ("none", row.done_generation)
    assert world.tracker.ours("1") == []


def test_extra_comments_of_ours_are_deleted(world):
    world.save("1", VAGUE)
    world.work()
    (kept,) = world.tracker.ours("1")
    world.tracker.add_comment("1", None)
    world.save("1")
    world.work()
    assert world.tracker.ours("1") == [kept]


def test_a_comment_we_have_forgotten_is_taken_up_not_doubled(world):
    world.tracker.put("1", VAGUE)
    world.tracker.add_comment("1", None)
    world.save("1")
    world.work()
    assert "70 of 100" in words(world)


def test_a_withdrawal_cut_short_is_completed_and_not_mistaken(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.status("1", "done")
    world.tracker.put("1", VAGUE + " fast", status_category=world.tracker.snapshots["1"].status_category)
    world.tracker.after["delete_comment"] = [TrackerError("the connection was dropped")]
    world.save("1")
    world.settle()
    assert world.tracker.ours("1") == []
    assert world.row("1").comment_state == "withdrawn"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"author": Person("robot", is_bot=True)}, "a bot wrote the text"),
        ({"service_desk": True}, "it is a service desk ticket"),
    ],
)
def test_who_is_not_spoken_to(world, values, reason):
    world.save("1", VAGUE, **values)
    world.work()
    assert world.decisions() == [("silence", reason)]
    assert world.tracker.ours("1") == []


def test_who_opted_out_is_not_spoken_to(world):
    person = world.store.person("default", "user-one")
    with world.store.writing() as connection:
        opt_person_out(connection, person)
    world.save("1", VAGUE)
    world.work()
    assert world.decisions() == [("silence", "the author opted out")]


def test_the_same_id_at_github_is_somebody_else(world):
    people = [world.store.person(realm, "user-one") for realm in ("default", "github/default")]
    with world.store.writing() as connection:
        opt_person_out(connection, people[0])
    world.save("1", VAGUE)
    world.save("2", VAGUE, at="github")
    world.work()
    with world.store.reading() as connection:
        authors = connection.execute(select(review.c.author).order_by(review.c.ticket_id)).scalars()
        assert list(authors) == people
    assert {action for action, _ in world.decisions()} == {"silence", "post"}


def test_tickets_older_than_the_connection_are_left_alone(world):
    world.save("1", VAGUE)
    with world.store.writing() as connection:
        connection.execute(site.update().values(connected_at=site.c.connected_at + 4e9))
    world.work()
    assert world.decisions() == [("silence", "the text is older than our connection")]


def test_a_project_of_its_own_policy(world_of):
    world = world_of(projects={"SHOP": PolicyChange(quiet=True)})
    world.save("1", VAGUE)
    world.work()
    assert world.decisions() == [("silence", "policy is quiet")]


def test_an_import_is_scored_in_silence_until_somebody_edits(world_of):
    world = world_of(policy=Policy(storm=4))
    for number in range(5):
        world.save(str(number), VAGUE)
    world.work()
    assert world.tracker.count("create_comment") == 0
    assert world.decisions() == [("silence", STORM)] * 5
    with world.store.reading() as connection:
        assert connection.execute(select(review.c.score, review.c.bulk)).all() == [(70, True)] * 5
    world.calm()
    world.save("3")
    world.work()
    assert world.tracker.count("create_comment") == 0, "the same text: nobody edited it"
    world.save("3", VAGUE + " And fast.")
    world.work()
    assert [len(world.tracker.ours(str(number))) for number in range(5)] == [0, 0, 0, 1, 0]


def test_a_bulk_edit_keeps_our_comments_true(world_of):
    world = world_of(policy=Policy(storm=2))
    world.save("1", VAGUE)
    world.work()
    for number in range(1, 4):
        world.save(str(number), VAGUE + " And fast.")
    world.work()
    assert world.tracker.count("update_comment") == 1
    assert [len(world.tracker.ours(str(number))) for number in range(1, 4)] == [1, 0, 0]


@pytest.mark.parametrize("storm", [0, 5])
def test_a_few_tickets_at_once_are_no_storm(world_of, storm):
    world = world_of(policy=Policy(storm=storm))
    for number in range(5):
        world.save(str(number), VAGUE)
    world.work()
    assert world.tracker.count("create_comment") == 5


def test_failures_wait_longer_each_time_and_are_never_given_up(world):
    world.save("1", VAGUE)
    waits = []
    for _ in range(12):
        world.tracker.faults["fetch"] = [TrackerError("502 from the tracker")]
        assert world.work() == 1
        row = world.row("1")
        waits.append(row.not_before - row.noted_at)
        world.later(10_000)
    assert 0.49 < waits[0] < 1.01
    assert all(wait > 4 for wait in waits[4:])
    assert max(waits) < 900.01
    assert "502" in world.row("1").last_error
    world.settle()
    assert len(world.tracker.ours("1")) == 1
    assert (world.row("1").attempts, world.row("1").last_error) == (0, "")


def test_a_tracker_that_names_a_time_is_heeded(world):
    world.tracker.faults["fetch"] = [TrackerError("429", retry_after=120)]
    world.save("1", VAGUE)
    world.work()
    assert 115 < world.row("1").waits <= 121
    world.save("1")
    assert world.work() == 0


def test_a_site_that_asks_for_a_pause_gets_it_from_every_worker(world):
    world.tracker.faults["fetch"] = [TrackerError("429", retry_after=120, pauses="site")]
    for number in "123":
        world.save(number, VAGUE)
    assert world.work() == 1
    assert not world.another().run_one()
    assert world.row("1").attempts == 0
    world.later(121)
    assert world.work() == 3


def test_wrong_credentials_pause_the_site_and_lose_nothing(world):
    fault = TrackerError("401: renew CLARITY_JIRA_API_TOKEN", permanent=True, pauses="site")
    world.tracker.faults["fetch"] = [fault]
    world.save("1", VAGUE)
    assert world.work() == 1
    with world.store.reading() as connection:
        assert connection.execute(select(site.c.pause_reason)).scalar_one() == str(fault)
    world.settle()
    assert len(world.tracker.ours("1")) == 1


def test_a_site_taken_out_of_the_settings_waits(world):
    def unknown(tracker, name):
        raise TrackerError("settings name no Jira site default any more", permanent=True)

    world.reconciler._open_tracker = unknown
    world.save("1", VAGUE)
    assert world.work() == 1
    assert world.row("1").generation > world.row("1").done_generation


def test_a_refusal_ends_the_generation_and_an_edit_begins_anew(world):
    world.tracker.faults["create_comment"] = [TrackerError("403: comments are locked", permanent=True)]
    world.save("1", VAGUE)
    world.work()
    assert world.row("1").last_error == "403: comments are locked"
    assert world.decisions() == [("silence", "the tracker refused: 403: comments are locked")]
    world.settle()
    assert world.tracker.ours("1") == []
    world.save("1", VAGUE + " fast")
    world.settle()
    assert len(world.tracker.ours("1")) == 1


def test_a_poison_ticket_blocks_nobody_and_its_text_is_in_no_log(world):
    world.reviewer.poison.add("1")
    for number in ("1", "2", "3"):
        world.save(number, VAGUE)
    with structlog.testing.capture_logs() as logs:
        assert world.work() == 3
    assert len(world.tracker.ours("2")) == len(world.tracker.ours("3")) == 1
    assert world.row("1").waits > 2
    assert world.row("1").last_error.startswith("ValueError in review, world.py:")
    assert "shall be" not in repr(logs)
    waits = []
    for _ in range(15):
        world.later(10_000)
        world.work()
        waits.append(world.row("1").waits)
    assert 1000 < waits[-1] <= 3600
    world.reviewer.poison.clear()
    world.settle()
    assert len(world.tracker.ours("1")) == 1


def test_a_ticket_that_kills_its_worker_waits_longer_each_time(world):
    class Died(BaseException):
        pass

    world.save("1", VAGUE)
    world.save("2", VAGUE)
    waits = []
    for _ in range(8):
        world.tracker.before["fetch"] = lambda: (_ for _ in ()).throw(Died())
        with pytest.raises(Died):
            world.reconciler.run_one()
        waits.append(world.row("1").waits)
        world.later(5_000)
    assert waits[0] < 0
    assert waits[-1] > waits[4] > 60


def test_a_timeout_as_long_as_the_lease_is_refused(world, url):
    world.settings = Settings(url, Path(), http_timeout_seconds=60.0)
    with pytest.raises(SettingsError, match="shorter than"):
        world.another()


def work_while_saved(world, *texts):
    """Work on ticket 1, which is saved again while the look goes on."""

    def save():
        if texts_left:
            world.save("1", texts_left.pop(0))

    texts_left = list(texts)
    world.tracker.before["fetch"] = save
    worked = world.work()
    world.tracker.before.clear()
    return worked


PATIENT = {"debounce_seconds": 20.0, "max_wait_seconds": 60.0}


def waited(world):
    """Whether each decision was to wait for the author."""
    return [reason.startswith("the author is still writing; last edit ") for _, reason in world.decisions()]


def test_who_saves_while_we_look_is_not_interrupted_and_is_looked_at_once_they_stopped(world_of):
    world = world_of(**PATIENT)
    world.save("1", VAGUE)
    world.later(20)
    assert work_while_saved(world, VAGUE + " It shall be intuitive.") == 1
    assert waited(world) == [True]
    assert world.tracker.ours("1") == []
    with world.store.reading() as connection:
        assert connection.execute(select(review)).all() == []
    world.later(19)
    assert world.work() == 0
    world.later(1)
    assert world.work() == 1
    assert world.decisions()[1:] == [("post", "there is something to say")]
    assert world.work() == 0


def test_a_ticket_that_is_saved_during_every_look_is_answered_after_the_longest_wait(world_of):
    world = world_of(**PATIENT)
    world.save("1", VAGUE)
    for number in range(2):
        world.later(20)
        work_while_saved(world, f"{VAGUE} {number}")
    assert waited(world) == [True, True]
    world.later(19)
    world.save("1", VAGUE)
    assert world.work() == 0
    world.later(1)
    assert work_while_saved(world, VAGUE + " And more.") == 1
    assert world.decisions()[-1] == ("post", "there is something to say")
    # What was saved during that look begins anew.
    row = world.row("1")
    assert row.generation == row.done_generation + 1
    assert row.unanswered_since == row.saved_at
    world.later(20)
    assert world.work() == 1


def test_a_ticket_that_rests_is_looked_at_once(world_of):
    world = world_of(**PATIENT)
    for _ in range(5):
        world.save("1", VAGUE)
        world.later(10)
    world.later(10)
    assert world.work() == 1
    assert world.decisions() == [("post", "there is something to say")]
    assert world.row("1").unanswered_since == 0


def test_a_look_that_something_else_brings_waits_for_the_author(world_of):
    world = world_of(**PATIENT)
    world.save("1", VAGUE)
    ref = TicketRef("jira", "default", "1")
    with world.store.writing() as connection:
        raise_generation(connection, ref, debounce=0.0, max_wait=0.0, saved=False)
    assert world.work() == 1
    assert waited(world) == [True]
    world.later(20)
    assert world.work() == 1
    assert len(world.tracker.ours("1")) == 1


def test_a_project_waits_as_long_as_it_says_however_soon_it_is_looked_at(world_of):
    patient, hasty = PolicyChange(debounce=50.0), PolicyChange(debounce=0.0)
    world = world_of(**PATIENT)
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", patient, "admin")
    world.save("1", VAGUE)
    world.later(20)
    assert world.work() == 1
    assert waited(world) == [True]
    world.later(30)
    assert world.work() == 1
    assert len(world.tracker.ours("1")) == 1
    with world.store.writing() as connection:
        set_policy(connection, "SHOP", hasty, "admin")
    world.save("1", VAGUE + " fast")
    world.later(20)
    assert work_while_saved(world, VAGUE + " fast fast") == 1
    assert world.decisions()[-1] == ("update", "the text changed")


def test_an_intent_is_kept_while_the_author_writes(world_of):
    world = world_of(**PATIENT)
    world.tracker.after["create_comment"] = [TrackerError("the answer was lost")]
    world.save("1", VAGUE)
    world.later(20)
    world.work()
    assert world.row("1").comment_state == "intended"
    world.later(5)
    work_while_saved(world, VAGUE + " fast")
    assert world.row("1").comment_state == "intended"
    assert waited(world) == [True]
    world.later(20)
    world.work()
    assert world.row("1").comment_state == "posted"
    assert len(world.tracker.ours("1")) == 1
