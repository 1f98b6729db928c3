"""Sentences are asked only what a ticket's rules need. What is found must be just what asking everything finds."""

from dataclasses import replace

import pytest

from service.asking import Asking
from service.policy import Policy, RuleOverride
from service.review import Reviewer
from service.ticket import Kind

POLICY = Policy()


@pytest.fixture(scope="module")
def tickets(shipped):
    """Every example, as a ticket of every kind and of none."""
    items = [*shipped.rules.values(), *shipped.signals.values()]
    told = [example.ticket for item in items for example in (*item.examples.bad, *item.examples.good)]
    return [replace(ticket, kind=kind) for ticket in told[::4] for kind in (*Kind, None)]


def test_the_findings_are_those_of_asking_everything(shipped, nlp, tickets, monkeypatch):
    batch = [(ticket, POLICY) for ticket in tickets]
    ours = Reviewer(shipped, nlp).review_all(batch)
    monkeypatch.setattr(Asking, "of", lambda self, *_: self.everything)
    assert ours == Reviewer(shipped, nlp).review_all(batch)
    assert sum(len(review.findings) for review in ours) > len(tickets)


def test_a_story_is_not_asked_what_only_bugs_are(shipped):
    asking = Asking(shipped)
    story, bug = (asking.of(kind, _rules(shipped, kind)) for kind in (Kind.STORY, Kind.BUG))
    assert {"wish", "role", "unmeasured-quality"} <= story - bug
    assert {"reproduction", "title-names-no-fault"} <= bug - story
    assert story | bug < asking.everything


def test_a_rule_that_a_project_wants_for_other_kinds_is_asked(shipped, reviewer):
    rule = shipped.rules["title-names-no-fault"]
    story = replace(rule.examples.bad[0].ticket, kind=Kind.STORY)
    wanted = Policy(rules={rule.id: RuleOverride(applies_to=frozenset({Kind.STORY}))})
    assert rule.id in {finding.rule for finding in reviewer.review(story, wanted).findings}
    assert rule.id not in {finding.rule for finding in reviewer.review(story, POLICY).findings}


def test_a_rule_that_is_off_makes_no_set_of_its_own(shipped):
    asking, rules = Asking(shipped), _rules(shipped, Kind.STORY)
    assert asking.of(Kind.STORY, rules) == asking.of(Kind.STORY, rules[3:])


def _rules(book, kind):
    return [rule for rule in book.rules.values() if kind in rule.applies_to]
