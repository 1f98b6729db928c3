"""clarity secrets: the key under which secrets are kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from service.cli import Stop
from service.settings import load
from service.settings.keeping import drop_former_key, renew_kept_key

if TYPE_CHECKING:
    from service.store import Store


@click.group()
def secrets() -> None:
    """Change the key under which the database keeps its secrets."""


@secrets.command()
def rotate() -> None:
    """Encrypt the database's secrets anew, under a new key.

    With the key in the data directory, stop the service first: a new key is made in its place. With
    CLARITY_SECRET_KEY, set it to the new key and CLARITY_FORMER_SECRET_KEY to the old one; on PostgreSQL restart
    every host with both before, and drop the former after. People have to log in again. May be repeated if it was
    cut off. Exit codes: 0 done, 2 it cannot be done, and the former key still holds.
    """
    from service.store import Store, StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)

    settings = load(os.environ)
    kept = not settings.secret_key
    if not kept and not settings.former_secret_key:
        raise Stop(
            "CLARITY_FORMER_SECRET_KEY is not set. Set it to the key used so far, "
            "and CLARITY_SECRET_KEY to the new one."
        )
    store = Store.of(settings)
    try:
        store.migrate()
        with _alone(store):
            told = renew_kept_key(settings) if kept else settings
            done = Store.of(told).reseal()
    except StoreUnavailable as error:
        raise Stop(f"{error}. The former key still holds; try again.") from None
    if kept:
        drop_former_key(settings)
    click.echo(f"{done} secret{'' if done == 1 else 's'} encrypted anew.")
    click.echo("The former key is deleted." if kept else "Drop CLARITY_FORMER_SECRET_KEY now.")


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """While nobody else works on the database: a service that runs would go on with the former key."""
    from service.engine.ownership import Ownership  # noqa: PLC0415 (SQLAlchemy; not for --help)

    if store.distributed:
        yield
        return
    owner = Ownership(str(store.url.database))
    owner.take()
    try:
        yield
    finally:
        owner.release()
