"""What a tracker's failure means for its site: who waits, for how long, and what the log says of it.

A site that asks for a pause, refuses our credentials or is not there is paused for every worker, so that its
tickets hold up nobody else's. Once the pause is over one of them finds out whether it works again.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

from service.store import Store
from service.store.pausing import Pause, note_failure, pause_site, settle_site
from service.store.working import FAILURES_BORNE, Claim, release
from service.trackers.base import TrackerError

SITE_PAUSE = 60.0
PERMANENT_SITE_PAUSE = 300.0
LONGEST_OUTAGE_PAUSE = 300.0

log = structlog.get_logger(__name__)


def pause(store: Store, mine: Claim, error: TrackerError, name: Mapping[str, str]) -> None:
    """Let the whole site wait, as its tracker asks. The ticket is not to blame."""
    usual = PERMANENT_SITE_PAUSE if error.permanent else SITE_PAUSE
    seconds = max(1.0, error.retry_after if error.retry_after is not None else usual)
    with store.writing() as connection:
        release(connection, mine, 0.0, str(error), forgiven=True)
        news = _pause(connection, mine, seconds, error)
    _say(name, seconds, error, news=news)


def unreachable(store: Store, mine: Claim, error: TrackerError, delay: float, name: Mapping[str, str]) -> None:
    """Let the ticket wait `delay` seconds; from the third failure in a row the site, twice as long each time, and
    as long as its gateway asks for.
    """
    outage = mine.site_failures + 1 >= FAILURES_BORNE
    with store.writing() as connection:
        release(connection, mine, 0.0 if outage else delay, str(error), forgiven=outage)
        failures = note_failure(connection, mine.ref.tracker, mine.ref.site)
        seconds = max(_backoff(failures), error.retry_after or 0.0) if outage else delay
        news = outage and _pause(connection, mine, seconds, error)
    if outage:
        _say(name, seconds, error, news=news)
    else:
        log.warning("try again", **name, error=str(error), retry_in=round(delay, 1))


def over(store: Store, mine: Claim) -> None:
    """The site answered about one of its tickets: whatever was wrong with the site is over."""
    if mine.troubled:
        answered(store, mine.ref.tracker, mine.ref.site, Pause(mine.paused_until, 0.0, mine.pause_reason))


def asked_to_wait(store: Store, tracker: str, site: str, error: TrackerError) -> bool:
    """Let a registered site wait that said so to somebody else than a worker. False if it named no time.

    A longer pause stands. A refusal of credentials is left to workers to find: a command may have others.
    """
    if error.pauses != "site" or error.retry_after is None:
        return False
    seconds = max(1.0, error.retry_after)
    with store.writing() as connection:
        news = pause_site(connection, tracker, site, seconds, str(error), known=0.0)
    _say({"tracker": tracker, "site": site}, seconds, error, news=news)
    return True


def answered(store: Store, tracker: str, site: str, known: Pause) -> None:
    """The site works, and the pause that we know of is over."""
    with store.writing() as connection:
        news = settle_site(connection, tracker, site, known=known.until)
    if news and known.reason:
        log.info("site works again", tracker=tracker, site=site, was=known.reason)


def _backoff(failures: int) -> float:
    return min(2.0 ** min(max(failures - FAILURES_BORNE, 0), 20), LONGEST_OUTAGE_PAUSE)


def _pause(connection: Connection, mine: Claim, seconds: float, error: TrackerError) -> bool:
    return pause_site(connection, mine.ref.tracker, mine.ref.site, seconds, str(error), known=mine.paused_until)


def _say(name: Mapping[str, str], seconds: float, error: TrackerError, *, news: bool) -> None:
    """One clear warning; that it is still so is told below the level of warnings."""
    tell = log.warning if news else log.info
    tell("site paused" if news else "site still paused", **name, seconds=round(seconds), error=str(error))
