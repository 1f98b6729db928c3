"""clarity demo: the pages, filled with a simulated quarter."""

from __future__ import annotations

import shutil
from dataclasses import replace

import click

from service.cli.hosting import address_options, listening, run_web, settled
from service.settings import Settings, prepare
from service.ticket import frozen


@click.command()
@address_options
def demo(host: str, port: int) -> None:
    """Serve the pages with sample data: a simulated quarter of teams who do not exist.

    It is made anew at each start, in a folder of its own beside your data; no tracker is asked or written to, no
    delivery is accepted, and every page says that it is a sample. Exit codes: 0 stopped, 2 a setting is wrong.
    """
    settings = alone(settled())
    bound = listening(settings, host, port)
    shutil.rmtree(settings.data_dir, ignore_errors=True)
    settings = prepare(settings)
    from service import rulebook  # noqa: PLC0415 (not for --help)
    from service.demo.filling import fill  # noqa: PLC0415
    from service.engine.embedded import EmbeddedEngine  # noqa: PLC0415
    from service.store import Store  # noqa: PLC0415

    store = Store.of(settings)
    click.echo("Simulating a quarter …", err=True)
    tickets = fill(store, rulebook.load())
    store.close()
    click.echo(f"{tickets} sample tickets. See /trends.", err=True)
    run_web(settings, bound, EmbeddedEngine(settings))


def alone(settings: Settings) -> Settings:
    """The settings of a sample: another folder and database, no tracker, and the teams that are simulated."""
    from service.demo.simulation import TEAMS  # noqa: PLC0415 (not for --help)

    folder = settings.data_dir / "demo"
    return replace(
        settings,
        data_dir=folder,
        database_url=f"sqlite:///{(folder / 'clarity.db').as_posix()}",
        jira=frozen({}),
        linear=frozen({}),
        projects=frozen({}),
        teams=frozen(dict(TEAMS)),
        rules=None,
        workers=1,
    )
