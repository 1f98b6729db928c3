"""What a look at a ticket tells about how people took what we said, and when a rule was called useless too often."""

import pytest

from service.conversation import Conversation, Ignored
from service.feedback import Said, shown_rules
from service.response import Response, Tally, What, responses, wilson
from service.ticket import Person
from tests.reviews import absent, found, review

CRITERIA, FAST = absent("no-acceptance-criteria", 24), found("unmeasured-quality", "fast", 8)
ONE, TWO = Person("one"), Person("two")


NOTHING_SAID, NO_TALK = Said(), Conversation()


def told(now, said=NOTHING_SAID, talk=NO_TALK, shown=(), before=()):
    return list(
        responses(now, said, talk, shown=shown, shown_before=before, author="author", name=lambda p: f"#{p.id}")
    )


def test_what_is_shown_is_the_authors():
    shown = shown_rules(review(68, CRITERIA, FAST))
    assert told(review(68, CRITERIA, FAST), shown=shown) == [
        Response("no-acceptance-criteria", What.SHOWN, "author"),
        Response("unmeasured-quality", What.SHOWN, "author"),
    ]


def test_nothing_is_shown_of_a_ready_ticket():
    assert shown_rules(review(92, FAST)) == ()


MENDED = Response("no-acceptance-criteria", What.MENDED, "author")


@pytest.mark.parametrize(
    ("passed", "text", "score", "before", "expected"),
    [
        ({"no-acceptance-criteria": ""}, "text 1", 90, ["no-acceptance-criteria"], [MENDED]),
        ({"no-acceptance-criteria": ""}, "text 0", 90, ["no-acceptance-criteria"], []),  # the rulebook changed
        ({"no-acceptance-criteria": ""}, "text 1", 40, ["no-acceptance-criteria"], []),  # words were lost
        ({"no-acceptance-criteria": ""}, "text 1", 90, [], []),  # it was never shown
        ({}, "text 1", 90, ["no-acceptance-criteria"], []),  # it was not asked, so it did not pass
    ],
)
def test_what_is_mended(passed, text, score, before, expected):
    said = Said("posted", "…", "text 0", 64, ("no-acceptance-criteria",))
    assert told(review(score, text=text, passed=passed), said, before=before) == expected


def test_what_people_say_bears_their_name():
    talk = Conversation(
        ignored={"no-benefit": Ignored("no-benefit", ONE, "a chore")},
        not_useful=frozenset({("vague-quantity", TWO), ("vague-quantity", ONE)}),
    )
    assert told(review(90), Said(text_hash="text 1"), talk) == [
        Response("no-benefit", What.IGNORED, "#one"),
        Response("vague-quantity", What.NOT_USEFUL, "#one"),
        Response("vague-quantity", What.NOT_USEFUL, "#two"),
    ]


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    # Newcombe (1998), table I, and the two ends.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(hits, cases, low, high):
    assert wilson(hits, cases) == pytest.approx((low, high), abs=5e-5)
    assert wilson(cases - hits, cases) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_without_cases_anything_may_be_true():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("shown", "not_useful", "silent"),
    [(19, 19, False), (20, 4, False), (20, 5, True), (100, 15, False), (100, 16, True), (1000, 100, False)],
)
def test_a_rule_loses_its_voice_when_it_is_certain(shown, not_useful, silent):
    assert Tally("rule", "SHOP", shown, not_useful=not_useful).voiceless is silent
