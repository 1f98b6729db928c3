"""People talk on a ticket, and the comment follows: through the inbox and the reconciler."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from service.render.markdown import render
from service.store.accepting import raise_generation
from service.store.opinions import Opinion, hold, ticket_id
from service.store.questions import questions_of
from service.store.responses import add_rule_review
from service.store.schema import response, work
from service.ticket import Comment, Commented, Markup, Person, StatusCategory, StatusChange, Text, TicketRef
from tests.engine.world import AUTHOR

VAGUE = "It shall be fast, fast and fast."
CLEAR = "It answers within 30 ms."
ENGINEER = Person("engineer")


def say(world, person, body, ago=timedelta(0)):
    """A person comments, and a webhook says so."""
    snapshot = world.tracker.snapshots["1"]
    number = f"said-{len(snapshot.comments)}"
    comment = Comment(number, person, Text(body, Markup.MARKDOWN), datetime.now(UTC) - ago)
    world.tracker.put("1", str(snapshot.ticket.description.content), text_changed=snapshot.text_changed)
    world.tracker.comment("1", comment)
    world.save("1", event=Commented)
    world.work()


def standing(world):
    (comment,) = world.tracker.ours("1")
    return render(world.tracker.said[comment])


def test_a_question_joins_the_comment_and_tells_the_author(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "/unclear How fast?")
    assert "@engineer asks: “How fast?”" in standing(world)
    assert f"for @{AUTHOR.id}" in standing(world)
    assert world.tracker.notified == [True]


def test_nobody_is_told_twice_of_one_question(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "/unclear How fast?")
    say(world, AUTHOR, "As fast as last year.")
    assert "There is an answer since" in standing(world)
    say(world, ENGINEER, "/clear")
    assert "How fast?" not in standing(world)
    assert world.tracker.notified == [True, False, False]


def test_a_question_on_a_ready_ticket_brings_a_comment(world):
    world.save("1", CLEAR)
    world.work()
    assert world.tracker.ours("1") == []
    say(world, ENGINEER, "/unclear On which machine?")
    assert "100 of 100: ready" in standing(world)
    assert "On which machine?" in standing(world)


def test_the_same_conversation_is_told_once(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "/unclear How fast?")
    world.save("1", event=Commented)
    world.work()
    assert world.tracker.count("update_comment") == 1
    assert world.decisions()[-1] == ("silence", "nothing new: the text is the same")


def test_silence_settles_an_answered_question_without_a_webhook(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "/unclear How fast?", ago=timedelta(days=6, hours=2))
    say(world, AUTHOR, "As fast as last year.", ago=timedelta(days=6, hours=1))
    row = world.row("1")
    assert row.generation > row.done_generation
    assert "How fast?" in standing(world)
    assert world.work() == 0
    snapshot = world.tracker.snapshots["1"]
    world.tracker.older("1", timedelta(days=1))
    world.later(86_400)
    assert world.work() == 1
    assert "How fast?" not in standing(world)
    assert len(world.tracker.snapshots["1"].comments) == len(snapshot.comments)
    row = world.row("1")
    assert row.generation == row.done_generation


def test_an_edit_is_looked_at_in_time_though_an_answer_is_waited_for(world_of):
    world = world_of(debounce_seconds=20.0, max_wait_seconds=60.0)
    world.save("1", VAGUE)
    world.later(60)
    world.work()
    say(world, ENGINEER, "/unclear How fast?", ago=timedelta(hours=2))
    say(world, AUTHOR, "As fast as last year.", ago=timedelta(hours=1))
    world.later(60)
    world.work()
    world.save("1", VAGUE + " Fast!")
    for _ in range(4):
        world.later(15)
        world.save("1")
    world.later(1)
    assert world.work() == 1


def test_an_edit_during_the_look_does_not_wait_for_the_answer_that_is_waited_for(world_of):
    world = world_of(debounce_seconds=20.0, max_wait_seconds=60.0)
    world.save("1", VAGUE)
    world.later(60)
    world.work()
    say(world, ENGINEER, "/unclear How fast?", ago=timedelta(hours=2))
    say(world, AUTHOR, "As fast as last year.", ago=timedelta(hours=1))
    saved = []

    def save():
        if not saved:
            saved.append(True)
            world.save("1", VAGUE + " fast!")

    world.tracker.before["update_comment"] = save
    world.later(60)
    world.work()
    assert saved
    world.later(21)
    assert world.work() == 1
    assert "60 of 100" in standing(world)


def test_an_ignored_rule_costs_nothing_and_is_shown(world):
    world.save("1", VAGUE)
    world.work()
    assert "70 of 100" in standing(world)
    say(world, AUTHOR, "/clarity ignore unmeasured-quality because the benchmark says how fast")
    assert "70 → 100 of 100: ready" in standing(world)
    assert "“the benchmark says how fast”" in standing(world)


def test_someone_else_may_not_ignore(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "/clarity ignore unmeasured-quality because I know")
    assert "70 of 100" in standing(world)
    assert "@engineer, a rule is left out where" in standing(world)


def test_a_comment_that_a_person_deleted_is_not_brought_back_by_a_question(world):
    world.save("1", VAGUE)
    world.work()
    world.tracker.delete_comment("1", world.tracker.ours("1")[0])
    say(world, ENGINEER, "/unclear How fast?")
    assert world.tracker.ours("1") == []


def test_the_question_is_kept_nowhere(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "/unclear Would a zeppelin do?")
    with world.store.reading() as connection:
        dump = "\n".join(connection.connection.iterdump()) if connection.dialect.name == "sqlite" else ""
    assert "post" in dump or connection.dialect.name != "sqlite"
    assert "zeppelin" not in dump


def test_a_rule_left_out_in_the_panel_costs_nothing(world):
    world.save("1", VAGUE)
    world.work()
    assert "70 of 100" in standing(world)
    ref = TicketRef("jira", "default", "1")
    with world.store.writing() as connection:
        row = ticket_id(connection, ref)
        hold(connection, row, "unmeasured-quality", Opinion.IGNORED, "a person")
        raise_generation(connection, ref, debounce=0.0, max_wait=0.0, saved=False)
    world.work()
    assert "70 → 100 of 100: ready" in standing(world)
    assert "unmeasured quality, as said in the panel." in standing(world)


def noticed(world):
    with world.store.reading() as connection:
        return sorted((row.rule, row.what) for row in connection.execute(response.select()))


def test_what_is_shown_mended_and_said_is_counted_once(world):
    world.save("1", VAGUE)
    world.work()
    shown = ("unmeasured-quality", "shown")
    assert noticed(world) == [shown]
    say(world, ENGINEER, "/clarity not-useful unmeasured-quality")
    assert "@engineer, counted: “unmeasured quality” was of no use here." in standing(world)
    for _ in range(3):
        world.save("1", event=Commented)
        world.work()
    assert noticed(world) == [("unmeasured-quality", "not-useful"), shown]


def test_a_rule_that_is_of_no_use_falls_silent_until_it_is_reviewed(world):
    for number in range(20):
        world.save(str(number + 2), VAGUE)
        world.work()
    for number in range(5):
        note = Comment("said", ENGINEER, Text("/clarity not-useful unmeasured-quality"), datetime.now(UTC))
        world.tracker.comment(str(number + 2), note)
        world.save(str(number + 2), event=Commented)
    with capture_logs() as logs:
        world.work()
    lost = [log for log in logs if "lost its voice" in log["event"]]
    assert [(log["rule"], log["project"]) for log in lost] == [("unmeasured-quality", "SHOP")]
    world.save("1", VAGUE)
    world.work()
    assert world.tracker.ours("1") == []
    with world.store.writing() as connection:
        add_rule_review(connection, "unmeasured-quality", "SHOP")
    world.save("1", VAGUE + " Fast!")
    world.work()
    assert "70 of 100" in standing(world)


def test_a_question_in_plain_words_is_counted_and_not_kept(world):
    world.save("1", VAGUE)
    world.work()
    say(world, ENGINEER, "Which zeppelin is meant here?", ago=timedelta(hours=2))
    say(world, AUTHOR, "The blue one.", ago=timedelta(hours=1))
    with world.store.reading() as connection:
        (asked,) = questions_of(connection, world.row("1").id)
    assert (asked.explicit, round(asked.answered - asked.asked)) == (False, 3_600)
    assert asked.person == world.store.person("default", ENGINEER.id)


def said_on(world, number):
    world.save(str(number), VAGUE)
    world.work()
    return render(world.tracker.said[world.tracker.ours(str(number))[-1]])


def test_the_first_two_times_are_explained_and_the_third_is_one_line(world):
    told = [said_on(world, number) for number in (1, 2, 3)]
    assert ["An adjective hides a number." in each for each in told] == [True, True, False]
    assert "“fast” cannot be tested." in told[2]


def test_an_edit_explains_no_less_than_the_first_comment_did(world):
    for number in (1, 2):
        said_on(world, number)
    assert "An adjective hides a number." in said_on(world, 2)


def test_what_passes_from_the_start_is_noted_once_it_was_learnt(world):
    world.save("1", CLEAR)
    world.work()
    said_on(world, 2)
    world.reviewer.passed = {"unmeasured-quality": ""}
    for number in (3, 4, 5):
        world.save(str(number), CLEAR)
        world.work()
        world.save(str(number), event=Commented)
        world.work()
    assert noticed(world) == [("unmeasured-quality", "shown"), *[("unmeasured-quality", "unaided")] * 3]


def test_the_time_under_way_is_kept_once_the_ticket_is_done_and_no_longer_when_it_is_opened_again(world):
    start = datetime.now(UTC) - timedelta(days=9)
    course = [StatusCategory.IN_PROGRESS, StatusCategory.NEW, StatusCategory.IN_PROGRESS, StatusCategory.DONE]
    history = tuple(StatusChange(start + timedelta(days=n), "A status", one) for n, one in enumerate(course))

    def kept(category):
        world.save("1", VAGUE, status_category=category, status_history=history)
        world.work()
        with world.store.reading() as connection:
            return [(row.seconds, row.pauses) for row in connection.execute(work.select())]

    assert kept(StatusCategory.IN_PROGRESS) == []
    assert kept(StatusCategory.DONE) == [(2 * 86_400.0, 1)]
    assert kept(StatusCategory.IN_PROGRESS) == []
