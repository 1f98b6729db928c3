"""Every example in every rule file, run. `missed` and `false_alarms` are known faults and must still be faults."""

import dataclasses

import pytest

from service import rulebook
from service.policy import Policy

BOOK = rulebook.load()
POLICY = Policy()


def cases(name, *, known_fault=False):
    mark = [pytest.mark.xfail(strict=True, reason="a known fault: promote the example if it is mended")]
    return [
        pytest.param(rule, example, id=f"{rule.id}:{example.line}", marks=mark if known_fault else [])
        for rule in BOOK.rules.values()
        for example in getattr(rule.examples, name)
    ]


def found(reviewer, rule, example):
    kind = example.ticket.kind or (sorted(rule.applies_to)[0] if not rule.neutral else None)
    ticket = dataclasses.replace(example.ticket, kind=kind, title=example.ticket.title or "An example")
    review = reviewer.review(ticket, POLICY)
    assert review.reason == "", f"the example is not judged: {review.reason}"
    return [finding for finding in review.findings if finding.rule == rule.id]


@pytest.mark.parametrize(("rule", "example"), [*cases("bad"), *cases("missed", known_fault=True)])
def test_the_rule_fires_where_it_is_to(reviewer, rule, example):
    hits = found(reviewer, rule, example)
    assert hits, f"{rule.id} does not fire on: {example.text}"
    if example.spans:
        assert sorted((hit.field, hit.quote) for hit in hits) == sorted(example.spans)


@pytest.mark.parametrize(("rule", "example"), [*cases("good"), *cases("false_alarms", known_fault=True)])
def test_the_rule_is_silent_on_good_text(reviewer, rule, example):
    hits = found(reviewer, rule, example)
    assert not hits, f"{rule.id} fires on “{hits[0].quote}” in: {example.text}"


SIGNALS = [
    pytest.param(signal, example, says, id=f"{signal.id}:{example.line}")
    for signal in BOOK.signals.values()
    for says, examples in ((True, signal.examples.bad), (False, signal.examples.good))
    for example in examples
]


@pytest.mark.parametrize(("signal", "example", "says"), SIGNALS)
def test_a_signal_is_heard_in_what_says_it(reviewer, signal, example, says):
    assert (signal.id in reviewer.signals(example.ticket)) is says, example.text


@pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
def test_a_rule_is_proved_and_explained(rule):
    assert len(rule.examples.bad) >= 3
    assert len(rule.examples.good) >= 4
    assert rule.source
    assert rule.mended
    assert len(rule.why) > 40
    assert rule.coach.endswith(".")
    assert len(rule.message) < 120


@pytest.mark.parametrize("signal", BOOK.signals.values(), ids=lambda signal: signal.id)
def test_a_signal_is_proved(signal):
    assert len(signal.examples.bad) >= 2
    assert signal.examples.good
