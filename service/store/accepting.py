"""Queries of the inbox: a delivery comes in, a ticket's generation rises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Boolean, Connection, Double, Executable, bindparam, case

from service.store.dialect import insert, now
from service.store.schema import delivery, site, ticket
from service.ticket import TicketRef

_PENDING = ticket.c.generation > ticket.c.done_generation


DeliveryKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Raised:
    """A ticket that has to be looked at when the database's clock shows `due`. `first`: nothing was to be done."""

    id: int
    due: float
    first: bool


def register_site(connection: Connection, tracker: str, name: str) -> None:
    """Remember when a site was first seen; only tickets new or changed since then are spoken to."""
    connection.execute(_registering(connection.dialect.name), {"tracker": tracker, "name": name})


def note_deliveries(connection: Connection, keys: Iterable[DeliveryKey]) -> set[DeliveryKey]:
    """Write deliveries down, each as (tracker, site, id); those that had not come before.

    Rows are locked in one order, so that processes that accept at once never wait for each other crosswise.
    """
    rows = [{"tracker": tracker, "site": name, "id": one} for tracker, name, one in sorted(set(keys))]
    if not rows:
        return set()
    return {(row.tracker, row.site, row.id) for row in connection.execute(_noting(connection.dialect.name), rows)}


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

    def row(self) -> dict[str, object]:
        """What the statement wants to know."""
        return {
            "tracker": self.ref.tracker,
            "site": self.ref.site,
            "external_id": self.ref.id,
            "key": self.ref.key.encode(errors="replace").decode()[:200],
            "project": project_of(self.ref.key),
            "saved": self.saved,
            "told_at": self.saved_at,
            "debounce": self.debounce,
            "max_wait": self.max_wait,
            "gone": self.gone,
        }


def raise_generations(connection: Connection, wanted: Iterable[Wanted]) -> list[Raised]:
    """Say that tickets have to be looked at.

    Each further call puts a ticket off, but never beyond `max_wait` seconds after the first of them. What is being
    worked on at the moment counts as looked at before this call. Rows are locked in one order, as above.
    """
    raised: list[Raised] = []
    rest = sorted(wanted, key=lambda one: (one.ref.tracker, one.ref.site, one.ref.id))
    while rest:
        # One statement raises a ticket once; what it is raised for again comes in the next round.
        now_raised = {(one.ref.tracker, one.ref.site, one.ref.id): one for one in reversed(rest)}
        rows = [one.row() for one in reversed(now_raised.values())]
        found = connection.execute(_raising(connection.dialect.name), rows)
        raised += [Raised(row.id, row.due, first=row.generation == row.done_generation + 1) for row in found]
        taken = set(map(id, now_raised.values()))
        rest = [one for one in rest if id(one) not in taken]
    return raised


def raise_generation(
    connection: Connection, ref: TicketRef, *, debounce: float, max_wait: float, saved: bool = True
) -> None:
    """Say that one ticket has to be looked at."""
    raise_generations(connection, [Wanted(ref, debounce, max_wait, saved=saved)])


def project_of(key: str) -> str:
    """The project that a key such as SHOP-12 names; "" for a key of another shape."""
    project, hyphen, number = key.encode(errors="replace").decode()[:200].rpartition("-")
    return project if hyphen and number.isdecimal() else ""


@cache
def _registering(dialect: str) -> Executable:
    row = {"tracker": bindparam("tracker"), "name": bindparam("name"), "connected_at": now()}
    return insert(dialect, site).values(row).on_conflict_do_nothing()


@cache
def _noting(dialect: str) -> Executable:
    row = {"tracker": bindparam("tracker"), "site": bindparam("site"), "id": bindparam("id"), "at": now()}
    return insert(dialect, delivery).values(row).on_conflict_do_nothing().returning(*list(delivery.c)[:3])


@cache
def _raising(dialect: str) -> Executable:
    fresh = insert(dialect, ticket).values(
        {name: bindparam(name) for name in ("tracker", "site", "external_id", "key", "project", "gone")}
        | {
            "saved_at": case(
                (~bindparam("saved", type_=Boolean), 0.0),
                (bindparam("told_at", type_=Double) > 0, bindparam("told_at", type_=Double)),
                else_=now(),
            ),
            "generation": 1,
            "due": now() + bindparam("debounce", type_=Double),
            "first_due": now() + bindparam("max_wait", type_=Double),
        }
    )
    new = fresh.excluded
    # A ticket may wait for a day far off, as for an answer: then a new burst begins all the same.
    bursting = _PENDING & (ticket.c.first_due < new.first_due)
    later_than_allowed = bursting & (new.due > ticket.c.first_due)
    return fresh.on_conflict_do_update(
        index_elements=["tracker", "site", "external_id"],
        set_={
            "generation": ticket.c.generation + 1,
            "key": case((new.key == "", ticket.c.key), else_=new.key),
            "project": case((new.project == "", ticket.c.project), else_=new.project),
            "saved_at": case((new.saved_at > 0, new.saved_at), else_=ticket.c.saved_at),
            "due": case((later_than_allowed, ticket.c.first_due), else_=new.due),
            "first_due": case((bursting, ticket.c.first_due), else_=new.first_due),
            "gone": new.gone,
        },
    ).returning(ticket.c.id, ticket.c.due, ticket.c.generation, ticket.c.done_generation)
