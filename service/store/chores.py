"""Queries of the work that is done by the clock, by one process at a time."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, case, func, select, update

from service.store.dialect import insert, now
from service.store.schema import chore, site, ticket

LEASE_SECONDS = 900.0
LONGEST_CHORE_WAIT = 26 * 3600.0
LONGEST_BACKOFF = 7 * 3600.0
GRACE = 60.0
SKEW = 5.0
_WAITS = ticket.c.generation > ticket.c.done_generation
_LATER = (ticket.c.due > now()) | (ticket.c.not_before > now()) | (ticket.c.lease_until > now())


def know_chores(connection: Connection, names: Iterable[str]) -> None:
    """Let each of the chores be due now, unless it is known already."""
    for name in names:
        row = {"name": name, "due": now()}
        connection.execute(insert(connection.dialect.name, chore).values(row).on_conflict_do_nothing())


def take_chore(connection: Connection, names: Iterable[str]) -> str | None:
    """One of the chores that is due, for nobody else to do within 15 minutes; None if none is."""
    ready = (chore.c.due <= now()) & (chore.c.lease_until < now()) & chore.c.name.in_(list(names))
    first = select(chore.c.name).where(ready).order_by(chore.c.due).limit(1).with_for_update(skip_locked=True)
    taking = update(chore).where(chore.c.name == first.scalar_subquery()).values(lease_until=now() + LEASE_SECONDS)
    return connection.execute(taking.returning(chore.c.name)).scalar_one_or_none()


def put_chore_back(connection: Connection, name: str, again: float) -> None:
    """The chore is done for now and due again `again` seconds from now."""
    connection.execute(update(chore).where(chore.c.name == name).values(due=now() + again, lease_until=0))


def hasten_chore(connection: Connection, name: str, when: float) -> None:
    """Have a chore done `when` seconds from now, if that is earlier than it would be."""
    soon = insert(connection.dialect.name, chore).values(name=name, due=now() + when)
    earlier = case((chore.c.due < soon.excluded.due, chore.c.due), else_=soon.excluded.due)
    connection.execute(soon.on_conflict_do_update(index_elements=["name"], set_={"due": earlier}))


def next_chore(connection: Connection, names: Iterable[str]) -> float:
    """Seconds until the next chore is due; infinite without one."""
    wait = connection.execute(
        select(func.min(chore.c.due) - now()).where(chore.c.name.in_(list(names)))
    ).scalar_one()
    return float("inf") if wait is None else float(wait)


def mend_times(connection: Connection, *, lease: float, max_wait: float) -> int:
    """Cut waits that nothing but a jump of the clock explains; how many tickets waited for one.

    A claim is noted with its time, so one in the future tells that the clock was set back, and by how much.
    """
    back = connection.execute(select(func.max(site.c.served_at) - now())).scalar_one()
    mended = _set_back(connection, back) if back is not None and back > SKEW else 0
    limits = {"due": max(max_wait, lease) + GRACE, "lease_until": lease + GRACE, "not_before": LONGEST_BACKOFF}
    late = {name: ticket.c[name] > now() + limit for name, limit in limits.items()}
    cut = {name: case((condition, now()), else_=ticket.c[name]) for name, condition in late.items()}
    some = late["due"] | late["lease_until"] | late["not_before"]
    mended += connection.execute(update(ticket).where(_WAITS & some).values(cut)).rowcount
    paused = site.c.paused_until > now() + LONGEST_BACKOFF
    connection.execute(update(site).where(paused).values(paused_until=now()))
    far = (chore.c.due > now() + LONGEST_CHORE_WAIT) | (chore.c.lease_until > now() + LEASE_SECONDS + GRACE)
    connection.execute(update(chore).where(far).values(due=now(), lease_until=0))
    return mended


def _set_back(connection: Connection, seconds: float) -> int:
    """Let everything wait from now for as long as it was meant to, at most; how many tickets waited longer."""
    times = ("due", "first_due", "not_before", "lease_until")
    earlier = update(ticket).values({name: ticket.c[name] - seconds for name in times})
    waited = connection.execute(earlier.where(_WAITS, _LATER)).rowcount
    paused = {"paused_until": site.c.paused_until - seconds}
    connection.execute(update(site).where(site.c.paused_until > now()).values(paused))
    connection.execute(update(site).where(site.c.served_at > now()).values(served_at=now()))
    return waited
