from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reports.figures import NOTHING, Histogram, interval
from service.reports.recounting import pack

numbers = st.lists(st.integers(0, 100), min_size=1, max_size=60)


def histogram(values):
    return Histogram.of([pack(Counter(values), {})])


@given(numbers, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]))
def test_quantiles_are_exact(values, share):
    assert histogram(values).quantile(share) == pytest.approx(np.percentile(values, 100 * share))


@given(st.lists(numbers, min_size=1, max_size=5))
def test_several_histograms_are_one(parts):
    joined = Histogram.joined(histogram(part) for part in parts)
    assert joined.as_dict() == Counter(value for part in parts for value in part)
    assert joined.total == sum(map(len, parts))


@given(numbers, st.integers(0, 100), st.integers(0, 100))
def test_how_many_lie_within(values, first, last):
    assert histogram(values).count(first, last) == sum(first <= value <= last for value in values)


def test_of_nothing_there_is_no_median():
    assert NOTHING.median is None
    assert NOTHING.total == 0
    assert Histogram.of([]).median is None


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 0, 0, 1), (5, 10, 0.237, 0.763), (0, 10, 0, 0.278)]
)
def test_where_the_true_share_lies(part, whole, low, high):
    assert interval(part, whole) == pytest.approx((low, high), abs=1e-3)
