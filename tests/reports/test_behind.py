"""The tickets behind a point are those that the point was counted from."""

import random
from itertools import product

import pytest

from service.reports.history import Measure
from service.reports.sources import HEADINGS
from service.store.behind import behind
from service.store.trends import Where
from tests.reports.sample import DAY, MONDAY, WEEK, add_ticket, ticket_by_ticket
from tests.reports.test_recounting import some_deeds, some_review

MEASURES = (Measure.SCORE, *HEADINGS)

FIRST = int(MONDAY // DAY)
WEEKS = [FIRST + 7 * n for n in range(-1, 5)]
PLACES = [("jira", "default"), ("jira", "other"), ("linear", "default"), ("local", "local")]


@pytest.fixture
def lived(store):
    """Tickets that were written, moved, asked about and answered within some weeks."""
    dice, at = random.Random(11), MONDAY
    with store.writing() as connection:
        ids = [add_ticket(connection, str(n), tracker=PLACES[n % 4][0], site=PLACES[n % 4][1]) for n in range(32)]
        for _ in range(160):
            at += dice.uniform(0, 2) * WEEK / 50
            some_review(connection, dice, dice.choice(ids), at)
            some_deeds(connection, dice, dice.choice(ids), at)
    return store


def found(store, measure, week, where, most=100):
    with store.reading() as connection:
        return [one.key for one in behind(connection, where, [week], measure=measure, most=most)]


def counted(rows, measures, week, where):
    """The same, told by the plain count."""
    return {
        one
        for one, (measure, tracker, site, project, kind, _, day) in rows
        if measure in measures and day == week and project in where.projects
        if where.kind in ("", kind) and where.tracker in ("", tracker) and where.site in ("", site)
    }


def test_they_are_those_that_were_counted(lived):
    rows = {(one, key) for one, key, _, _ in ticket_by_ticket(lived)}
    met = set()
    places = product((("SHOP", "PAY"), ("PAY",)), ("", "bug"), (("", ""), ("jira", "other")))
    for projects, kind, (tracker, site) in places:
        where = Where(0, 0, tracker, site, projects, kind)
        for measure, week in product(MEASURES, WEEKS):
            told = found(lived, measure, week, where)
            wanted = (measure, Measure.NO_SCORE) if measure is Measure.SCORE else (measure,)
            assert set(told) == counted(rows, wanted, week, where), (measure, week, where)
            assert len(told) == len(set(told))
            met |= {measure} if told else set()
    assert met == set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES)
def test_few_are_the_first_of_all(lived, measure):
    where = Where(0, 0, projects=("SHOP", "PAY"))
    for week in WEEKS:
        told = found(lived, measure, week, where)
        for most in (1, 2, 5):
            assert found(lived, measure, week, where, most) == told[:most]


def test_the_newest_week_comes_first_and_each_ticket_once(lived):
    where = Where(0, 0, projects=("SHOP", "PAY"))
    one_by_one = [key for week in reversed(WEEKS) for key in found(lived, Measure.SCORE, week, where)]
    with lived.reading() as connection:
        told = behind(connection, where, reversed(WEEKS), most=100)
    assert [one.key for one in told] == list(dict.fromkeys(one_by_one))
    assert len(told) < len(one_by_one)
