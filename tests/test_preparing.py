"""Tickets parsed in one batch and then reviewed one by one get the reviews that they get by themselves."""

from dataclasses import replace

import pytest

from service import document, rulebook
from service.document import language
from service.document.model import Section
from service.policy import Policy
from service.review import Reviewer
from service.ticket import frozen
from service.vocabulary import Vocabulary
from tests.bench.tickets import tickets

POLICY = Policy()


@pytest.fixture(scope="module")
def nlp():
    return language.load()


@pytest.fixture
def reviewer(nlp):
    return Reviewer(rulebook.load(), nlp)


def counted(monkeypatch, owner, name):
    calls, real = [], getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *given, **named: calls.append(given) or real(*given, **named))
    return calls


def test_the_reviews_are_the_same_and_nothing_is_read_twice(reviewer, nlp, monkeypatch):
    given = tickets(6, "prepared")
    alone = [Reviewer(reviewer.rulebook, nlp).review(ticket, POLICY) for ticket in given]
    read, parsed = counted(monkeypatch, document, "read"), counted(monkeypatch, nlp, "pipe")
    reviewer.prepare([(ticket, POLICY) for ticket in given])
    assert [reviewer.review(ticket, POLICY) for ticket in given] == alone
    assert (len(read), len(parsed)) == (6, 1)
    assert not reviewer._prepared


def test_what_is_prepared_for_other_headings_is_read_anew(reviewer):
    ticket = tickets(1, "headings")[0]
    ticket = replace(ticket, description=replace(ticket.description, content="## Happy when\n\n- It is sorted."))
    own = replace(POLICY, vocabulary=Vocabulary(headings=frozen({"happy when": Section.CRITERIA})))
    told = [Reviewer(reviewer.rulebook, reviewer._parser._nlp).review(ticket, policy) for policy in (POLICY, own)]
    reviewer.prepare([(ticket, POLICY)])
    assert [reviewer.review(ticket, policy) for policy in (own, POLICY)] == told[::-1]
    assert told[0] != told[1]


def test_what_was_prepared_and_not_reviewed_is_forgotten(reviewer):
    first, second = tickets(2, "forgotten")
    reviewer.prepare([(first, POLICY)])
    reviewer.prepare([(second, POLICY)])
    assert len(reviewer._prepared) == 1
