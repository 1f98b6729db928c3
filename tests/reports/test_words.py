"""What is said is what the numbers show, and no more than they can."""

import pytest

from service.reports import words
from service.reports.history import NOT_EDITED, NOT_YET
from tests.reports.facts import TITLES, facts


def said(weeks, **more):
    return words.clarity(facts(score=weeks, **more), TITLES)


def test_a_rise():
    weeks = [[58] * 10] * 3 + [[65] * 10] * 2 + [[71] * 10] * 3
    found = [[1] * 30 + [2] * 5]
    assert said(weeks, found=found) == (
        "Median clarity rose from 58 to 71 in eight weeks; what is missed most: no acceptance criteria."
    )


def test_a_fall_and_no_change():
    assert said([[70] * 10] * 2 + [[60] * 10] * 2).startswith("Median clarity fell from 70 to 60 in four weeks")
    assert said([[70] * 10] * 2 + [[71] * 10] * 2) == "Median clarity stayed at about 71 of 100 over four weeks."


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [
        ([], "No ticket was scored in this time."),
        ([[50]], "Only 1 ticket was scored in this time: too few to say more."),
        ([[50] * 5, [90] * 5], "Only 10 tickets were scored in this time: too few to say more."),
        ([[50] * 25], "Median clarity is 50 of 100, over 25 tickets."),
        # Enough in all, and too few at one end to speak of a change.
        ([[40] * 2, [50] * 25, [90] * 2], "Median clarity is 50 of 100, over 29 tickets."),
    ],
)
def test_of_few_tickets_little_is_said(weeks, sentence):
    assert said(weeks) == sentence


def test_scores_under_other_rules_are_not_compared():
    weeks = [("old", [30] * 20)] * 4 + [("new", [70] * 20)] * 4
    assert said(weeks) == (
        "The rules changed in the week of 28 September; since then median clarity stayed at about 70 of 100 over "
        "four weeks."
    )


def test_shares_are_compared_by_more_than_chance():
    def start(early, late):
        return words.start(
            facts(start=[[1] * early + [0] * (50 - early), [0, 1] * 10, [1] * late + [0] * (50 - late)])
        )

    assert "; that rose from 20 % to 80 %." in start(10, 40)
    assert "; that fell from 80 % to 20 %." in start(40, 10)
    assert "; that did not change by more than chance explains." in start(25, 28)
    assert words.start(facts(start=[[1] * 3])) == "Only 3 tickets were begun in this time: too few to say more."


def test_what_is_missed_most_and_what_changed_most():
    now = facts(
        before={"score": [50] * 100, "found": [1] * 60 + [2] * 10},
        score=[[50] * 100],
        found=[[1] * 40 + [2] * 12],
    )
    assert words.found(now, TITLES) == (
        "No acceptance criteria: in 40 % of tickets, more often than anything else; what changed most: no acceptance "
        "criteria, less often (60 % before, 40 % now)."
    )


def test_a_period_before_without_tickets_is_not_compared():
    now = facts(score=[[50] * 100], found=[[1] * 40])
    assert words.found(now, TITLES) == "No acceptance criteria: in 40 % of tickets, more often than anything else."


def test_hours_until_ready():
    assert words.hours(facts(hours=[[20] * 15 + [NOT_YET] * 10])) == (
        "60 % of 25 tickets became ready after our first comment; half of all within 20 hours."
    )
    assert "; more than half are not ready yet." in words.hours(facts(hours=[[20] * 10 + [NOT_YET] * 15]))
    assert "within 5 days." in words.hours(facts(hours=[[120] * 30]))


def test_the_gain_after_a_comment_has_a_range():
    assert words.gain(facts(gain=[[115] * 20 + [90] * 5 + [NOT_EDITED] * 15])) == (
        "50 % of 40 tickets are clearer since our first comment (between 35 % and 65 %, allowing for chance); those "
        "that were edited gained 15 points (median)."
    )


def test_what_is_mended_most_and_least():
    assert words.mended(
        {"no-role": 30, "vague-time": 40, "rare": 3}, {"no-role": 24, "vague-time": 4}, TITLES
    ) == ("Mended most: no-role (80 %). Mended least: a time nobody can set a clock by (10 %).")
    assert "too few to compare" in words.mended({"no-role": 30}, {}, TITLES)
