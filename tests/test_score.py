"""What a score promises, for any findings at all."""

from hypothesis import given
from hypothesis import strategies as st

from service.score import CAPS, Charge, bill, level
from service.verdict import Dimension, Level

RULES = st.sampled_from([("a", Dimension.PURPOSE), ("b", Dimension.BEHAVIOUR), ("c", Dimension.PRECISION)])
CHARGES = st.lists(
    st.builds(lambda rule, weight: Charge(rule[0] + str(weight), rule[1], weight), RULES, st.integers(0, 100)),
    max_size=12,
)


@given(CHARGES)
def test_points_add_up_to_what_is_missing(charges):
    account = bill(charges)
    assert 0 <= account.score <= 100
    assert 100 - sum(account.points) == account.score
    assert all(point >= 0 for point in account.points)


@given(CHARGES)
def test_a_gain_is_true(charges):
    account = bill(charges)
    for i, gain in enumerate(account.gains):
        assert bill([*charges[:i], *charges[i + 1 :]]).score == account.score + gain
        assert gain >= 0


@given(CHARGES)
def test_a_rules_gain_is_true(charges):
    account = bill(charges)
    for rule, gain in account.rule_gains.items():
        assert bill([charge for charge in charges if charge.rule != rule]).score == account.score + gain


@given(CHARGES, CHARGES)
def test_one_more_fault_never_helps(charges, more):
    assert bill([*charges, *more]).score <= bill(charges).score


@given(CHARGES)
def test_no_dimension_costs_more_than_its_cap(charges):
    account = bill(charges)
    for dimension, cap in CAPS.items():
        cost = sum(p for p, charge in zip(account.points, charges, strict=True) if charge.dimension is dimension)
        assert cost <= cap + 1


def test_a_rule_that_fires_nine_times_costs_less_than_twice():
    assert bill([Charge("vague", Dimension.PRECISION, 8)] * 9).score == 84


def test_nothing_found_is_a_hundred():
    account = bill([])
    assert (account.score, account.points, account.gains, dict(account.rule_gains)) == (100, (), (), {})


def test_a_rule_of_no_weight_costs_nothing():
    assert bill([Charge("told", Dimension.PURPOSE, 0)]).points == (0,)


def test_levels_begin_at_their_thresholds():
    assert [level(score, ready=80, nearly=50) for score in (100, 80, 79, 50, 49, 0)] == [
        Level.READY,
        Level.READY,
        Level.NEARLY,
        Level.NEARLY,
        Level.UNCLEAR,
        Level.UNCLEAR,
    ]
