"""Queries that count wrong tokens. A sender is a keyed hash of an address, and forgotten after a minute or so."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select

from service.store.dialect import now
from service.store.schema import guess


def guesses_of(connection: Connection, sender: str, within: float) -> int:
    """How many wrong tokens a sender gave within so many seconds."""
    lately = (guess.c.sender == sender) & (guess.c.at > now() - within)
    return int(connection.execute(select(func.count()).where(lately)).scalar_one())


def note_guess(connection: Connection, sender: str, within: float) -> None:
    """Note a wrong token, and forget those of everybody that are older than so many seconds."""
    connection.execute(delete(guess).where(guess.c.at <= now() - within))
    connection.execute(insert(guess).values(sender=sender, at=now()))
