"""Tickets that an operator asked us to speak on, however old they are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, true, tuple_, update

from service.store.schema import ticket
from service.ticket import TicketRef


def invite(connection: Connection, refs: Sequence[TicketRef]) -> None:
    """Remember it of these tickets, a few hundred at a time, all known already."""
    named = tuple_(ticket.c.tracker, ticket.c.site, ticket.c.external_id)
    keys = [(ref.tracker, ref.site, ref.id) for ref in refs]
    connection.execute(update(ticket).where(named.in_(keys)).values(invited=true()))
