"""clarity serve: the whole service on one machine."""

from __future__ import annotations

import click

from service.cli.hosting import address_options, listening, run_web, settled
from service.settings import prepare


@click.command()
@address_options
def serve(host: str, port: int) -> None:
    """Receive webhooks, comment on tickets, and serve the playground.

    Stops on Ctrl-C or SIGTERM once what was begun is done; a second one ends at once. Exit codes: 0 stopped,
    2 a setting is wrong.
    """
    settings = settled()
    bound = listening(settings, host, port)
    settings = prepare(settings)
    from service.engine.choosing import engine_for  # noqa: PLC0415 (SQLAlchemy; not for --help)

    run_web(settings, bound, engine_for(settings))
