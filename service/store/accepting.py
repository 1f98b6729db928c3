"""Queries of the inbox: a delivery comes in, a ticket's generation rises, a job is written.

Rows are locked in one order, so that processes that accept at once never wait for each other crosswise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Executable,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    tuple_,
)

from service.store.dialect import Insert, insert, now, storable
from service.store.jobs import writing_jobs
from service.store.prepared import Hand, Prepared, Row, given_row, given_rows
from service.store.schema import delivery, site, ticket
from service.ticket import TicketRef

Columns = Mapping[str, ColumnElement[Any]]

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
        ref, key = self.ref, _encodable(self.ref.key)
        return {
            "n": n,
            "delivery": delivery_id,
            "tracker": ref.tracker,
            "site": ref.site,
            "external_id": ref.id,
            "key": key,
            "project": _project_of(key),
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


def accept_deliveries(where: Connection | Hand, deliveries: Sequence[Delivered]) -> list[bool]:
    """Write deliveries down and have looked at what those that had not come before tell of; which these were.

    On PostgreSQL that is one statement, with the jobs in it: it needs no transaction around it.
    """
    hand = Hand.of(where)
    if not hand.distributed:
        return _accept_in_turn(hand, deliveries)
    if len(deliveries) == 1 and deliveries[0].id and len(deliveries[0].wanted) == 1:
        return [_accept_alone(hand, deliveries[0])]
    return _accept_together(hand, deliveries)


def _accept_in_turn(hand: Hand, deliveries: Sequence[Delivered]) -> list[bool]:
    fresh = [not one.id or _NOTING.wrote(hand, _told(one)) for one in deliveries]
    new = [one for one, is_new in zip(deliveries, fresh, strict=True) if is_new]
    _RAISING.write_each(hand, [wanted.row(0) for one in new for wanted in one.wanted])
    return fresh


def _accept_alone(hand: Hand, one: Delivered) -> bool:
    """Accept a single delivery that tells of a single ticket, as most do: a fifth cheaper than as one of many."""
    return _ACCEPTING_ONE.wrote(hand, one.wanted[0].row(0, one.id))


def _accept_together(hand: Hand, deliveries: Sequence[Delivered]) -> list[bool]:
    ids = [(one.tracker, one.site, storable(one.id)) for one in deliveries]
    firsts = {key: n for n, key in reversed(list(enumerate(ids))) if key[2]}
    told = [dict(zip(_KEY, key, strict=True)) for key in firsts]
    heard = {n for n, one in enumerate(deliveries) if not one.id}
    asked = sorted(heard | set(firsts.values()))
    wanted = [one.row(n, ids[n][2]) for n in asked for one in deliveries[n].wanted]
    heard |= {firsts[tracker, name, one] for tracker, name, one in _ACCEPTING.run(hand, told=told, wanted=wanted)}
    return [n in heard for n in range(len(deliveries))]


def _told(one: Delivered) -> Row:
    return {"tracker": one.tracker, "site": one.site, "id": storable(one.id)}


def raise_generations(where: Connection | Hand, wanted: Iterable[Wanted]) -> None:
    """Say that tickets have to be looked at.

    Each further call puts a ticket off, but never beyond `max_wait` seconds after the first of them. What is being
    worked on at the moment counts as looked at before this call.
    """
    hand, rows = Hand.of(where), [one.row(n) for n, one in enumerate(wanted)]
    if rows and hand.distributed:
        _RAISING_MANY.run(hand, wanted=rows)
    elif rows:
        _RAISING.write_each(hand, rows)


def raise_generation(
    connection: Connection, ref: TicketRef, *, debounce: float, max_wait: float, saved: bool = True
) -> None:
    """Say that one ticket has to be looked at."""
    raise_generations(connection, [Wanted(ref, debounce, max_wait, saved=saved)])


def project_of(key: str) -> str:
    """The project that a key such as SHOP-12 or owner/name#12 names; "" for a key of another shape."""
    return _project_of(_encodable(key))


def _encodable(key: str) -> str:
    return key.encode(errors="replace").decode()[:200]


def _project_of(key: str) -> str:
    project, sign, number = key.rpartition("#" if "#" in key else "-")
    return project if sign and number.isdecimal() else ""


def _noting(dialect: str) -> Insert:
    """Write a delivery down, if it had not come before."""
    return _noting_row(dialect, given_row(_TOLD)).inline()  # without what SQLAlchemy would have it return


def _noting_row(dialect: str, told: Columns) -> Insert:
    values = {name: told[name] for name in _KEY} | {"at": now()}
    return insert(dialect, delivery).values(values).on_conflict_do_nothing()


def _noting_many(dialect: str) -> Insert:
    """Write down the deliveries in `told` that had not come before."""
    told = given_rows("told", _TOLD).c
    key = [told[name] for name in _KEY]
    rows = select(*key, now()).order_by(*key)
    return insert(dialect, delivery).from_select([*_KEY, "at"], rows).on_conflict_do_nothing()


def _raising(dialect: str) -> Insert:
    """Raise a ticket."""
    values = _values(given_row(_WANTED), lambda one: one, literal(1))
    return _raise(dialect, values, select(*values.values()).where(true()))


def _raising_many(dialect: str) -> Insert:
    return _raise_together(dialect, given_rows("wanted", _WANTED), true())


def _raise_together(dialect: str, wanted: FromClause, which: ColumnElement[bool]) -> Insert:
    """Raise the tickets of many rows, each once, by as many generations as it is there."""
    told = {one.name: one for one in wanted.columns}
    values, ours = _values(told, func.max, func.count()), [told[name] for name in _TICKET]
    return _raise(dialect, values, select(*values.values()).where(which).group_by(*ours).order_by(*ours))


def _values(
    told: Columns, most: Callable[[ColumnElement[Any]], ColumnElement[Any]], times: ColumnElement[int]
) -> dict[str, ColumnElement[Any]]:
    """What a row about a ticket says, or several rows of which `most` counts in each column."""
    saved_at = case((told["saved"] == 0, 0.0), (told["saved_at"] > 0, told["saved_at"]), else_=now())
    return {
        **{name: told[name] for name in _TICKET},
        "key": most(told["key"]),
        "project": most(told["project"]),
        "saved_at": most(saved_at),
        "unanswered_since": case((most(told["saved"]) > 0, now()), else_=0.0),
        "generation": times,
        "due": now() + most(told["debounce"]),
        "first_due": now() + most(told["max_wait"]),
        "noted_at": now(),
        "gone": most(told["n"] * 2 + told["gone"]) % 2 == 1,  # what the last of them says
    }


def _raise(dialect: str, values: Columns, rows: Select[Any]) -> Insert:
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
            "unanswered_since": case(
                (ticket.c.unanswered_since > 0, ticket.c.unanswered_since), else_=new.unanswered_since
            ),
            "due": case((later_than_allowed, ticket.c.first_due), else_=new.due),
            "first_due": case((bursting, ticket.c.first_due), else_=new.first_due),
            "noted_at": case((ticket.c.noted_at > new.noted_at, ticket.c.noted_at), else_=new.noted_at),
            "gone": new.gone,
        },
    )


def _accepting(dialect: str) -> Executable:
    """All at once: deliveries, the tickets of those that are new, and jobs for these; the keys of the new ones."""
    wanted = given_rows("wanted", _WANTED)
    fresh = _noting_many(dialect).returning(*(delivery.c[name] for name in _KEY)).cte("fresh")
    theirs = tuple_(wanted.c.tracker, wanted.c.site, wanted.c.delivery)
    new = (wanted.c.delivery == "") | theirs.in_(select(*fresh.c))
    raised = _raise_together(dialect, wanted, new)
    return _with_jobs(dialect, raised, select(*fresh.c))


def _accepting_one(dialect: str) -> Executable:
    """The same for a single delivery that tells of a single ticket; a row if it was new."""
    told = given_row(_WANTED)
    fresh = _noting_row(dialect, {**told, "id": told["delivery"]}).returning(delivery.c.id).cte("fresh")
    values = _values(told, lambda one: one, literal(1))
    raised = _raise(dialect, values, select(*values.values()).select_from(fresh))
    return _with_jobs(dialect, raised, select(fresh.c.id))


def _with_jobs(dialect: str, raising: Insert, answer: Select[Any]) -> Executable:
    raised = raising.returning(ticket.c.id, ticket.c.due).cte("raised")
    jobs = writing_jobs(dialect, select(raised.c.id, raised.c.due)).cte("jobs")
    return answer.add_cte(raised, jobs)


_NOTING = Prepared(_noting)
_RAISING = Prepared(_raising)
_RAISING_MANY = Prepared(_raising_many)
_ACCEPTING = Prepared(_accepting)
_ACCEPTING_ONE = Prepared(_accepting_one)
