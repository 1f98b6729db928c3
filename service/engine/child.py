"""What all processes that we start have in common: how they settle, and how they stand to who started them."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection

from service import logs
from service.engine.messages import FromChild, ToChild
from service.one_core import keep_to_one_core
from service.settings import Settings

BEHIND_THE_WEB = 10
"""By how much our priority is lower: a webhook is waited for, a comment is not."""


def settle(settings: Settings) -> None:
    """Set this process up; to be called before numpy is loaded. Ctrl-C is left to who started us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_to_one_core()
    os.nice(BEHIND_THE_WEB)
    logs.configure(settings)


def hear(pipe: Connection) -> ToChild:
    """The next word of who started us. Where that process is gone, this one ends at once."""
    try:
        message: ToChild = pipe.recv()
    except (EOFError, OSError):
        # Its successor may void our leases: nothing may be written from here on.
        os._exit(1)
    return message


def say(pipe: Connection, message: FromChild) -> None:
    """Tell who started us. Where that process is gone, this one ends at once."""
    try:
        pipe.send(message)
    except OSError:
        os._exit(1)
