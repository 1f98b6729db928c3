"""Find the tickets that changed without a webhook: one that was lost, or that the vendor switched off.

Runs every night, at a start after a night missed, and whenever `clarity reconcile` is called. It only says which
tickets have to be looked at; what then happens to them is what happens after a webhook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from service import outage
from service.metrics import TRACKER_ERRORS
from service.settings import Settings, SettingsError
from service.store import Store
from service.store.accepting import Wanted, raise_generations, register_site
from service.store.catching_up import known_until, last_looks, note_caught_up
from service.store.pausing import pause_of
from service.trackers.base import Changed, CutOff, TrackerError
from service.trackers.registry import LOCAL, all_sites, open_tracker

OVERLAP = timedelta(hours=1)
LONGEST = timedelta(days=30)
# Clocks differ, and a change may come between our reading a ticket and our writing down that we did.
MARGIN = 120.0
BATCH = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found at one site: tickets changed `since`, and those of them that we had not heard of."""

    tracker: str
    site: str
    since: datetime
    changed: int = 0
    missed: int = 0
    error: str = ""
    lasts: bool = False
    """Whether the error is there again if the same is asked soon."""


def catch_up(
    store: Store, settings: Settings, since: datetime | None = None, *, patient: bool = False
) -> Iterator[Found]:
    """Ask each site what changed `since`, or since all was known. A site that fails is told, and left.

    `patient`: a site that is paused is not asked. It counts as one that failed: its time stays to be searched.
    """
    for tracker, name in all_sites(settings, store):
        if (tracker, name) != LOCAL:
            yield _at(store, settings, tracker, name, since, patient=patient)


def _at(
    store: Store, settings: Settings, tracker: str, name: str, since: datetime | None, *, patient: bool
) -> Found:
    with store.writing() as connection:
        register_site(connection, tracker, name)
        known, began = known_until(connection, tracker, name)
        pause = pause_of(connection, tracker, name)
    start = since or max(_time(known) - OVERLAP, _time(began) - LONGEST)
    if patient and pause.seconds:
        log.info("catching up waits", tracker=tracker, site=name, seconds=round(pause.seconds), error=pause.reason)
        return Found(tracker, name, start, error=pause.reason or "The site waits.")
    changed = missed = 0
    try:
        for some in _batches(open_tracker(settings, store, tracker, name).changed(start)):
            changed += len(some)
            missed += _raise(store, tracker, name, some)
    except (TrackerError, SettingsError) as error:
        said = _failed(store, tracker, name, error)
        return Found(tracker, name, start, changed, missed, said, lasts=isinstance(error, CutOff))
    if patient and pause.reason:
        outage.answered(store, tracker, name, pause)
    # Without a time asked for, there is no more to be known than what was asked.
    if since is None or start <= _time(known):
        with store.writing() as connection:
            note_caught_up(connection, tracker, name, began)
    log.info("caught up", tracker=tracker, site=name, since=start.isoformat(), changed=changed, missed=missed)
    return Found(tracker, name, start, changed, missed)


def _failed(store: Store, tracker: str, name: str, error: Exception) -> str:
    """Tell that a site could not be searched, and let workers wait too if it asked for that; what to say of it."""
    if isinstance(error, TrackerError):
        waits = outage.asked_to_wait(store, tracker, name, error)
        TRACKER_ERRORS.add(tracker=tracker, then="site waits" if waits else "left undone")
        if waits:
            until = datetime.now(UTC) + timedelta(seconds=error.retry_after or 0.0)
            return f"{error} Until {until:%Y-%m-%d %H:%M:%S} UTC all of it waits; ask again then."
    log.warning("catching up failed", tracker=tracker, site=name, error=str(error))
    return str(error)


def _raise(store: Store, tracker: str, name: str, some: dict[str, Changed]) -> int:
    """Have looked at what changed after we last looked; how many tickets that is."""
    with store.reading() as connection:
        looked = last_looks(connection, tracker, name, list(some))
    missed = [one for key, one in some.items() if looked.get(key, 0.0) < one.at.timestamp() + MARGIN]
    with store.writing() as connection:
        raise_generations(connection, [Wanted(one.ref, 0.0, 0.0, saved_at=one.at.timestamp()) for one in missed])
    return len(missed)


def _batches(found: Iterable[Changed]) -> Iterator[dict[str, Changed]]:
    """What is found, some at a time; where the search fails, what came before it as well."""
    some: dict[str, Changed] = {}
    try:
        for one in found:
            some[one.ref.id] = one
            if len(some) == BATCH:
                yield some
                some = {}
    except TrackerError:
        yield some
        raise
    yield some


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
