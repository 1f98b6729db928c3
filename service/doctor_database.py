"""What `clarity doctor` says of the database, and of the sites that it knows to wait."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select, text

from service.diagnosis import Check, State
from service.housekeeping import JOBS
from service.settings import Settings, SettingsError
from service.store import Store, StoreUnavailable
from service.store.chores import most_overdue
from service.store.dialect import now
from service.store.hearing import heard
from service.store.schema import site

LATE_SECONDS = 3_600.0
MEND_FILE = "Restore a backup, or mend the disk or the permissions."
MEND_SERVER = "Check CLARITY_DATABASE_URL, and that the server is up and lets this user in."


def database(settings: Settings) -> Iterator[Check]:
    """Whether the database can be used, is sound and of this version; and each site that is paused."""
    store = Store.of(settings)
    path = Path(store.url.database or "")
    if not store.distributed and not path.exists():
        yield Check("database", State.WELL, f"{path} will be made at the first start")
        return
    try:
        current = store.is_current()
        yield _server(store, current=current) if store.distributed else _file(store, path, current=current)
        if current and settings.secret_key:
            store.unlock()
        if current:
            yield from _pauses(store)
            yield from _jobs(store)
    except (StoreUnavailable, SettingsError) as error:
        yield Check("database", State.WRONG, str(error), MEND_SERVER if store.distributed else MEND_FILE)
    finally:
        store.close()


def _file(store: Store, path: Path, *, current: bool) -> Check:
    with store.reading() as connection:
        found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if found != "ok":
        return Check("database", State.WRONG, f"{path} is damaged: {found}", "Stop the service, restore a backup.")
    with store.writing() as connection:
        connection.execute(text("SELECT 1"))
    if not current:
        return Check(
            "database", State.ODD, f"{path} is of another version", "It is brought up to date at the start."
        )
    if path.stat().st_mode & 0o077:
        return Check("database", State.ODD, f"{path} can be read by other users", f"chmod 600 {path}")
    return Check("database", State.WELL, f"{path}, sound and writable")


def _server(store: Store, *, current: bool) -> Check:
    with store.writing() as connection:
        asked = "SELECT current_setting('server_version'), pg_is_in_recovery()"
        version, is_copy = connection.execute(text(asked)).one()
    place = f"PostgreSQL {version.split()[0]} at {store.url.host or 'the local socket'}, {store.url.database}"
    if is_copy:
        return Check("database", State.WRONG, f"{place} is a copy that cannot be written", "Name the primary.")
    if not current:
        advice = "It is brought up to date at the start, or by clarity migrate."
        return Check("database", State.ODD, f"{place} is of another version", advice)
    return Check("database", State.WELL, f"{place}, writable")


def deliveries(store: Store, tracker: str, name: str, *, label: str = "") -> Check:
    """When a site last told us of anything; `label` is what people call it. Raises StoreUnavailable."""
    with store.reading() as connection:
        count, seconds = heard(connection, tracker, name)
    label = f"{label or f'{tracker} {name}'} deliveries"
    if not count:
        advice = "If somebody saved a ticket since, look at the webhook's page in the tracker."
        return Check(label, State.ODD, "none came yet, or none lately", advice)
    return Check(label, State.WELL, f"the last came {_ago(seconds)} ago")


def _ago(seconds: float) -> str:
    for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(seconds, 0):.0f} seconds"


def _pauses(store: Store) -> Iterator[Check]:
    columns = (site.c.tracker, site.c.name, site.c.pause_reason, (site.c.paused_until - now()).label("seconds"))
    with store.reading() as connection:
        paused = connection.execute(select(*columns).where(site.c.pause_reason != "")).all()
    for one in paused:
        wait = f"tried again in {max(one.seconds, 0):.0f} s"
        advice = "Its tickets wait and nothing is lost. Mend what it says; it goes on by itself."
        yield Check(f"{one.tracker} {one.name} pause", State.ODD, f"{one.pause_reason} ({wait})", advice)


def _jobs(store: Store) -> Iterator[Check]:
    with store.reading() as connection:
        name, seconds = most_overdue(connection, JOBS)
    if seconds > LATE_SECONDS:
        said = f"“{name}” should have been done {_ago(seconds)} ago"
        advice = "Start the service. If it runs, look in its log for “timekeeper” and for this job's name."
        yield Check("jobs by the clock", State.ODD, said, advice)
