"""Whether a rule predicts trouble, how soon questions are answered, what changed since we spoke: on made-up tickets."""

import math

import pytest

from service.outcomes import Outcome, Question, TooLittleError, answer_times, change, odds, typical

ASKED = (Question("one", 100.0, 3_700.0), Question("two", 200.0, None))


def outcome(*, found=(), trouble=False, author="a", at=0.0, score=50):
    return Outcome("SHOP", author, at, score, found, ASKED if trouble else ())


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
    assert one.ratio == pytest.approx(20.5 * 40.5 / (10.5 * 10.5))
    spread = 1.959964 * math.sqrt(1 / 20.5 + 1 / 10.5 + 1 / 10.5 + 1 / 40.5)
    assert math.log(one.high / one.ratio) == pytest.approx(spread)
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


def test_the_time_to_an_answer():
    assert answer_times([outcome(trouble=True), outcome()]) == [3_600.0]
    assert typical([]) is None
    assert typical([1.0, 3.0]) == 2.0


def test_a_ticket_opened_again_is_trouble_too():
    assert Outcome("SHOP", "a", 0.0, 50, reopened=True).trouble


def test_what_changed_since_we_spoke_counts_each_author_once():
    given = [
        outcome(author=f"a{n}", at=at, score=score)
        for n in range(6)
        for at, score in [(1.0, 50), (5.0, 60 + n), (9.0, 60 + n)] + [(9.0, 60 + n)] * (n * 5)
    ]
    found = change(given, [(f"a{n}", 2.0) for n in range(6)])
    assert (found.authors, found.mean) == (6, 12.5)
    assert found.low == pytest.approx(12.5 - 2.571 * 1.8708 / math.sqrt(6), abs=1e-3)


def test_nobody_is_compared_who_was_not_there_before():
    given = [outcome(author=f"a{n}", at=5.0) for n in range(9)] + [outcome(author=f"a{n}") for n in range(4)]
    with pytest.raises(TooLittleError, match="4 authors have tickets from before and after"):
        change(given, [(f"a{n}", 2.0) for n in range(9)])
