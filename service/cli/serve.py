"""clarity serve: the whole service on one machine."""

from __future__ import annotations

import os
import socket
import sys

import click
import structlog
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from service import logs
from service.cli import Stop
from service.settings import Settings, load, prepare

log = structlog.get_logger(__name__)


@click.command()
@click.option(
    "--host", envvar="CLARITY_HOST", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option(
    "--port",
    envvar="CLARITY_PORT",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
def serve(host: str, port: int) -> None:
    """Receive webhooks, comment on tickets, and serve the playground.

    Stops on Ctrl-C or SIGTERM once what was begun is done; a second one ends at once. Exit codes: 0 stopped,
    2 a setting is wrong.
    """
    from service.web.access import is_loopback  # noqa: PLC0415 (Flask; not for --help)
    from service.web.server import listen  # noqa: PLC0415

    settings = load(os.environ)
    logs.configure(settings)
    if not is_loopback(host) and not settings.dashboard_token:
        raise Stop(
            f"--host {host} would open this service to others. Set CLARITY_DASHBOARD_TOKEN to 16 or more "
            "characters first, or listen on 127.0.0.1 behind a reverse proxy."
        )
    _refuse_unknown_rules(settings)
    bound = listen(host, port)
    _run(prepare(settings), bound)


def _refuse_unknown_rules(settings: Settings) -> None:
    from service import rulebook  # noqa: PLC0415
    from service.overrides import unknown_rules  # noqa: PLC0415

    try:
        rules = rulebook.load([settings.rules] if settings.rules else [])
    except rulebook.RuleFileError:
        return  # a broken rule file stops no start: the workers say so and go on with the shipped rules
    for sentence in unknown_rules(settings, rules.rules):
        raise Stop(sentence)


def _run(settings: Settings, bound: socket.socket) -> None:
    from service.app import create_app  # noqa: PLC0415
    from service.counting import Counting  # noqa: PLC0415
    from service.engine.embedded import EmbeddedEngine  # noqa: PLC0415
    from service.inbox import Inbox  # noqa: PLC0415
    from service.store import Store  # noqa: PLC0415
    from service.web.server import Server  # noqa: PLC0415

    store = Store(settings.database_url, settings.secret_key)
    engine = EmbeddedEngine(settings)
    store.migrate()
    inbox = Inbox(store, settings, wake=engine.wake)
    try:
        server = Server(create_app(settings, store, inbox, engine), bound)
        engine.start()
        _announce(settings, bound)
        with Counting(store):
            server.run()
        log.info("stopping")
    finally:
        inbox.stop()
        engine.stop()
        store.close()
    log.info("stopped")


def _announce(settings: Settings, bound: socket.socket) -> None:
    host, port = bound.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("serving", address=address, jira=list(settings.jira), linear=list(settings.linear))
    if sys.stderr.isatty():
        Console(stderr=True).print(Panel(welcome(settings, address), title="Ticket Clarity", expand=False))


def welcome(settings: Settings, address: str) -> Text:
    """What somebody who has just started the service wants to know."""
    hooks = [
        (
            f"{tracker.capitalize():<8}",
            f"{settings.base_url}/webhooks/{tracker}{'' if name == 'default' else '/' + name}",
        )
        for tracker, names in (("jira", settings.jira), ("linear", settings.linear))
        for name in names
    ]
    lines = [Text.assemble(("Try it   ", "bold"), address)]
    lines += [Text.assemble((word, "bold"), " ", hook) for word, hook in hooks]
    if hooks:
        lines.append(Text("Next     clarity doctor says whether all of it works"))
    else:
        lines.append(Text("Next     connect Jira or Linear in five minutes: see README.md"))
    return Text("\n").join([*lines, Text("Stop     Ctrl-C", style="dim")])
