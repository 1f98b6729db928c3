"""Files of labelled tickets, and what we think of those tickets."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from service.accuracy.labelled import LabelError, Labelled, labelled
from service.cli import Stop
from service.cli.reading import parse
from service.cli.reviewing import BATCH, load_reviewer, review
from service.review import Review
from service.settings import Settings


def read_labelled(path: Path) -> list[Labelled]:
    """The tickets of a file of JSON lines. Raises Stop with the line that is wrong."""
    found = []
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                found.append(labelled(_parsed(line, where), where))
            except LabelError as error:
                raise Stop(str(error)) from error
    if not found:
        raise Stop(f"{path} holds no ticket. A labelled ticket is one JSON object a line.")
    return found


def read_json(path: Path) -> Any:  # noqa: ANN401 (any JSON)
    """What a JSON file holds. Raises Stop."""
    return _parsed(_read(path), str(path))


class Reviewing:
    """Reviews labelled tickets, loading rules and model once; counts where someone watches."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.reviewer = load_reviewer(settings)

    def review(self, given: Sequence[Labelled], name: str) -> list[Review | None]:
        """A review for each ticket that could be read, and None for the rest."""
        readable = [one.ticket for one in given if one.ticket is not None]
        found: list[Review] = []
        for start in range(0, len(readable), BATCH):
            if sys.stderr.isatty():
                click.echo(f"\r{name} {start} of {len(readable)}\033[K\r", err=True, nl=False)
            found += review(self.reviewer, self._settings, readable[start : start + BATCH])
        reviews: Iterator[Review] = iter(found)
        return [None if one.ticket is None else next(reviews) for one in given]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Stop(f"{path} is not UTF-8 at byte {error.start}. Save it as UTF-8.") from error


def _parsed(text: str, where: str) -> Any:  # noqa: ANN401 (any JSON)
    try:
        return parse(text)
    except RecursionError as error:
        raise Stop(f"{where}: nested too deeply.") from error
    except ValueError as error:
        raise Stop(f"{where}: not valid JSON: {error}.") from error
