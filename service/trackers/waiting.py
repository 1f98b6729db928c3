"""How long a tracker asks us to wait, from the headers of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST = 6 * 3600.0


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until the next try: `Retry-After` (seconds or an HTTP date), else `X-RateLimit-Reset` (ISO time).

    None if neither is there or readable. Never negative, at most six hours. A time is held against the time that
    the answer itself bears, as far as it does: our own clock may be hours off.
    """
    now = answered_at(headers, now)
    waits = (_retry_after(headers.get("Retry-After", ""), now), _reset(headers.get("X-RateLimit-Reset", ""), now))
    told = next((wait for wait in waits if wait is not None), None)
    return None if told is None else min(max(told, 0.0), MOST)


def answered_at(headers: Mapping[str, str], now: float) -> float:
    """When the tracker answered, by its own clock; `now` where it does not say."""
    try:
        return _aware(parsedate_to_datetime(headers.get("Date", ""))).timestamp()
    except (ValueError, OverflowError):
        return now


def _retry_after(value: str, now: float) -> float | None:
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        return _aware(parsedate_to_datetime(value)).timestamp() - now
    except (ValueError, OverflowError):
        return None


def _reset(value: str, now: float) -> float | None:
    try:
        return _aware(datetime.fromisoformat(value)).timestamp() - now
    except (ValueError, OverflowError):
        return None


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
