"""Queries of the work that is done by the clock, by one process at a time."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, case, func, select, true, update

from service.store.dialect import insert, now
from service.store.schema import chore, site, ticket

LEASE_SECONDS = 900.0
LONGEST_CHORE_WAIT = 26 * 3600.0
GRACE = 60.0
SKEW = 5.0
_WAITS = ticket.c.generation > ticket.c.done_generation


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


def hold_chore(connection: Connection, name: str) -> None:
    """Let nobody else do a chore that was taken for another 15 minutes."""
    connection.execute(update(chore).where(chore.c.name == name).values(lease_until=now() + LEASE_SECONDS))


def put_chore_back(connection: Connection, name: str, again: float) -> None:
    """The chore is done for now and due again `again` seconds from now."""
    connection.execute(update(chore).where(chore.c.name == name).values(due=now() + again, lease_until=0))


def free_chores(connection: Connection, again: float) -> list[str]:
    """Free what a dead process held, to be due `again` seconds from now; which these are.

    Only for the single owner of a database. Not at once, as a chore may itself end whoever does it.
    """
    free = update(chore).where(chore.c.lease_until > 0).values(due=now() + again, lease_until=0)
    return list(connection.execute(free.returning(chore.c.name)).scalars())


def hasten_chore(connection: Connection, name: str, when: float) -> None:
    """Have a chore done `when` seconds from now, if that is earlier than it would be."""
    soon = insert(connection.dialect.name, chore).values(name=name, due=now() + when)
    earlier = case((chore.c.due < soon.excluded.due, chore.c.due), else_=soon.excluded.due)
    connection.execute(soon.on_conflict_do_update(index_elements=["name"], set_={"due": earlier}))


def next_chore(connection: Connection, names: Iterable[str]) -> float:
    """Seconds until the next chore can be taken; infinite without one."""
    # What somebody is at, or died at, is due all the while: whoever came for it at once would come without end.
    free = case((chore.c.lease_until > chore.c.due, chore.c.lease_until), else_=chore.c.due)
    wait = connection.execute(select(func.min(free) - now()).where(chore.c.name.in_(list(names)))).scalar_one()
    return float("inf") if wait is None else float(wait)


def most_overdue(connection: Connection, names: Iterable[str]) -> tuple[str, float]:
    """The chore that has been due for longest, and for how many seconds; nameless and 0 if none is due.

    One that is being done is due until it is done with.
    """
    late = select(chore.c.name, now() - chore.c.due).where(chore.c.due <= now(), chore.c.name.in_(list(names)))
    row = connection.execute(late.order_by(chore.c.due).limit(1)).first()
    return (str(row[0]), float(row[1])) if row else ("", 0.0)


def mend_times(connection: Connection) -> int:
    """Let nothing wait longer than it was meant to because the clock was set back; how many tickets would have.

    Each time to wait for is written with the time it was written at. Where that is in the future, the clock was
    set back since, by as much.
    """
    mended = _set_back(connection, ticket, ("due", "first_due", "not_before", "lease_until"), _WAITS)
    _set_back(connection, site, ("paused_until",), true())
    connection.execute(update(site).where(site.c.served_at > now() + SKEW).values(served_at=now()))
    far = (chore.c.due > now() + LONGEST_CHORE_WAIT) | (chore.c.lease_until > now() + LEASE_SECONDS + GRACE)
    connection.execute(update(chore).where(far).values(due=now(), lease_until=0))
    return mended


def _set_back(connection: Connection, table: Table, times: Iterable[str], which: ColumnElement[bool]) -> int:
    ahead = table.c.noted_at - now()
    earlier = {name: table.c[name] - ahead for name in times} | {"noted_at": now()}
    return connection.execute(update(table).where(which, ahead > SKEW).values(earlier)).rowcount
