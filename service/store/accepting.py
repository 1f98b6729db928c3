"""Queries of the inbox: a delivery comes in, a ticket's generation rises, a job is written.

Rows are locked in one order, so that processes that accept at once never wait for each other crosswise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Executable,
    FromClause,
    Integer,
    Text,
    bindparam,
    case,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.dml import ReturningInsert

from service.store.dialect import Insert, Prepared, given, insert, now, storable
from service.store.jobs import writing_jobs
from service.store.schema import delivery, site, ticket
from service.ticket import TicketRef

_KEY = ("tracker", "site", "id")
_TOLD = dict.fromkeys(_KEY, Text)
_TICKET = ("tracker", "site", "external_id")
_WANTED = (
    dict.fromkeys(("n", "saved", "gone"), Integer)
    | dict.fromkeys((*_TICKET, "key", "project", "delivery"), Text)
    | dict.fromkeys(("saved_at", "debounce", "max_wait"), Double)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ticket that has to be looked at, `debounce` seconds from now, or `max_wait` at the latest.

    `saved`: somebody created or edited it, at the time `saved_at` if that is known, else now. `gone`: removed.
    """

    ref: TicketRef
    debounce: float
    max_wait: float
    saved: bool = True
    saved_at: float = 0.0
    gone: bool = False

    def row(self, n: int, delivery_id: str = "") -> dict[str, object]:
        """What the statement wants to know: that the n-th delivery, of this id, told so."""
        return {
            "n": n,
            "delivery": delivery_id,
            "tracker": self.ref.tracker,
            "site": self.ref.site,
            "external_id": self.ref.id,
            "key": self.ref.key.encode(errors="replace").decode()[:200],
            "project": project_of(self.ref.key),
            "saved": int(self.saved),
            "saved_at": self.saved_at,
            "debounce": self.debounce,
            "max_wait": self.max_wait,
            "gone": int(self.gone),
        }


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery and the tickets of its site that have to be looked at for it.

    Without an `id` it is new whenever it comes. Raises ValueError for a ticket of another site.
    """

    tracker: str
    site: str
    id: str
    wanted: tuple[Wanted, ...]

    def __post_init__(self) -> None:
        for one in self.wanted:
            if (one.ref.tracker, one.ref.site) != (self.tracker, self.site):
                raise ValueError(f"a delivery of {self.tracker}/{self.site} tells of a ticket of another site")


def register_site(connection: Connection, tracker: str, name: str) -> None:
    """Remember when a site was first seen; only tickets new or changed since then are spoken to."""
    row = {"tracker": bindparam("tracker"), "name": bindparam("name"), "connected_at": now()}
    statement = insert(connection.dialect.name, site).values(row).on_conflict_do_nothing()
    connection.execute(statement, {"tracker": tracker, "name": name})


def accept_deliveries(connection: Connection, deliveries: Sequence[Delivered]) -> list[bool]:
    """Write deliveries down and have looked at what those that had not come before tell of; which these were.

    On PostgreSQL that is one statement, with the jobs in it: it needs no transaction around it.
    """
    ids = [(one.tracker, one.site, storable(one.id)) for one in deliveries]
    firsts = {key: n for n, key in reversed(list(enumerate(ids))) if key[2]}
    told = [dict(zip(_KEY, key, strict=True)) for key in firsts]
    heard = {n for n, one in enumerate(deliveries) if not one.id}

    def rows(some: set[int]) -> list[Mapping[str, object]]:
        return [one.row(n, ids[n][2]) for n in sorted(some) for one in deliveries[n].wanted]

    if connection.dialect.name == "postgresql":
        fresh = _ACCEPTING.run(connection, told=told, wanted=rows(heard | set(firsts.values())))
        heard |= {firsts[tracker, name, one] for tracker, name, one in fresh}
    else:
        heard |= {firsts[tracker, name, one] for tracker, name, one in _NOTING.run(connection, told=told)}
        _RAISING.run(connection, wanted=rows(heard))
    return [n in heard for n in range(len(deliveries))]


def raise_generations(connection: Connection, wanted: Iterable[Wanted]) -> None:
    """Say that tickets have to be looked at.

    Each further call puts a ticket off, but never beyond `max_wait` seconds after the first of them. What is being
    worked on at the moment counts as looked at before this call.
    """
    if rows := [one.row(n) for n, one in enumerate(wanted)]:
        _RAISING.run(connection, wanted=rows)


def raise_generation(
    connection: Connection, ref: TicketRef, *, debounce: float, max_wait: float, saved: bool = True
) -> None:
    """Say that one ticket has to be looked at."""
    raise_generations(connection, [Wanted(ref, debounce, max_wait, saved=saved)])


def project_of(key: str) -> str:
    """The project that a key such as SHOP-12 names; "" for a key of another shape."""
    project, hyphen, number = key.encode(errors="replace").decode()[:200].rpartition("-")
    return project if hyphen and number.isdecimal() else ""


def _noting(dialect: str) -> Insert:
    """Write down the deliveries in `told` that had not come before, and return their keys."""
    told = given(dialect, "told", _TOLD)
    key = [told.c[name] for name in _KEY]
    rows = select(*key, now()).where(true()).order_by(*key)
    return insert(dialect, delivery).from_select([*_KEY, "at"], rows).on_conflict_do_nothing()


def _noted(dialect: str) -> ReturningInsert[Any]:
    return _noting(dialect).returning(*(delivery.c[name] for name in _KEY))


def _raised(dialect: str) -> Insert:
    return _raising(dialect, given(dialect, "wanted", _WANTED), true())


def _raising(dialect: str, wanted: FromClause, which: ColumnElement[bool]) -> Insert:
    """Raise the tickets in `wanted`, each once, by as many generations as it is there."""
    told = wanted.c
    saved_at = case((told.saved == 0, 0.0), (told.saved_at > 0, told.saved_at), else_=now())
    values: dict[str, ColumnElement[Any]] = {
        **{name: told[name] for name in _TICKET},
        "key": func.max(told.key),
        "project": func.max(told.project),
        "saved_at": func.max(saved_at),
        "generation": func.count(),
        "due": now() + func.max(told.debounce),
        "first_due": now() + func.max(told.max_wait),
        "noted_at": now(),
        "gone": func.max(told.n * 2 + told.gone) % 2 == 1,  # what the last of them says
    }
    ours = [told[name] for name in _TICKET]
    rows = select(*values.values()).where(which).group_by(*ours).order_by(*ours)
    fresh = insert(dialect, ticket).from_select(list(values), rows)
    new = fresh.excluded
    pending = ticket.c.generation > ticket.c.done_generation
    # A ticket may wait for a day far off, as for an answer: then a new burst begins all the same.
    bursting = pending & (ticket.c.first_due < new.first_due)
    later_than_allowed = bursting & (new.due > ticket.c.first_due)
    return fresh.on_conflict_do_update(
        index_elements=list(_TICKET),
        set_={
            "generation": ticket.c.generation + new.generation,
            "key": case((new.key == "", ticket.c.key), else_=new.key),
            "project": case((new.project == "", ticket.c.project), else_=new.project),
            "saved_at": case((new.saved_at > 0, new.saved_at), else_=ticket.c.saved_at),
            "due": case((later_than_allowed, ticket.c.first_due), else_=new.due),
            "first_due": case((bursting, ticket.c.first_due), else_=new.first_due),
            "noted_at": case((ticket.c.noted_at > new.noted_at, ticket.c.noted_at), else_=new.noted_at),
            "gone": new.gone,
        },
    )


def _accepting(dialect: str) -> Executable:
    """All at once: deliveries, the tickets of those that are new, and jobs for these; the keys of the new ones."""
    wanted = given(dialect, "wanted", _WANTED)
    fresh = _noted(dialect).cte("fresh")
    theirs = tuple_(wanted.c.tracker, wanted.c.site, wanted.c.delivery)
    new = (wanted.c.delivery == "") | theirs.in_(select(*fresh.c))
    raised = _raising(dialect, wanted, new).returning(ticket.c.id, ticket.c.due).cte("raised")
    jobs = writing_jobs(dialect, select(raised.c.id, raised.c.due)).cte("jobs")
    return select(*fresh.c).add_cte(raised, jobs)


_NOTING = Prepared(_noted)
_RAISING = Prepared(_raised)
_ACCEPTING = Prepared(_accepting)
