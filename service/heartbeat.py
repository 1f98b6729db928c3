"""A sign of life in a file, for whatever looks after a process that serves no page."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

BEAT_SECONDS = 5.0
LONGEST_SILENCE = 60.0


def place(environ: Mapping[str, str]) -> Path:
    """Where `clarity worker` gives it: CLARITY_HEARTBEAT, or a file of this user's in the temporary folder."""
    told = environ.get("CLARITY_HEARTBEAT", "").strip()
    return Path(told) if told else Path(tempfile.gettempdir()) / f"clarity-worker-{os.getuid()}"


def beat(path: Path) -> None:
    """Give a sign of life. Raises OSError; never through a link that somebody else may have put there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.utime(handle)
    finally:
        os.close(handle)


def silence(path: Path) -> float | None:
    """Seconds since the last sign of life; None if there never was one."""
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return None
