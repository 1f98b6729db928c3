"""Pages of which a part is made by a command."""

from __future__ import annotations

from pathlib import Path

from service.accuracy import page
from service.cli import Stop


def update(path: Path, name: str, text: str) -> None:
    """Put the text into the page between the marks of that name. Raises Stop."""
    try:
        path.write_text(page.put(path.read_text(encoding="utf-8"), name, text), encoding="utf-8")
    except OSError as error:
        raise Stop(f"{path} cannot be updated: {error.strerror}.") from error
    except page.MarksError as error:
        raise Stop(f"{path}: {error}") from error
