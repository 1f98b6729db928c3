from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.accuracy import figures

ANSWERS = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("truth", "said", "expected"),
    [
        ([1, 1, 0, 0], [1, 0, 1, 0], (0.5, 0.5, 0.5)),
        ([1, 1, 1, 0], [1, 0, 0, 0], (1.0, 1 / 3, 0.5)),
        ([0, 0], [1, 0], (0.0, 0.0, 0.0)),
        ([1, 0], [0, 0], (0.0, 0.0, 0.0)),
    ],
)
def test_rates(truth, said, expected):
    found = figures.rates(truth, said)
    assert (found.precision, found.recall, found.f1) == pytest.approx(expected)


@given(ANSWERS)
def test_the_area_is_the_share_of_pairs_in_the_right_order(answers):
    positive = [bad for true, bad in answers if true]
    negative = [bad for true, bad in answers if not true]
    found = figures.auc([true for true, _ in answers], [bad for _, bad in answers])
    if not positive or not negative:
        assert found is None
        return
    pairs = list(product(positive, negative))
    assert found == pytest.approx(sum((p > n) + 0.5 * (p == n) for p, n in pairs) / len(pairs))


def test_an_interval_holds_the_figure_and_is_always_the_same():
    truth, said = [True, False] * 40, [True, True, False, False] * 20
    low, high = figures.interval(figures.f1, truth, said)
    assert low < figures.rates(truth, said).f1 < high
    assert figures.interval(figures.f1, truth, said) == (low, high)


def test_more_tickets_scatter_less():
    few = figures.interval(figures.f1, [True, False] * 10, [True, True, False, False] * 5)
    many = figures.interval(figures.f1, [True, False] * 200, [True, True, False, False] * 100)
    assert many[1] - many[0] < few[1] - few[0]


def test_where_there_is_nothing_to_measure():
    assert figures.interval(figures.auc, [True, True], [1, 2]) is None
    assert figures.interval(figures.f1, [], []) is None
