"""Whether a rule predicts trouble, how soon questions are answered, what changed since we spoke: on made-up tickets."""

import math
import random

import pytest

from service.outcomes import Coached, Outcome, Question, TooLittleError, answer_times, change, typical

ASKED = (Question("one", 100.0, 3_700.0), Question("two", 200.0, None))


def outcome(*, found=(), trouble=False, author="a", at=0.0, score=50):
    return Outcome("SHOP", author, at, score, found, ASKED if trouble else ())


def test_the_time_to_an_answer():
    assert answer_times([outcome(trouble=True), outcome()]) == [3_600.0]
    assert typical([]) is None
    assert typical([1.0, 3.0]) == 2.0


def test_a_ticket_opened_again_is_trouble_too():
    assert Outcome("SHOP", "a", 0.0, 50, reopened=True).trouble


def coached(count):
    return [Coached(f"a{n}", "SHOP", 2.0) for n in range(count)]


def test_what_changed_since_we_spoke_counts_each_author_once():
    given = [
        outcome(author=f"a{n}", at=at, score=score)
        for n in range(6)
        for at, score in [(1.0, 50), (5.0, 60 + n), (9.0, 60 + n)] + [(9.0, 60 + n)] * (n * 5)
    ]
    found = change(given, coached(6))
    assert (found.authors, found.mean) == (6, 12.5)
    assert found.low == pytest.approx(12.5 - 2.571 * 1.8708 / math.sqrt(6), abs=1e-3)


@pytest.mark.parametrize(("before", "told"), [(0, "0 authors have"), (1, "1 author has"), (4, "4 authors have")])
def test_nobody_is_compared_who_was_not_there_before(before, told):
    given = [outcome(author=f"a{n}", at=5.0) for n in range(9)] + [outcome(author=f"a{n}") for n in range(before)]
    with pytest.raises(TooLittleError, match=f"^{told} tickets from before and after"):
        change(given, coached(9))


def test_a_ticket_that_fell_short_is_no_measure_of_what_was_before():
    """Nobody learns anything here, and a first word comes with whatever ticket falls short."""
    dice = random.Random(0)
    given, told = [], {}
    for at in range(600):
        author, score = f"a{dice.randrange(40)}", dice.choice([60, 100])
        given.append(outcome(author=author, at=float(at), score=score))
        if score == 60 and at >= 100:
            told.setdefault(author, float(at))
    found = change(given, [Coached(author, "SHOP", at) for author, at in told.items()])
    assert found.low < 0 < found.high
