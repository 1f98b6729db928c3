"""What time it is."""

from __future__ import annotations

from sqlalchemy import Connection, select

from service.store.dialect import now
from service.store.quick import Quick

_NOW = Quick(select(now()))


def time_of(connection: Connection) -> float:
    """Seconds since the epoch, UTC, by the database's clock."""
    return float(_NOW.value(connection))
