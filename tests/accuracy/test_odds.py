"""Which findings predict trouble."""

import math
import random
from dataclasses import replace

import pytest

from service.accuracy.odds import odds
from service.outcomes import TooLittleError
from tests.test_outcomes import outcome


def many(a, b, c, d):
    """Tickets with the rule's finding and trouble, with it alone, with trouble alone, and with neither."""
    hit = ("vague-time", "vague-time")
    return [
        *[outcome(found=hit, trouble=True)] * a,
        *[outcome(found=hit)] * b,
        *[outcome(trouble=True)] * c,
        *[outcome()] * d,
    ]


def test_the_odds_of_a_rule_that_predicts():
    (one,) = odds(many(20, 10, 10, 40))
    assert (one.rule, one.found, one.trouble) == ("vague-time", 30, 20)
    assert one.ratio == pytest.approx(20 * 40 / (10 * 10), rel=0.08)
    spread = 1.959964 * math.sqrt(1 / 20 + 1 / 10 + 1 / 10 + 1 / 40)
    assert math.log(one.high / one.ratio) == pytest.approx(spread, rel=0.03)
    assert one.low > 1


def test_a_rule_that_predicts_nothing_has_1_in_its_interval():
    (one,) = odds(many(10, 20, 10, 20))
    assert one.low < 1 < one.high
    assert one.ratio == pytest.approx(1.0)


def test_an_empty_cell_still_gives_a_ratio():
    (one,) = odds(many(12, 0, 0, 30))
    assert one.ratio > one.low > 1
    assert math.isfinite(one.high)


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (5, 5, 5, 5), (5, 50, 4, 50), (30, 5, 30, 4)])
def test_too_little_is_said(cells):
    with pytest.raises(TooLittleError, match=f"Of {sum(cells)} tickets, {cells[0] + cells[2]} had questions"):
        odds(many(*cells))


def test_a_rule_that_hardly_ever_found_anything_is_left_out():
    assert odds(many(4, 0, 20, 20)) == []
    assert odds(many(20, 20, 4, 0)) == []


def test_a_rule_is_not_guilty_by_its_company():
    """People ask because of the one alone; the other is often found beside it."""
    dice = random.Random(3)
    given = []
    for _ in range(600):
        guilty = dice.random() < 0.4
        found = [*["guilty"] * guilty, *["beside"] * (dice.random() < (0.7 if guilty else 0.2))]
        given.append(outcome(found=found, trouble=dice.random() < (0.6 if guilty else 0.2)))
    told = {one.rule: one for one in odds(given)}
    share = [sum(one.trouble for one in given if ("beside" in one.found) is so) for so in (True, False)]
    assert share[0] / told["beside"].found > 1.3 * share[1] / (600 - told["beside"].found)
    assert told["beside"].low < 1 < told["beside"].high
    assert told["guilty"].low > 3


def test_a_rule_is_not_guilty_by_its_project():
    """In one project people ask much, and the rule finds much: within either it tells nothing."""
    asks, quiet = ((0.6, 0.6), (0.1, 0.1))
    dice = random.Random(5)
    given = [
        replace(outcome(found=["common"] * (dice.random() < rate), trouble=dice.random() < risk), project=project)
        for project, (rate, risk) in (("ASKS", asks), ("CALM", quiet))
        for _ in range(400)
    ]
    (one,) = odds(given)
    assert one.low < 1 < one.high


def test_two_rules_that_always_come_together_share_what_they_tell():
    given = [
        outcome(found=hit.found * 1 + ("twin",) * bool(hit.found), trouble=hit.trouble)
        for hit in many(20, 10, 10, 40)
    ]
    first, second = odds(given)
    assert first.ratio == pytest.approx(second.ratio)
    assert first.ratio > 1
