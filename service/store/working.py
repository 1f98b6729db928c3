"""Queries of the reconciler: claim a ticket, hold the lease, finish or try again later.

Statements that every ticket needs are made once: to make one takes longer than to run it, and on SQLite nobody
else writes meanwhile.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Integer,
    Select,
    bindparam,
    case,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate, Update

from service.store.dialect import noted, now
from service.store.quick import Quick, Row
from service.store.schema import site, ticket
from service.ticket import TicketRef

FAILURES_BORNE = 3

_DUE = (
    (ticket.c.generation > ticket.c.done_generation)
    & (ticket.c.due <= now())
    & (ticket.c.not_before <= now())
    & (ticket.c.lease_until < now())
)
_OF_CLAIM = (
    ticket.c.id,
    ticket.c.tracker,
    ticket.c.site,
    ticket.c.external_id,
    ticket.c.key,
    ticket.c.generation,
    ticket.c.attempts,
    ticket.c.due,
    ticket.c.comment_state,
    ticket.c.comment_key,
    ticket.c.comment_id,
    ticket.c.comment_hash,
    ticket.c.said_text_hash,
    ticket.c.said_score,
    ticket.c.said_rules,
    ticket.c.saved_at,
    ticket.c.invited,
    ticket.c.gone,
    ticket.c.marks,
)


def _next(which: ColumnElement[bool], *, locking: bool = False) -> Select[tuple[int]]:
    """The ticket that has waited longest at that one of such sites that was served longest ago.

    So no site can hold up another.
    """
    here = (ticket.c.tracker == site.c.tracker) & (ticket.c.site == site.c.name)
    oldest = select(ticket.c.id).where(here & _DUE).order_by(ticket.c.due).limit(1).correlate(site)
    if locking:
        oldest = oldest.with_for_update(skip_locked=True)
    turns = select(oldest.scalar_subquery().label("id"), site.c.served_at)
    turn = turns.where(which, site.c.paused_until <= now()).subquery()
    return select(turn.c.id).where(turn.c.id.is_not(None)).order_by(turn.c.served_at).limit(1)


def _claiming(which: ColumnElement[bool]) -> ReturningUpdate[tuple[object, ...]]:
    """Claim tickets under the `token` given, for `lease` seconds; `first_due` is then in `max_wait` seconds."""
    values = {
        "lease_until": now() + _seconds("lease"),
        "lease_token": bindparam("token"),
        "attempts": ticket.c.attempts + 1,
        "first_due": now() + _seconds("max_wait"),
        "noted_at": noted(ticket),
    }
    return update(ticket).where(which).values(values).returning(*_OF_CLAIM)


def _seconds(name: str) -> ColumnElement[float]:
    return bindparam(name, type_=Double)


def _turning() -> ReturningUpdate[tuple[float, float, int, str]]:
    """Note that it was a site's turn.

    One that could not be reached is tried with one ticket at a time: nobody else waits for it meanwhile.
    """
    here = (site.c.tracker == bindparam("of")) & (site.c.name == bindparam("named"))
    alone = case((site.c.failures >= FAILURES_BORNE, now() + _seconds("lease")), else_=site.c.paused_until)
    turn = update(site).where(here).values(served_at=now(), paused_until=alone, noted_at=noted(site))
    return turn.returning(site.c.connected_at, site.c.paused_until, site.c.failures, site.c.pause_reason)


def _fresh() -> Select[tuple[int]]:
    """Up to `most` due tickets of a site that were not tried yet, the oldest first."""
    here = (ticket.c.tracker == bindparam("of")) & (ticket.c.site == bindparam("at_site"))
    fresh = select(ticket.c.id).where(here & _DUE & (ticket.c.attempts == 0)).order_by(ticket.c.due)
    return fresh.limit(bindparam("most", type_=Integer))


def _finishing() -> Update:
    saved_since = (ticket.c.generation > bindparam("done")) & (ticket.c.saved_at > _seconds("saved_before"))
    over = {
        "unanswered_since": case((saved_since, ticket.c.saved_at), else_=0.0),
        "done_generation": bindparam("done"),
        "lease_until": 0,
        "lease_token": "",
        "attempts": 0,
        "not_before": 0,
        "last_error": "",
    }
    return _HELD.values(over)


def _releasing() -> Update:
    over = {"lease_until": 0, "lease_token": "", "not_before": now() + _seconds("delay")}
    return _HELD.values(over | {"noted_at": noted(ticket)})


def _waiting() -> Update:
    """Look again at the time `until`, or `latest` whatever was told since the `claimed` generation."""
    told_since, latest = ticket.c.generation > bindparam("claimed"), _seconds("latest")
    due = case((told_since & (ticket.c.due < latest), ticket.c.due), (told_since, latest), else_=_seconds("until"))
    back = {"lease_until": 0, "lease_token": "", "attempts": 0, "not_before": 0, "last_error": ""}
    return _HELD.values(back | {"due": due, "first_due": latest, "noted_at": noted(ticket)})


_HELD = update(ticket).where(ticket.c.id == bindparam("mine"), ticket.c.lease_token == bindparam("token"))
_ALIVE = _HELD.where(ticket.c.lease_until >= now())
_ANY = Quick(_next(true()))
_ELSEWHERE = Quick(_next((site.c.tracker != bindparam("of")) | (site.c.name != bindparam("named"))))
_CLAIMING = Quick(_claiming(ticket.c.id == _next(true(), locking=True).scalar_subquery()))
_TURNING = Quick(_turning())
_FRESH = Quick(_fresh())
_TAKING = Quick(_fresh().with_for_update(skip_locked=True))
_CLAIMING_SOME = Quick(_claiming(ticket.c.id.in_(bindparam("chosen", expanding=True))), several="chosen")
_HOLDING = Quick(_ALIVE.values(lease_until=now() + _seconds("lease"), noted_at=noted(ticket)))
_FINISHING = Quick(_finishing())
_RELEASING = Quick(_releasing())
_FORGIVING = Quick(_releasing().values(attempts=ticket.c.attempts - 1))
_WAITING = Quick(_waiting())
_PUTTING_OFF = Quick(_HELD.values(not_before=now() + _seconds("delay"), noted_at=noted(ticket)))


@dataclass(frozen=True, slots=True)
class Claim:
    """A ticket that is ours to work on while the lease lasts, as its row stood when it was claimed."""

    id: int
    ref: TicketRef
    generation: int
    attempts: int
    token: str
    comment_state: str
    comment_key: str
    comment_id: str
    comment_hash: str
    said_text_hash: str
    said_score: int | None
    said_rules: tuple[str, ...]
    saved_at: float
    connected_at: float
    invited: bool
    gone: bool = False
    marks: Mapping[str, Any] = field(default_factory=dict)
    site_failures: int = 0
    pause_reason: str = ""
    paused_until: float = math.inf

    @property
    def troubled(self) -> bool:
        """Whether the site failed or paused since one of its tickets was last done."""
        return bool(self.site_failures or self.pause_reason)


def claim(connection: Connection, *, lease: float, max_wait: float) -> Claim | None:
    """Take the next ticket, for `lease` seconds: sites take turns, the oldest first. None if nothing is due.

    `first_due` starts afresh: what comes in from now on is the next burst, to be looked at within `max_wait`.
    """
    token = secrets.token_hex(16)
    row = _CLAIMING.row(connection, token=token, lease=lease, max_wait=max_wait)
    if row is None:
        return None
    served = _TURNING.one(connection, of=row.tracker, named=row.site, lease=lease)
    return _claimed(
        row, token, _At(served.connected_at, served.failures, served.pause_reason, served.paused_until)
    )


def claim_beside(
    connection: Connection, mine: Claim, *, lease: float, max_wait: float, most: int, workers: int
) -> list[Claim]:
    """Up to `most` more tickets of the same site, the oldest first, and only what leaves as many to each worker.

    None that was tried before: should it end its worker, it must not take others with it again and again.
    """
    here = {"of": mine.ref.tracker, "at_site": mine.ref.site}
    share = len(_FRESH.rows(connection, **here, most=most * workers)) // workers
    if not share:
        return []
    token = secrets.token_hex(16)
    chosen = _TAKING.values(connection, **here, most=share)
    rows = _CLAIMING_SOME.rows(connection, chosen=chosen, token=token, lease=lease, max_wait=max_wait)
    in_order = sorted(rows, key=lambda row: (row.due, row.id))
    at = _At(mine.connected_at, mine.site_failures, mine.pause_reason, mine.paused_until)
    return [_claimed(row, token, at) for row in in_order]


class _At(NamedTuple):
    """A site, as it stood when its tickets were claimed."""

    connected_at: float
    failures: int
    pause_reason: str
    paused_until: float


def _claimed(row: Row, token: str, at: _At) -> Claim:
    return Claim(
        id=row.id,
        ref=TicketRef(row.tracker, row.site, row.external_id, row.key),
        generation=row.generation,
        attempts=row.attempts,
        token=token,
        comment_state=row.comment_state,
        comment_key=row.comment_key,
        comment_id=row.comment_id,
        comment_hash=row.comment_hash,
        said_text_hash=row.said_text_hash,
        said_score=row.said_score,
        said_rules=tuple(row.said_rules),
        saved_at=row.saved_at,
        gone=row.gone,
        marks=dict(row.marks),
        invited=row.invited,
        connected_at=at.connected_at,
        site_failures=at.failures,
        pause_reason=at.pause_reason,
        paused_until=at.paused_until,
    )


def anything_due(connection: Connection) -> bool:
    """Whether a claim would succeed; costs no write lock."""
    return bool(_ANY.rows(connection))


def others_wait(connection: Connection, mine: Claim) -> bool:
    """Whether a ticket of another site is due that nobody works on."""
    return bool(_ELSEWHERE.rows(connection, of=mine.ref.tracker, named=mine.ref.site))


def hold(connection: Connection, mine: Claim, lease: float, values: Mapping[str, object] | None = None) -> bool:
    """The fence: renew the lease and note `values`, if the ticket is still ours. False if it is not."""
    return _HOLDING.run(connection, mine=mine.id, token=mine.token, lease=lease, **(values or {})) == 1


def finish(connection: Connection, mine: Claim, values: Mapping[str, object]) -> bool:
    """The claimed generation is done; a newer one stays due. False if the ticket was no longer ours."""
    told = {"mine": mine.id, "token": mine.token, "done": mine.generation, "saved_before": mine.saved_at, **values}
    return _FINISHING.run(connection, **told) == 1


def release(connection: Connection, mine: Claim, delay: float, error: str, *, forgiven: bool = False) -> None:
    """Give the ticket back and try again in `delay` seconds. `forgiven`: the attempt does not count."""
    releasing = _FORGIVING if forgiven else _RELEASING
    releasing.run(connection, mine=mine.id, token=mine.token, delay=delay, last_error=error[:500])


def wait_for_author(connection: Connection, mine: Claim, until: float, latest: float) -> bool:
    """Give the ticket back undone, to be looked at again at the time `until`, or at `latest` however often it is
    saved meanwhile. False if it was no longer ours.
    """
    told = {"claimed": mine.generation, "until": until, "latest": latest}
    return _WAITING.run(connection, mine=mine.id, token=mine.token, **told) == 1


def put_off(connection: Connection, mine: Claim, delay: float) -> None:
    """Should this attempt end without a word, such as by a crash, the next waits at least `delay` seconds."""
    _PUTTING_OFF.run(connection, mine=mine.id, token=mine.token, delay=delay)


def void_leases(connection: Connection) -> None:
    """Free every ticket that a dead process held. Only for the single owner of a database, at its start."""
    connection.execute(update(ticket).where(ticket.c.lease_until > 0).values(lease_until=0, lease_token=""))
