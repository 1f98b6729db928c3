"""Jobs that run by the clock, by name. Each does a little and says in how many seconds it wants to run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from service.settings import Settings
from service.store import Store
from service.store.keeping import expire_local, prune_deliveries

HOUR = 3600.0
DAY = 24 * HOUR
KEEP_DELIVERIES = 30 * DAY
KEEP_LOCAL_TICKETS = DAY
BATCH = 500
BREATH = 0.2


def forget_deliveries(store: Store, _: Settings) -> float:
    """Forget deliveries after 30 days; no tracker repeats one that late."""
    with store.writing() as connection:
        full = prune_deliveries(connection, KEEP_DELIVERIES, BATCH) == BATCH
    return BREATH if full else HOUR


def forget_local_tickets(store: Store, _: Settings) -> float:
    """Forget what was tried on the playground after 24 hours."""
    with store.writing() as connection:
        full = expire_local(connection, KEEP_LOCAL_TICKETS, BATCH) == BATCH
    return BREATH if full else HOUR / 4


JOBS: Mapping[str, Callable[[Store, Settings], float]] = MappingProxyType(
    {"forget deliveries": forget_deliveries, "forget local tickets": forget_local_tickets}
)
