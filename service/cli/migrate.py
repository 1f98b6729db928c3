"""clarity migrate: bring the database up to date."""

from __future__ import annotations

import os

import click

from service.settings import load


@click.command()
def migrate() -> None:
    """Bring the database up to date with this version.

    Every start does so by itself, and any number of them may run at once. This is for who upgrades with a
    database user of its own, or wants it done before the service starts. Exit codes: 0 up to date, 2 it cannot
    be done.
    """
    from service.cli.hosting import migrate as bring_up  # noqa: PLC0415
    from service.store import Store  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store.migrate import HEAD  # noqa: PLC0415

    store = Store(load(os.environ).database_url)
    try:
        bring_up(store)
    finally:
        store.close()
    click.echo(f"The database is up to date (version {HEAD}).")
