"""Queries of OAuth's grants: sealed tokens, renewed by one process at a time."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from service.store.dialect import now
from service.store.schema import oauth_grant, secret


def add_grant(connection: Connection, name: str, tracker: str, sealed: bytes) -> None:
    """Write a grant down."""
    connection.execute(secret.insert().values(name=name, value=sealed))
    connection.execute(oauth_grant.insert().values(name=name, tracker=tracker))


def get_grant(connection: Connection, name: str) -> bytes | None:
    """The sealed tokens; None once they are taken back."""
    return connection.execute(select(secret.c.value).where(secret.c.name == name)).scalar_one_or_none()


def lease_grant(connection: Connection, name: str, seconds: float) -> bool:
    """Whether it is ours to renew for so long."""
    free = (oauth_grant.c.name == name) & (oauth_grant.c.renewing_until < now())
    taken = connection.execute(update(oauth_grant).where(free).values(renewing_until=now() + seconds))
    return taken.rowcount == 1


def put_grant(connection: Connection, name: str, sealed: bytes, *, over: bytes) -> bool:
    """The new tokens, and an end of the lease, unless another process has meanwhile written over the old ones."""
    mine = (secret.c.name == name) & (secret.c.value == over)
    written = connection.execute(update(secret).where(mine).values(value=sealed)).rowcount == 1
    if written:
        release_grant(connection, name)
    return written


def release_grant(connection: Connection, name: str) -> None:
    """An end of the lease."""
    connection.execute(update(oauth_grant).where(oauth_grant.c.name == name).values(renewing_until=0.0))


def drop_grant(connection: Connection, name: str, *, only: bytes | None = None) -> bool:
    """Forget the tokens; with `only`, unless another process has meanwhile written over these."""
    mine = secret.c.name == name
    if only is not None:
        mine &= secret.c.value == only
    dropped = connection.execute(delete(secret).where(mine)).rowcount == 1
    if dropped:
        connection.execute(delete(oauth_grant).where(oauth_grant.c.name == name))
    return dropped
