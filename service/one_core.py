"""How a process that parses uses the machine."""

from __future__ import annotations

import os


def keep_to_one_core() -> None:
    """To be called before numpy is loaded.

    One process is one core: more threads a matrix product only take from the other processes. Nor is an old
    processor's kind inherited, which would halve the speed of each product.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.pop("OPENBLAS_CORETYPE", None)
