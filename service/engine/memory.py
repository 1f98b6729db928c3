"""How much memory this process holds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024
_STATM = Path("/proc/self/statm")


def megabytes() -> float:
    """What this process holds now; elsewhere than on Linux, the most it ever held, or 0 where that is untold."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
    except OSError:
        return _most()


def _most() -> float:
    try:
        import resource  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MEGABYTE if sys.platform == "darwin" else most / 1024
