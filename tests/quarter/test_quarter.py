"""A few weeks of the simulated quarter: what holds at once holds here; `make quarter` shows the rest."""

import time
from itertools import product

import pytest

from service.coaching import Depth
from service.feedback import compose as comment
from service.ticket import Kind, Markup, Text, Ticket
from tests.quarter.claims import Found, always
from tests.quarter.quarter import Plan, Quarter, last_monday
from tests.quarter.reading import Reader
from tests.quarter.texts import FAULTS, SUBJECTS, compose, together


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    plan = Plan(last_monday(time.time()), weeks=4, trial=1, authors=15, tickets=90)
    made = Quarter(plan, tmp_path_factory.mktemp("quarter"))
    made.run()
    yield made
    made.store.close()


def test_the_authors_write_what_they_are_meant_to(quarter):
    """Each fault is found by its own rule and no other, alone and all at once."""
    for subject in SUBJECTS:
        for faults in ((), FAULTS, FAULTS[1:], *((fault,) for fault in FAULTS)):
            made = together(faults)
            draft = compose(subject, made, 14)
            ticket = Ticket("1", draft.title, Text(draft.description, Markup.MARKDOWN), Kind.STORY)
            review = quarter.scorer.review(ticket, quarter.settings.policy)
            assert {finding.rule for finding in review.findings} == {fault.rule for fault in made}


def test_what_holds_from_the_first_week(quarter):
    claims = list(always(Found(quarter)))
    assert len(claims) == 12
    assert [f"{claim.name}: {claim.told}" for claim in claims if not claim.holds] == []


def test_a_reader_hears_how_much_is_said_of_each_point(quarter):
    """In the words of today's comments: what nobody hears, no claim can be about."""
    made = together(FAULTS[1:4])
    draft = compose(SUBJECTS[0], made, 14)
    ticket = Ticket("1", draft.title, Text(draft.description, Markup.MARKDOWN), Kind.STORY)
    review = quarter.scorer.review(ticket, quarter.settings.policy)
    reader = Reader(quarter.scorer.rules)
    for depths in product(Depth, repeat=len(made)):
        said = {fault.rule: depth for fault, depth in zip(made, depths, strict=True)}
        alone = set(depths) == {Depth.COUNT}
        heard = dict.fromkeys(said, Depth.BRIEF) if alone else said
        assert reader.points(comment(review, depths=said)) == heard
