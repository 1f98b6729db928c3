"""Days and weeks as whole numbers: days since the epoch, UTC; a week is its Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import floor

DAY = 86_400.0
WEEK = 7 * DAY
_EPOCH = date(1970, 1, 1).toordinal()


def day_of(at: float) -> int:
    """The day of a time in seconds since the epoch."""
    return floor(at / DAY)


def week_of(at: float) -> int:
    """The Monday of a time; the epoch was a Thursday."""
    day = day_of(at)
    return day - (day + 3) % 7


def as_date(day: int) -> date:
    """The day as a date."""
    return date.fromordinal(_EPOCH + day)


def as_day(given: date) -> int:
    """The date as a day."""
    return given.toordinal() - _EPOCH


def today(now: float) -> date:
    """The date at a time, UTC."""
    return datetime.fromtimestamp(now, UTC).date()
