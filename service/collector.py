"""Python's collector of cycles, spared what stays for as long as the process: it would look through it in vain."""

from __future__ import annotations

import gc

COLLECTED = 10_000
"""Objects made and not freed before the collector looks for cycles among them: those of some twenty tickets."""


def settle() -> None:
    """What is loaded by now stays, and what a ticket needs goes with its last reference: there are few cycles."""
    gc.freeze()
    gc.set_threshold(COLLECTED, 10, 10)


def settle_anew() -> None:
    """The same once something that had settled was replaced, which is given back. Takes a tenth of a second."""
    gc.unfreeze()
    gc.collect()
    settle()
