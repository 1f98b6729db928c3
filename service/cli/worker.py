"""clarity worker: one of several hosts that work on tickets, over one PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

import click
import structlog

from service import heartbeat
from service.cli.hosting import end_when_told, migrate, settled
from service.engine.bell import Bell

if TYPE_CHECKING:
    from service.engine.base import Engine

log = structlog.get_logger(__name__)


@click.command()
@click.option("--healthy", is_flag=True, help="Only say whether the worker host beside this command is well.")
def worker(*, healthy: bool) -> None:
    """Work on tickets, as one of any number of hosts; `clarity web` receives the webhooks.

    Runs CLARITY_WORKERS processes and starts them again when they die. Needs PostgreSQL. Stops on Ctrl-C or
    SIGTERM once the tickets in hand are done. Exit codes: 0 stopped, or well; 1 not well; 2 a setting is wrong.
    """
    if healthy:
        _say_how_it_is()
    settings = settled(shared=True)
    from service.engine.distributed import DistributedEngine  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store import Store  # noqa: PLC0415

    end_when_told()
    store = Store.of(settings)
    migrate(store)
    store.close()
    told = Bell()

    def stop(_: int, __: FrameType | None) -> None:
        told.ring()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    engine = DistributedEngine(settings, reconciles=True)
    try:
        engine.start()
        log.info("working", workers=settings.workers)
        _beat_until(told, engine)
        log.info("stopping")
    finally:
        engine.stop()
    log.info("stopped")


def _beat_until(told: Bell, engine: Engine) -> None:
    """Give a sign of life while a worker process is ready, until told to stop."""
    path = heartbeat.place(os.environ)
    while True:
        if engine.ready:
            try:
                heartbeat.beat(path)
            except OSError as error:
                log.warning("no sign of life can be given", path=str(path), error=error.strerror)
        if told.wait(heartbeat.BEAT_SECONDS):
            return


def _say_how_it_is() -> None:
    path = heartbeat.place(os.environ)
    silent = heartbeat.silence(path)
    if silent is None:
        word, code = f"no worker has been ready yet ({path} is not there)", 1
    elif silent > heartbeat.LONGEST_SILENCE:
        word, code = f"no worker has been ready for {silent:.0f} seconds", 1
    else:
        word, code = f"a worker was ready {silent:.0f} seconds ago", 0
    click.echo(word, err=bool(code))
    sys.exit(code)
