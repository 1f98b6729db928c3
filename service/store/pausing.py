"""Queries of pauses: a site that asked us to wait, refused us or could not be reached makes all workers wait."""

from __future__ import annotations

import math
from typing import NamedTuple

from sqlalchemy import Connection, Double, bindparam, select, update

from service.store.dialect import noted, now
from service.store.quick import Quick
from service.store.schema import site

_PAUSED = Quick(
    select(site.c.paused_until).where(
        site.c.tracker == bindparam("of"),
        site.c.name == bindparam("named"),
        site.c.paused_until > now(),
        site.c.paused_until > bindparam("known", type_=Double),
    )
)


class Pause(NamedTuple):
    """A site's pause: until when it lasts or lasted, the seconds left of it, and why; "" once the site works."""

    until: float
    seconds: float
    reason: str


def pause_of(connection: Connection, tracker: str, name: str) -> Pause:
    """Whether a site waits. One that is not registered does not."""
    left = (site.c.paused_until - now()).label("left")
    here = (site.c.tracker == tracker) & (site.c.name == name)
    row = connection.execute(select(site.c.paused_until, left, site.c.pause_reason).where(here)).one_or_none()
    return Pause(row.paused_until, max(0.0, row.left), row.pause_reason) if row else Pause(0.0, 0.0, "")


def paused_since(connection: Connection, tracker: str, name: str, known: float) -> bool:
    """Whether a site waits, and for longer than until `known`."""
    return bool(_PAUSED.rows(connection, of=tracker, named=name, known=known))


def pause_site(
    connection: Connection, tracker: str, name: str, seconds: float, reason: str, *, known: float = math.inf
) -> bool:
    """Let every ticket of a site wait, for all workers. False if it waited for the same reason before.

    `known` is until when it was paused as far as the caller knows: a longer pause that another worker was asked
    for since then stands, and False is returned.
    """
    here = (site.c.tracker == tracker) & (site.c.name == name)
    longer = (site.c.paused_until > known) & (site.c.paused_until > now() + seconds)
    seen = select(site.c.pause_reason, longer.label("stands")).where(here).with_for_update()
    before = connection.execute(seen).one_or_none()
    if before and before.stands:
        return False
    paused = update(site).where(here).values(paused_until=now() + seconds, noted_at=noted(site))
    connection.execute(paused.values(pause_reason=reason[:200]))
    return before is None or before.pause_reason != reason[:200]


def note_failure(connection: Connection, tracker: str, name: str) -> int:
    """A site could not be reached; how often that was so in a row."""
    here = (site.c.tracker == tracker) & (site.c.name == name)
    again = update(site).where(here).values(failures=site.c.failures + 1).returning(site.c.failures)
    return int(connection.execute(again).scalar_one())


def settle_site(connection: Connection, tracker: str, name: str, *, known: float = math.inf) -> bool:
    """A site works again. False if somebody else said so before, or paused it longer than `known`."""
    here = (site.c.tracker == tracker) & (site.c.name == name) & (site.c.paused_until <= known)
    troubled = (site.c.failures > 0) | (site.c.pause_reason != "")
    settled = update(site).where(here & troubled).values(failures=0, pause_reason="", paused_until=0)
    return connection.execute(settled).rowcount == 1
