"""Which findings go with work that takes longer."""

import random

import pytest

from service.accuracy.pace import pace
from service.outcomes import Outcome, TooLittleError

HOUR = 3_600.0


def outcome(seconds, found=(), project="SHOP"):
    return Outcome(project, "a", 0.0, 50, found, worked=seconds)


def timed(slow, quick, *, factor=4.0):
    """Tickets in which a rule found something, and others; they take hours around a middle."""
    return [outcome(HOUR * factor * (1 + n % 5), ("vague-time", "vague-time")) for n in range(slow)] + [
        outcome(HOUR * (1 + n % 5)) for n in range(quick)
    ]


def test_a_rule_whose_tickets_take_longer():
    (one,) = pace([*timed(40, 40), outcome(None, ("vague-time",))])
    assert (one.rule, one.found) == ("vague-time", 40)
    assert one.ratio == pytest.approx(4.0, rel=0.02)
    assert 2 < one.low < one.ratio < one.high < 8


def test_a_rule_whose_tickets_take_as_long():
    (one,) = pace(timed(40, 40, factor=1.0))
    assert one.low < 1 < one.high
    assert one.ratio == pytest.approx(1.0)


def test_a_rule_is_not_guilty_by_its_company_or_its_project():
    """Work takes longer because of the one alone, and in one project; the other is often found with both."""
    dice, given = random.Random(5), []
    for _ in range(800):
        project, cause = dice.choice(["SHOP", "SLOW"]), dice.random() < 0.5
        beside = dice.random() < 0.2 + 0.3 * cause + 0.3 * (project == "SLOW")
        seconds = HOUR * dice.lognormvariate(0, 0.7) * (3 if cause else 1) * (5 if project == "SLOW" else 1)
        found = tuple(rule for rule, on in (("cause", cause), ("beside", beside)) if on)
        given.append(outcome(seconds, found, project))
    told = {one.rule: one for one in pace(given)}
    assert told["cause"].low < 3 < told["cause"].high
    assert told["cause"].low > 2
    assert told["beside"].low < 1 < told["beside"].high


@pytest.mark.parametrize(("slow", "quick"), [(0, 29), (10, 20)])
def test_too_little_time_is_known(slow, quick):
    with pytest.raises(TooLittleError, match=f"The time under way is known of {slow + quick} tickets"):
        pace([*timed(slow, quick), *[outcome(None)] * 50])


def test_a_rule_that_hardly_ever_found_anything_is_left_out():
    assert pace(timed(4, 40)) == []
