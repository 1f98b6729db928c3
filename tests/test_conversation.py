"""Questions asked, answered and settled; rules ignored; what has to be answered."""

from datetime import UTC, datetime, timedelta

import pytest

from service.commands import Verb, commands
from service.conversation import QUIET, Ignored, conversation
from service.roles import NO_ROLES, May, Roles, wishes
from service.ticket import Comment, Markup, Person, Snapshot, Text, Ticket

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
AUTHOR, ENGINEER, TESTER, OWNER = Person("author"), Person("engineer"), Person("tester"), Person("owner")
RULES = {"no-benefit", "vague-quantity"}


def hour(hours):
    return START + timedelta(hours=hours)


def written(*comments, edited=0, author=AUTHOR, assignee=None, creator=AUTHOR):
    """`comments` are (hour, person, body)."""
    said = tuple(
        Comment(f"c{n}", person, Text(body, Markup.MARKDOWN), hour(at))
        for n, (at, person, body) in enumerate(comments)
    )
    return Snapshot(
        Ticket("1", "A title"),
        key="SHOP-1",
        url="",
        created=START,
        text_changed=hour(edited),
        author=author,
        comments=said,
        creator=creator,
        assignee=assignee,
    )


def told(*comments, now=1000, roles=NO_ROLES, **ticket):
    return conversation(written(*comments, **ticket), RULES, hour(now), roles)


ASKED = (1, ENGINEER, "/unclear Which browser?")
WEEK = QUIET.total_seconds() / 3600


def test_a_question_stays_open_until_it_is_answered():
    (question,) = told(ASKED, now=10_000).open_questions
    assert (question.by, question.asked, question.words, question.answered) == (
        ENGINEER,
        hour(1),
        "Which browser?",
        None,
    )


def test_the_author_answers_by_a_reply_or_an_edit_whichever_comes_first():
    reply = (5, AUTHOR, "Firefox.")
    assert told(ASKED, reply, now=6).questions[0].answered == hour(5)
    assert told(ASKED, now=6, edited=4).questions[0].answered == hour(4)
    assert told(ASKED, reply, now=9, edited=3).questions[0].answered == hour(3)


def test_what_is_no_answer():
    assert told(ASKED, (2, TESTER, "Firefox, I think."), now=6).questions[0].answered is None
    assert told((1, AUTHOR, "Soon."), (2, ENGINEER, "/unclear When?"), now=6).questions[0].answered is None
    assert told(ASKED, (2, AUTHOR, "/clarity"), now=6).questions[0].answered is None


def test_an_answered_question_is_settled_by_its_asker_alone():
    answer = (2, AUTHOR, "Firefox.")
    assert told(ASKED, answer, (3, AUTHOR, "/clear"), now=4).open_questions
    assert told(ASKED, answer, (3, TESTER, "/clear"), now=4).open_questions
    (question,) = told(ASKED, answer, (3, ENGINEER, "/clear"), now=4).questions
    assert question.settled == hour(3)
    assert question.answered == hour(2)


def test_an_asker_may_settle_a_question_that_nobody_answered():
    assert not told(ASKED, (2, ENGINEER, "Found it.\n/clear"), now=3).open_questions


def test_seven_quiet_days_after_the_answer_settle_it():
    answer = (2, AUTHOR, "Firefox.")
    before = told(ASKED, answer, now=2 + WEEK - 1)
    assert before.open_questions
    assert before.settles == hour(2) + QUIET
    assert not told(ASKED, answer, now=2 + WEEK).open_questions


def test_a_word_of_the_askers_begins_the_quiet_days_anew():
    talk = (ASKED, (2, AUTHOR, "Firefox."), (50, ENGINEER, "Which version?"))
    waiting = told(*talk, now=2 + WEEK)
    assert waiting.open_questions
    assert waiting.settles == hour(50) + QUIET
    assert not told(*talk, now=50 + WEEK).open_questions


def test_a_second_question_outlives_the_first():
    talk = told(ASKED, (2, ENGINEER, "/clear"), (3, ENGINEER, "/unclear And which version?"), now=4)
    assert [question.words for question in talk.open_questions] == ["And which version?"]


def test_each_asker_settles_their_own():
    talk = told(ASKED, (2, TESTER, "/unclear Which data?"), (3, TESTER, "/clear"), now=4)
    assert [question.by for question in talk.open_questions] == [ENGINEER]


def test_a_bare_unclear_waits_for_its_question():
    bare = (1, ENGINEER, "/unclear")
    assert [q.words for q in told(bare, now=2).open_questions] == [""]
    assert [q.words for q in told(bare, (2, ENGINEER, "/unclear Which?"), now=3).open_questions] == ["Which?"]
    assert [q.words for q in told(bare, (2, TESTER, "/unclear Which?"), now=3).open_questions] == ["", "Which?"]


def test_the_authors_own_question_is_not_answered_by_the_author():
    own = (1, AUTHOR, "/unclear Do we need this at all?")
    assert told(own, (2, AUTHOR, "Perhaps."), now=3, edited=2).questions[0].answered is None


def test_nothing_settles_by_silence_what_nobody_answered():
    assert told(ASKED).settles is None


IGNORE = "/clarity ignore no-benefit because it is a chore"


def test_author_creator_and_assignee_may_ignore_a_rule():
    for person in (AUTHOR, OWNER):
        talk = told((1, person, IGNORE), assignee=OWNER)
        assert talk.ignored == {"no-benefit": Ignored("no-benefit", person, "it is a chore")}
        assert talk.requests == ()
    assert told((1, TESTER, IGNORE), author=AUTHOR, creator=TESTER).ignored


def test_anyone_else_and_no_reason_are_answered_instead():
    refused = told((1, ENGINEER, IGNORE))
    assert not refused.ignored
    assert [(r.verb, r.by, r.rule) for r in refused.requests] == [(Verb.IGNORE, ENGINEER, "no-benefit")]
    unreasoned = told((1, AUTHOR, "/clarity ignore no-benefit"))
    assert not unreasoned.ignored
    assert [(r.verb, r.rule) for r in unreasoned.requests] == [(Verb.IGNORE, "no-benefit")]


def test_a_rule_that_there_is_not_is_answered():
    talk = told((1, AUTHOR, "/clarity ignore no-benfit because it is a chore"))
    assert not talk.ignored
    assert [(r.rule, r.words) for r in talk.requests] == [("", "no-benfit because it is a chore")]


def test_not_useful_is_noted_once_a_person():
    talk = told((1, ENGINEER, "/clarity not-useful no-benefit"), (2, ENGINEER, "/clarity not useful no benefit"))
    assert talk.not_useful == {("no-benefit", ENGINEER)}
    assert {(request.verb, request.rule) for request in talk.requests} == {(Verb.NOT_USEFUL, "no-benefit")}


def test_help_examples_and_unknown_words_are_answered_and_a_check_is_not():
    talk = told(
        (1, TESTER, "/clarity help"),
        (2, TESTER, "/clarity example no-benefit"),
        (3, TESTER, "/clarity dance"),
        (4, TESTER, "/clarity"),
    )
    assert [(r.verb, r.rule, r.words) for r in talk.requests] == [
        (Verb.HELP, "", ""),
        (Verb.EXAMPLE, "no-benefit", "no-benefit"),
        (Verb.UNKNOWN, "", "dance"),
    ]


LEFT_OUT = (1, OWNER, "/clarity ignore no-benefit because a chore")


@pytest.mark.parametrize(
    ("roles", "ignored", "may"),
    [
        (Roles(), False, May.NO),
        (Roles(held=frozenset({"owner"})), True, None),
        (Roles(held=frozenset({"tester"})), False, May.NO),
        (Roles(untold=frozenset({"owner"})), False, May.UNTOLD),
        (Roles(untold=frozenset({"owner"}), before=frozenset({("no-benefit", "owner")})), True, None),
        (Roles(before=frozenset({("vague-quantity", "owner")})), False, May.NO),
    ],
    ids=["nothing known", "a role", "somebody else's role", "not told", "granted before", "another rule's grant"],
)
def test_who_holds_a_role_may_ignore_a_rule(roles, ignored, may):
    talk = told(LEFT_OUT, now=2, roles=roles)
    assert ("no-benefit" in talk.ignored) is ignored
    assert [request.may for request in talk.requests] == ([] if ignored else [may])


def test_roles_are_asked_for_only_where_they_decide():
    said = [
        LEFT_OUT,
        (2, AUTHOR, "/clarity ignore no-benefit because mine"),
        (3, TESTER, "/clarity ignore nonsense because why"),
        (4, ENGINEER, "/clarity help"),
    ]
    snapshot = written(*said)
    assert wishes(commands(snapshot.comments), snapshot, RULES) == [("no-benefit", OWNER), ("", TESTER)]


@pytest.mark.parametrize(
    ("said", "shared", "answers"),
    [
        ([], None, []),
        ([(1, AUTHOR, "/clarity share")], True, [May.YES]),
        ([(1, AUTHOR, "/clarity share"), (2, AUTHOR, "/clarity unshare")], False, [May.YES, May.YES]),
        ([(1, AUTHOR, "/clarity unshare"), (2, AUTHOR, "/clarity share")], True, [May.YES, May.YES]),
        ([(1, AUTHOR, "/clarity share"), (2, OWNER, "/clarity unshare")], False, [May.YES, May.YES]),
        ([(1, ENGINEER, "/clarity share")], None, [May.NO]),
        ([(1, AUTHOR, "/clarity share"), (2, ENGINEER, "/clarity unshare")], True, [May.YES, May.NO]),
    ],
)
def test_who_wrote_a_ticket_says_whether_it_is_shared(said, shared, answers):
    """The owner wrote its present text; the assignee has no say."""
    talk = told(*said, creator=AUTHOR, author=OWNER, assignee=ENGINEER)
    assert talk.shared is shared
    assert [request.may for request in talk.requests] == answers
