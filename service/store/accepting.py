"""Queries of the inbox: a delivery comes in, a ticket's generation rises."""

from __future__ import annotations

from sqlalchemy import Connection, case

from service.store.dialect import insert, now
from service.store.schema import delivery, site, ticket
from service.ticket import TicketRef

_PENDING = ticket.c.generation > ticket.c.done_generation


def register_site(connection: Connection, tracker: str, name: str) -> None:
    """Remember when a site was first seen; only tickets new or changed since then are spoken to."""
    row = {"tracker": tracker, "name": name, "connected_at": now()}
    connection.execute(insert(connection, site).values(row).on_conflict_do_nothing())


def note_delivery(connection: Connection, tracker: str, name: str, delivery_id: str) -> bool:
    """Write the delivery down; False if it had come before."""
    row = {"tracker": tracker, "site": name, "id": delivery_id, "at": now()}
    return connection.execute(insert(connection, delivery).values(row).on_conflict_do_nothing()).rowcount == 1


def raise_generation(
    connection: Connection, ref: TicketRef, *, debounce: float, max_wait: float, gone: bool = False
) -> None:
    """Say that a ticket has to be looked at, `debounce` seconds from now.

    Each further call puts that off, but never beyond `max_wait` seconds after the first of them. What is being
    worked on at the moment counts as looked at before this call.
    """
    fresh = insert(connection, ticket).values(
        tracker=ref.tracker,
        site=ref.site,
        external_id=ref.id,
        key=ref.key.encode(errors="replace").decode()[:200],
        generation=1,
        due=now() + debounce,
        first_due=now() + max_wait,
        gone=gone,
    )
    new = fresh.excluded
    later_than_allowed = _PENDING & (new.due > ticket.c.first_due)
    connection.execute(
        fresh.on_conflict_do_update(
            index_elements=["tracker", "site", "external_id"],
            set_={
                "generation": ticket.c.generation + 1,
                "key": case((new.key == "", ticket.c.key), else_=new.key),
                "due": case((later_than_allowed, ticket.c.first_due), else_=new.due),
                "first_due": case((_PENDING, ticket.c.first_due), else_=new.first_due),
                "gone": new.gone,
            },
        )
    )
