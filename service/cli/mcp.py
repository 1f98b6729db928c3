"""clarity mcp: an assistant may check a draft before it is filed. The protocol goes over standard output."""

from __future__ import annotations

import os

import click

from service.cli.reviewing import load_reviewer
from service.logs import configure
from service.settings import load


@click.command()
def mcp() -> None:
    """Serve the Model Context Protocol on standard input and output, for an assistant that starts us.

    Tools: check_ticket, explain_rule, suggest_template. Nothing that is checked leaves the machine or is kept.
    """
    from service.assistant import server  # noqa: PLC0415 (the protocol's library; not for --help)

    settings = load(os.environ)
    configure(settings)
    server(settings, load_reviewer(settings)).run("stdio")
