"""What the commands that run the service have in common: checks, wiring, and a word to who started it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
import structlog
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from service import logs
from service.cli import Stop
from service.loopback import is_loopback
from service.settings import Settings, load

if TYPE_CHECKING:
    from service.engine.base import Engine
    from service.store import Store

LONGEST_WAIT = 60.0
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter from the others: beside a page that takes long, a request that
waits for its turn five times would wait ten times as long by Python's own measure.
"""
_SHOWN = {"jira": "Jira", "linear": "Linear", "github": "GitHub"}

log = structlog.get_logger(__name__)


def address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--host and --port."""
    host = click.option(
        "--host", envvar="CLARITY_HOST", default="127.0.0.1", show_default=True, help="Address to listen on."
    )
    port = click.option(
        "--port",
        envvar="CLARITY_PORT",
        type=click.IntRange(0, 65535),
        default=8000,
        show_default=True,
        help="Port to listen on; 0 takes a free one.",
    )
    return host(port(command))


def settled(*, shared: bool = False) -> Settings:
    """The settings, with logs set up and the secret key found. `shared`: only PostgreSQL will do. Raises Stop."""
    settings = load(os.environ)
    logs.configure(settings)
    distributed = settings.database_url.startswith("postgres")
    if shared and not distributed:
        raise Stop(
            "Hosts share their work through PostgreSQL. Set CLARITY_DATABASE_URL to "
            "postgresql://user:password@host/database, or run `clarity serve`, which needs nothing else."
        )
    if distributed and not settings.secret_key:
        raise Stop(
            "CLARITY_SECRET_KEY is not set. On PostgreSQL every host needs the same one: 32 or more random "
            "characters, kept with your other secrets."
        )
    _refuse_unknown_rules(settings)
    return settings


def listening(settings: Settings, host: str, port: int) -> socket.socket:
    """A bound socket; raises Stop where it would open the service to others without a token."""
    from service.web.server import listen  # noqa: PLC0415

    if not is_loopback(host) and not settings.locked:
        raise Stop(
            f"--host {host} would open this service to others. Set CLARITY_DASHBOARD_TOKEN to 16 or more "
            "characters first, or listen on 127.0.0.1 behind a reverse proxy."
        )
    return listen(host, port)


def _refuse_unknown_rules(settings: Settings) -> None:
    from service import rulebook  # noqa: PLC0415
    from service.overrides import unknown_rules  # noqa: PLC0415

    try:
        rules = rulebook.load([settings.rules] if settings.rules else [])
    except rulebook.RuleFileError:
        return  # a broken rule file stops no start: the workers say so and go on with the shipped rules
    for sentence in unknown_rules(settings, rules.rules):
        raise Stop(sentence)


def end_when_told() -> None:
    """Let a signal end this process at once, with 0, as nothing is begun yet: until others take the signals.

    By itself, the first process of a container would let it pass.
    """

    def end(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def run_web(settings: Settings, bound: socket.socket, engine: Engine) -> None:
    """Serve until a signal comes, with an engine that is started and stopped here."""
    from service.app import create_app  # noqa: PLC0415
    from service.counting import Counting  # noqa: PLC0415
    from service.inbox import Inbox  # noqa: PLC0415
    from service.store import Store  # noqa: PLC0415
    from service.web.server import Server  # noqa: PLC0415

    sys.setswitchinterval(SWITCH_SECONDS)
    end_when_told()
    store = Store.of(settings)
    migrate(store)
    inbox = Inbox(store, settings, wake=engine.wake)
    try:
        server = Server(create_app(settings, store, inbox, engine), bound)
        engine.start()
        _announce(settings, bound)
        _load_for_panels(settings)
        with Counting(store):
            server.run()
        log.info("stopping")
    finally:
        inbox.stop()
        engine.stop()
        store.close()
    log.info("stopped")


def _load_for_panels(settings: Settings) -> None:
    """Load Jira's library where Jira can reach us, so that no panel's first reader waits for it."""
    if settings.base_url.startswith("https://"):
        library = "service.trackers.jira"
        threading.Thread(target=import_module, args=(library,), name="loading", daemon=True).start()


def migrate(store: Store) -> None:
    """Bring the database up to date; a server that is still starting is waited for. Raises Stop after a minute."""
    from service.store import StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)

    until = time.monotonic() + (LONGEST_WAIT if store.distributed else 0.0)
    while True:
        try:
            return store.migrate()
        except StoreUnavailable as error:
            if time.monotonic() > until:
                raise Stop(f"CLARITY_DATABASE_URL: {error}") from error
            log.warning("waiting for the database", error=str(error))
            time.sleep(2.0)


def _announce(settings: Settings, bound: socket.socket) -> None:
    host, port = bound.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    log.info("serving", address=address, **{name: list(sites) for name, sites in settings.sites.items()})
    if sys.stderr.isatty():
        Console(stderr=True).print(Panel(welcome(settings, address), title="Ticket Clarity", expand=False))


def welcome(settings: Settings, address: str) -> Text:
    """What somebody who has just started the service wants to know."""
    hooks = [
        (
            f"{_SHOWN[tracker]:<8}",
            f"{settings.base_url}/webhooks/{tracker}{'' if name == 'default' else '/' + name}",
        )
        for tracker, names in settings.sites.items()
        for name in names
    ]
    lines = [Text.assemble(("Try it   ", "bold"), address)]
    lines += [Text.assemble((word, "bold"), " ", hook) for word, hook in hooks]
    if hooks:
        lines.append(Text("Next     clarity doctor says whether all of it works"))
    else:
        lines.append(Text("Next     connect Jira, Linear or GitHub in five minutes: see README.md"))
    return Text("\n").join([*lines, Text("Stop     Ctrl-C", style="dim")])
