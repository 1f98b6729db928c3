"""What changed since we speak, held against those whom we left alone: on made-up tickets."""

import math

import pytest

from service.contrast import contrast
from service.outcomes import SHORTEST_WORK, Coached, Outcome, TooLittleError, change, log_seconds, work_times

HOUR = 3_600.0


def outcome(author="a", at=0.0, score=50, *, seconds=None, project="SHOP"):
    return Outcome(project, author, at, score, worked=seconds)


def authors(name, *gains):
    """An author for each gain, with a ticket before time 2 and two after it; time under way falls as they gain."""
    return [
        outcome(f"{name}{n}", at, 50 + rise, seconds=HOUR * 2 ** (-rise / 10))
        for n, gain in enumerate(gains)
        for at, rise in [(1.0, 0), (5.0, gain), (9.0, gain)]
    ]


def since(name, count, at=2.0, project="SHOP"):
    return [Coached(f"{name}{n}", project, at) for n in range(count)]


def names(name, count):
    return {f"{name}{n}" for n in range(count)}


def test_what_changed_for_everybody_is_not_our_doing():
    given = authors("a", 10, 11, 12, 13, 14) + authors("b", 10, 11, 12, 13, 14)
    found = contrast(given, since("a", 5), names("b", 5))
    assert (found.authors, found.others, found.mean) == (5, 5, 0.0)
    assert found.high == -found.low == pytest.approx(2.776 * math.sqrt(2.5 / 5 + 2.5 / 5))


def test_what_changed_with_us_alone_is_told_from_chance():
    given = authors("a", 20, 21, 22, 23, 24) + authors("b", 0, 1, 2, 3, 4)
    found = contrast(given, since("a", 5), names("b", 5))
    assert found.mean == 20.0
    assert found.low > 0


def test_who_was_spoken_to_is_not_among_those_left_alone():
    given = authors("a", 20, 21, 22, 23, 24) + authors("b", 0, 1, 2, 3, 4)
    with pytest.raises(
        TooLittleError, match=r"4 authors whom we left alone .* and 6 whom we spoke to have tickets"
    ):
        contrast(given, [*since("a", 5), Coached("b0", "SHOP", 2.0)], names("b", 5))


def test_a_project_in_which_we_never_spoke_is_parted_at_the_middle_of_the_others_dates():
    given = [outcome(f"a{n}", at, 50) for n in range(5) for at in (1.0, 3.0, 5.0)]
    given += [outcome(f"b{n}", at, at * 10, project="CALM") for n in range(5) for at in (1.0, 2.0, 3.0, 4.0)]
    dates = [*since("a", 5, at=2.5), Coached("a9", "BLOG", 1.0), Coached("a9", "NEWS", 3.5)]
    assert contrast(given, dates, names("b", 5)).mean == pytest.approx(-20)


@pytest.mark.parametrize(
    ("alone", "coached", "who"),
    [(4, 5, "4 authors"), (5, 4, "5 authors"), (1, 5, "1 author"), (0, 0, "0 authors")],
)
def test_too_little_to_compare_is_said(alone, coached, who):
    given = authors("a", *range(coached)) + authors("b", *range(alone))
    with pytest.raises(TooLittleError, match=f"^{who} whom we left alone .* and {coached} whom"):
        contrast(given, since("a", coached), names("b", alone))


def test_the_time_under_way_changes_by_a_factor():
    given = authors("a", 10, 10, 10, 10, 10) + [outcome(f"a{n}", 9.0) for n in range(5)]
    assert math.exp(change(given, since("a", 5), log_seconds).mean) == pytest.approx(0.5)
    with pytest.raises(TooLittleError, match="0 authors have tickets whose time under way is known from"):
        change([outcome(f"a{n}", at) for n in range(5) for at in (1.0, 9.0)], since("a", 5), log_seconds)


def test_a_ticket_pushed_through_all_states_at_once_measures_nothing():
    assert log_seconds(outcome(seconds=0.0)) == math.log(SHORTEST_WORK)
    assert work_times([outcome(seconds=5.0), outcome(), outcome(seconds=2.0)]) == [2.0, 5.0]
