"""clarity web: one of several web hosts over one PostgreSQL."""

from __future__ import annotations

import click

from service.cli.hosting import address_options, listening, run_web, settled


@click.command()
@address_options
def web(host: str, port: int) -> None:
    """Receive webhooks and serve the pages; `clarity worker` works on the tickets, on this host or on others.

    One worker process beside it scores what the pages and the API ask for. Needs PostgreSQL. Stops on Ctrl-C or
    SIGTERM. Exit codes: 0 stopped, 2 a setting is wrong.
    """
    settings = settled(shared=True)
    bound = listening(settings, host, port)
    from service.engine.distributed import DistributedEngine  # noqa: PLC0415 (SQLAlchemy; not for --help)

    run_web(settings, bound, DistributedEngine(settings, reconciles=False))
