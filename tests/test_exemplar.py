"""Which good ticket is shown for which point."""

from dataclasses import replace

import pytest

from service.exemplar import Candidate, Sharing, choose, may_be_shown
from service.ticket import Kind

HOUR = 3_600.0
GOOD = Candidate(1, "SHOP-1", "https://jira.team.example/browse/SHOP-1", Kind.STORY, 95, 100.0, consent=True)
NO_WORD = replace(GOOD, consent=None)
OFF, ASK, ON = Sharing.OFF, Sharing.WITH_CONSENT, Sharing.ON


@pytest.mark.parametrize(
    ("one", "sharing", "shown"),
    [
        (GOOD, ASK, True),
        (GOOD, ON, True),
        (GOOD, OFF, False),
        (NO_WORD, ASK, False),
        (NO_WORD, ON, True),
        (replace(GOOD, consent=False), ON, False),
        (replace(GOOD, consent=False), ASK, False),
        (replace(NO_WORD, opted_out=True), ON, False),
        (replace(GOOD, opted_out=True), ON, True),
        (replace(GOOD, ready=False), ON, False),
        (replace(GOOD, done=False), ON, False),
        (replace(GOOD, asked=True), ON, False),
        (replace(GOOD, restricted=True), ON, False),
        (replace(GOOD, url=""), ON, False),
    ],
)
def test_which_tickets_may_be_shown(one, sharing, shown):
    assert may_be_shown(one, sharing) is shown


QUICK, SLOW = replace(GOOD, id=2, seconds=HOUR), replace(GOOD, id=3, seconds=9 * HOUR)
CLEARER, LATER = replace(GOOD, id=4, score=100), replace(GOOD, id=5, at=200.0)
BUG, LAPSED = replace(GOOD, id=6, kind=Kind.BUG), replace(GOOD, id=7, score=99, found=frozenset({"no-benefit"}))


@pytest.mark.parametrize(
    ("among", "chosen"),
    [
        ([], None),
        ([GOOD], ("no-benefit", 1)),
        ([GOOD, CLEARER], ("no-benefit", 4)),
        ([GOOD, QUICK], ("no-benefit", 2)),
        ([GOOD, LATER], ("no-benefit", 5)),
        ([SLOW], None),
        ([SLOW, GOOD], ("no-benefit", 1)),
        ([BUG], None),
        ([replace(GOOD, kind=None)], None),
        ([LAPSED], ("no-role", 7)),
        ([LAPSED, GOOD], ("no-benefit", 1)),
        ([NO_WORD], None),
    ],
)
def test_which_one_is_shown(among, chosen):
    found = choose(["no-benefit", "no-role"], Kind.STORY, among, ASK, typical=2 * HOUR)
    assert (found and (found.rule, found.ticket.id)) == chosen


def test_the_one_that_is_shown_already_stays_while_it_may():
    def shown(one):
        found = choose(["no-benefit"], Kind.STORY, [CLEARER, one], ASK, shown=1)
        return found.ticket.id

    assert shown(GOOD) == 1
    assert shown(replace(GOOD, consent=False)) == 4


def test_no_time_is_too_long_where_nobody_knows_what_is_usual():
    assert choose(["no-benefit"], Kind.STORY, [SLOW], ASK).ticket.id == 3


def test_nothing_is_shown_where_no_point_is_explained():
    assert choose([], Kind.STORY, [GOOD], ON) is None
