"""A ticket that a good lead would take as it is stays ready, whatever rules are added: a hint or two may be given."""

import pytest

from service.policy import Policy
from service.ticket import Kind, Markup, Text, Ticket
from service.verdict import Severity
from tests.rules.good_tickets import TICKETS

STORY = """\
As a baker, I want tomorrow's orders sorted by pick-up time, so that I bake the first ones first.

Last week four orders were late because they stood at the end of the list.

## Acceptance criteria
- The order that is picked up first is on top.
- Orders without a time come last, in the order of entry.
- When there are no orders, the page shows “No orders for tomorrow”.

## Out of scope
Sorting by customer.
"""
SCENARIO = """\
h2. User story
As a night nurse, I want to see allergies before I open the chart, so that I do not give the wrong drug.

h2. Acceptance criteria
{code}
Scenario: a known allergy
  Given a patient with an allergy to penicillin
  When I open the ward list
  Then “Penicillin” stands in red beside the name

Scenario: nothing is known
  Given a patient without an entry
  When I open the ward list
  Then “Allergies unknown” stands beside the name
{code}
"""
TASK = """\
Version 14 of the framework gets no security fixes after 1 May, and two of our libraries already require version 15.

- Update the framework and both libraries to version 15.
- The three end-to-end tests of the checkout pass on the staging server.
- If the error rate rises above 1 % after the release, roll back with the release script.
"""
BUG = """\
Steps to reproduce:
1. Open the list of orders in Firefox 128.
2. Change the date to 29 February 2028.
3. Press “Print”.

Expected: the orders of that day are printed.
Actual: the page is blank and the console shows the error below. It happens every time.

    RangeError: invalid date
"""
EPIC = """\
## Problem
Guests of our 12 shops pay with paper vouchers. Clerks count them every evening, about 20 minutes a shop, and in May
we found 40 forged ones.

## Outcome
Half of all vouchers are paid without paper by the end of October.

## What guests told us
In 15 interviews 11 guests said that they had left a voucher at home.

## Out of scope
- Vouchers of other shops
- Paying by phone

## Risks
A code could be used twice. It is locked for as long as a till holds it, and every use is logged.
"""
GOOD = [
    (Kind.STORY, "Sort tomorrow's orders by pick-up time", STORY, Markup.MARKDOWN),
    (Kind.STORY, "Show allergies in the ward list", SCENARIO, Markup.WIKI),
    (Kind.TASK, "Update the framework to version 15", TASK, Markup.MARKDOWN),
    (Kind.BUG, "Printing the orders of 29 February gives a blank page", BUG, Markup.MARKDOWN),
    (Kind.EPIC, "Vouchers without paper", EPIC, Markup.MARKDOWN),
    (None, "Sort tomorrow's orders by pick-up time", STORY, Markup.MARKDOWN),
]


@pytest.mark.parametrize(("kind", "title", "text", "markup"), GOOD)
def test_a_good_ticket_is_ready(reviewer, kind, title, text, markup):
    review = reviewer.review(Ticket("1", title, Text(text, markup), kind=kind), Policy())
    found = [(finding.rule, finding.quote) for finding in review.findings]
    assert review.score >= 90, found
    assert len(found) <= 2, found
    assert Severity.BLOCKER not in {finding.severity for finding in review.findings}, found


BARE_EPIC = (
    "Guests pay with vouchers in the shop. They get the code by mail and show it at the till before they pay."
)


def test_a_thin_epic_is_asked_little_at_a_time(reviewer):
    review = reviewer.review(Ticket("1", "Vouchers", Text(BARE_EPIC), kind=Kind.EPIC), Policy())
    rules = {finding.rule for finding in review.findings}
    assert not rules & {"no-out-of-scope", "no-why-now"}, (
        "the edges are asked for once there is something to bound"
    )
    assert len(rules & {"no-problem-statement", "solution-without-problem"}) <= 1


@pytest.mark.parametrize(("kind", "title", "text", "markup"), TICKETS, ids=[ticket[1] for ticket in TICKETS])
def test_a_ticket_as_people_write_it_is_ready(reviewer, kind, title, text, markup):
    review = reviewer.review(Ticket("1", title, Text(text, markup), kind=kind), Policy())
    found = [(finding.rule, finding.quote) for finding in review.findings]
    assert review.score >= 85, found
    assert len(found) <= 4, found


def test_a_line_about_a_fault_is_not_ready(reviewer):
    ticket = Ticket("1", "Login doesn't work", Text("I can't log in. Please fix asap!!!"), kind=Kind.BUG)
    assert reviewer.review(ticket, Policy()).score < 80
