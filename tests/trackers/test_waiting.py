import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.trackers.waiting import MOST, retry_after

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "12"}, 12),
        ({"Retry-After": " 12 "}, 12),
        ({"Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT"}, 60),
        ({"Retry-After": "Fri, 15 Jan 2027 07:59:00 GMT"}, 0),
        ({"X-RateLimit-Reset": "2027-01-15T08:02:00Z"}, 120),
        ({"X-RateLimit-Reset": "2027-01-15T08:02:00"}, 120),
        ({"X-RateLimit-Reset": "2027-01-15T10:02:00+02:00"}, 120),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "2027-01-15T08:02:00Z"}, 120),
        ({"Retry-After": "3", "X-RateLimit-Reset": "2027-01-15T08:02:00Z"}, 3),
        ({"Retry-After": "Fri, 15 Jan 2027 13:01:00 GMT", "Date": "Fri, 15 Jan 2027 13:00:00 GMT"}, 60),
        ({"Retry-After": "Fri, 15 Jan 2027 03:01:00 GMT", "Date": "Fri, 15 Jan 2027 03:00:00 GMT"}, 60),
        ({"X-RateLimit-Reset": "2027-01-15T13:02:00Z", "Date": "Fri, 15 Jan 2027 13:00:00 GMT"}, 120),
        ({"Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT", "Date": "today"}, 60),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "9" * 40}, MOST),
    ],
)
def test_the_wait_a_tracker_asks_for(headers, seconds):
    assert retry_after(headers, NOW) == seconds


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_header_crashes(first, second, third):
    wait = retry_after({"Retry-After": first, "X-RateLimit-Reset": second, "Date": third}, NOW)
    assert wait is None or 0 <= wait <= MOST
