"""Jobs that run by the clock, by name. Each does a little and says in how many seconds it wants to run again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from service.settings import Settings
from service.store import Store
from service.store.forgetting import erase_tickets, expire_decisions, expire_reviews, removed_tickets
from service.store.keeping import expire_local, prune_deliveries
from service.store.stale import count_stale

HOUR = 3600.0
DAY = 24 * HOUR
KEEP_DELIVERIES = 30 * DAY
KEEP_LOCAL_TICKETS = DAY
KEEP_REMOVED_TICKETS = 7 * DAY
NIGHT = 2 * HOUR
BATCH = 500
BREATH = 0.2
COUNT_SECONDS = 15.0


def forget_deliveries(store: Store, _: Settings) -> float:
    """Forget deliveries after 30 days; no tracker repeats one that late."""
    with store.writing() as connection:
        full = prune_deliveries(connection, KEEP_DELIVERIES, BATCH) == BATCH
    return BREATH if full else HOUR


def forget_local_tickets(store: Store, _: Settings) -> float:
    """Forget what was tried on the playground after 24 hours."""
    with store.writing() as connection:
        forgotten = expire_local(connection, KEEP_LOCAL_TICKETS, BATCH)
    if forgotten:
        store.scrub()
    return BREATH if forgotten == BATCH else HOUR / 4


def forget_removed_tickets(store: Store, _: Settings) -> float:
    """Forget a ticket that its tracker has not shown for 7 days, though no delivery said that it was removed."""
    with store.writing() as connection:
        gone = removed_tickets(connection, KEEP_REMOVED_TICKETS, BATCH)
        full = erase_tickets(connection, gone) == BATCH
    return BREATH if full else HOUR


def forget_old_reviews(store: Store, settings: Settings) -> float:
    """Forget reviews, findings and decisions after the days that settings say; 0 keeps them."""
    if not settings.retention_days:
        return HOUR
    age = settings.retention_days * DAY
    with store.writing() as connection:
        most = max(expire_reviews(connection, age, BATCH), expire_decisions(connection, age, BATCH))
    return BREATH if most == BATCH else HOUR


def catch_up_with_trackers(store: Store, settings: Settings) -> float:
    """Find what changed without a webhook, every night; a site that does not answer, or is paused, again soon.

    Not one where more changed than is read: that would read as much again every quarter of an hour.
    """
    from service.catchup import catch_up  # noqa: PLC0415 (trackers load when they are used)

    failed = [found for found in catch_up(store, settings, patient=True) if found.error and not found.lasts]
    return HOUR / 4 if failed else until_night(time.time())


def count_trends(store: Store, _: Settings) -> float:
    """Count the weeks anew in which something was reviewed since; the newest first.

    One in which something is reviewed all the time is never done with: it takes a tenth of a processor at most.
    """
    from service.reports.recounting import recount  # noqa: PLC0415 (numpy loads when it is used)

    began = time.monotonic()
    done = recount(store)
    with store.reading() as connection:
        more = count_stale(connection) > 0
    return BREATH if done and more else max(COUNT_SECONDS, 9 * (time.monotonic() - began))


def post_digests(store: Store, settings: Settings) -> float:
    """Tell the channels that asked for it how the last weeks went, on Monday; one that fails, soon again."""
    if not settings.digests:
        return HOUR
    from service.digest import post_due  # noqa: PLC0415 (Altair and requests load when they are used)

    return HOUR if post_due(store, settings, time.time()) else HOUR / 4


def send_weekly_mail(store: Store, settings: Settings) -> float:
    """Tell everybody who asked for it about their own week, on Monday; what was not taken, soon again."""
    if settings.smtp is None:
        return HOUR
    from service.weekly.sending import Round, send_due  # noqa: PLC0415 (Jinja and numpy load when they are used)

    return {Round.DONE: HOUR, Round.MORE: BREATH, Round.AGAIN: HOUR / 4}[send_due(store, settings, time.time())]


def renew_webhooks(store: Store, settings: Settings) -> float:
    """Renew the webhooks that we registered by OAuth; Jira drops them after thirty days."""
    from service.oauth.hooks import see_to_all  # noqa: PLC0415 (trackers load when they are used)

    failed = [error for _, error in see_to_all(settings, store) if error]
    return HOUR if failed else DAY


def until_night(now: float) -> float:
    """Seconds until the next night's hour, UTC; some minutes apart, as not all shall ask a tracker at once."""
    return (NIGHT - now) % DAY + random.uniform(60.0, HOUR)


JOBS: Mapping[str, Callable[[Store, Settings], float]] = MappingProxyType(
    {
        "forget deliveries": forget_deliveries,
        "forget local tickets": forget_local_tickets,
        "forget removed tickets": forget_removed_tickets,
        "forget old reviews": forget_old_reviews,
        "catch up": catch_up_with_trackers,
        "renew webhooks": renew_webhooks,
        "count trends": count_trends,
        "post digests": post_digests,
        "send weekly mail": send_weekly_mail,
    }
)
