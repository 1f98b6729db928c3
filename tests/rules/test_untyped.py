"""A ticket that neither its tracker nor its text says the kind of: few rules are asked, and those that name it."""

from functools import cache

import pytest

from service import rulebook, rulepage
from service.document import language
from service.policy import Policy, RuleOverride
from service.review import Reviewer
from service.ticket import Kind, Markup, Text, Ticket, frozen

TEXT = "We need to talk about the export page. It should be fast and user-friendly."
RULE = "unmeasured-quality"


@cache
def reviewer():
    return Reviewer(rulebook.load(), language.load())


def found(kind, policy=None):
    ticket = Ticket("1", "Export page", Text(TEXT, Markup.MARKDOWN), kind)
    return {finding.rule for finding in reviewer().review(ticket, policy or Policy()).findings}


@pytest.mark.parametrize("kind", [None, Kind.TASK, Kind.STORY, Kind.EPIC])
def test_a_quality_nobody_can_measure_is_found_whatever_the_kind(kind):
    assert RULE in found(kind)


def test_a_bug_report_tells_what_it_was_like():
    assert RULE not in found(Kind.BUG)


def test_who_names_kinds_for_a_rule_means_no_others():
    policy = Policy(rules=frozen({RULE: RuleOverride(applies_to=frozenset({Kind.TASK}))}))
    assert RULE in found(Kind.TASK, policy)
    assert RULE not in found(None, policy)


def test_a_rule_page_says_so():
    rules = reviewer().rulebook.rules
    assert rulepage.applies_to(rules[RULE]) == "epic, story, task, tickets of unknown kind"
    assert rulepage.applies_to(rules["vague-adverb"]) == "epic, story, task"
    assert rulepage.applies_to(rules["vague-title"]) == "any ticket"
