import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.accuracy.calibration import TooFewError, calibrate, cases
from service.accuracy.labelled import labelled
from service.accuracy.weights import Case, Table, fit
from service.score import Charge, bill
from service.verdict import Dimension
from tests.accuracy.test_evaluation import review

RULES = {
    "vague": Dimension.PRECISION,
    "endless": Dimension.PRECISION,
    "no-steps": Dimension.EVIDENCE,
    "no-expected": Dimension.BEHAVIOUR,
}
COUNTS = st.dictionaries(st.sampled_from(sorted(RULES)), st.integers(1, 10))


@given(COUNTS, st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_tables_count_as_the_score_does(counts, weights):
    weight = dict(zip(RULES, weights, strict=True))
    charges = [Charge(rule, RULES[rule], weight[rule]) for rule, times in counts.items() for _ in range(times)]
    table = Table([Case(counts, stuck=True, label="", group="")], RULES)
    assert table.badness(np.array(weights, float))[0] == 100 - bill(charges).score


def world(tickets, chances, *, seed=3, groups=("a", "b", "c", "d")):
    """Tickets on which the rules fire at random, and people were stuck by these chances."""
    dice = random.Random(seed)
    for number in range(tickets):
        counts = {rule: 1 for rule in RULES if dice.random() < 0.5}
        stuck = dice.random() < 0.1 + sum(chances.get(rule, 0) for rule in counts)
        yield Case(counts, stuck=stuck, label="stuck", group=groups[number % len(groups)])


TODAY = {"vague": 25, "endless": 20, "no-steps": 5, "no-expected": 10}
TRUTH = {"no-steps": 0.5, "no-expected": 0.3}


def test_weights_move_to_the_rules_that_matter():
    found = calibrate(list(world(400, TRUTH)), TODAY, RULES)
    fitted = {one.rule: one.suggested for one in found.suggestions}
    assert fitted["no-steps"] > fitted["no-expected"] > fitted["vague"]
    assert fitted["vague"] < TODAY["vague"]
    assert found.better
    assert found.sure
    assert found.fitted > found.today + 0.05
    assert (found.answers, found.groups) == (400, 4)


def test_weights_stay_where_the_tickets_say_nothing():
    found = calibrate(list(world(60, {})), TODAY, RULES)
    assert not found.sure
    assert all(abs(one.suggested - one.today) <= 5 for one in found.suggestions)


def test_a_rule_that_hardly_ever_found_anything_keeps_its_weight():
    rare = [Case({"endless": 1}, stuck=False, label="stuck", group="a") for _ in range(4)]
    given = [Case({k: v for k, v in c.counts.items() if k != "endless"}, c.stuck, c.label, c.group) for c in world(200, TRUTH)]  # fmt: skip
    found = calibrate(given + rare, TODAY, RULES)
    assert "endless" not in {one.rule for one in found.suggestions}


def test_the_same_tickets_give_the_same_weights():
    given = list(world(150, TRUTH))
    assert calibrate(given, TODAY, RULES) == calibrate(given, TODAY, RULES)


@settings(max_examples=20)
@given(st.lists(st.tuples(COUNTS, st.booleans()), min_size=2, max_size=30), st.sampled_from([1.0, 100.0]))
def test_weights_are_whole_and_within_bounds(answers, pull):
    table = Table([Case(counts, stuck, "stuck", "a") for counts, stuck in answers], RULES)
    found = fit(table, np.arange(len(answers)), np.array([25.0, 20, 5, 100]), pull)
    assert all(0 <= weight <= 100 and weight == int(weight) for weight in found)


def test_a_strong_pull_keeps_todays_weights():
    table = Table(list(world(100, TRUTH)), RULES)
    today = np.array([TODAY[rule] for rule in RULES], float)
    assert fit(table, np.arange(100), today, 1e6).tolist() == today.tolist()


def test_a_project_left_out_teaches_nothing_about_itself():
    """In each project another rule matters: what is learnt elsewhere is of no use there, and the figure says so."""
    rules = list(RULES)
    given = [
        case for number, rule in enumerate(rules) for case in world(100, {rule: 0.8}, seed=number, groups=(rule,))
    ]
    found = calibrate(given, dict.fromkeys(RULES, 10), RULES)
    assert found.fitted <= found.today + 0.01


@pytest.mark.parametrize("given", [[], list(world(8, {})), [Case({}, True, "stuck", "a")] * 30])
def test_too_few_tickets(given):
    with pytest.raises(TooFewError):
        calibrate(given, TODAY, RULES)


def test_cases_are_what_has_a_score_and_a_label():
    def ticket(**labels):
        return labelled({"title": "A ticket", "group": "a", "labels": labels}, "line 1")

    given = [ticket(stuck=2), ticket(stuck=1, dull=True), ticket(stuck=3), ticket(stuck=3)]
    reviews = [review("vague", "vague"), review("endless"), review(score=None), None]
    found = cases(given, reviews, ["stuck", "dull"])
    assert [(dict(case.counts), case.stuck, case.label) for case in found] == [
        ({"vague": 2}, True, "stuck"),
        ({"endless": 1}, False, "stuck"),
        ({"endless": 1}, True, "dull"),
    ]
