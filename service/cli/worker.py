"""clarity worker: one of several hosts that work on tickets, over one PostgreSQL."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click
import structlog

from service.cli.hosting import migrate, settled

log = structlog.get_logger(__name__)


@click.command()
def worker() -> None:
    """Work on tickets, as one of any number of hosts; `clarity web` receives the webhooks.

    Runs CLARITY_WORKERS processes and starts them again when they die. Needs PostgreSQL. Stops on Ctrl-C or
    SIGTERM once the tickets in hand are done. Exit codes: 0 stopped, 2 a setting is wrong.
    """
    settings = settled(shared=True)
    from service.engine.distributed import DistributedEngine  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store import Store  # noqa: PLC0415

    told = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    store = Store.of(settings)
    migrate(store)
    store.close()
    engine = DistributedEngine(settings, reconciles=True)
    try:
        engine.start()
        log.info("working", workers=settings.workers)
        told.wait()
        log.info("stopping")
    finally:
        engine.stop()
    log.info("stopped")
