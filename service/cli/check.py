"""clarity check: score tickets from files or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from service.cli.reading import Item, Source
from service.cli.reviewing import BATCH, load_reviewer, review
from service.cli.showing import SHOWINGS
from service.review import Review, Reviewer
from service.settings import Settings, load
from service.ticket import Kind


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--input",
    "how",
    type=click.Choice(["auto", "md", "wiki", "adf", "plain", "jsonl", "json"]),
    default="auto",
    help="What is read; auto goes by each file's name and beginning.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(SHOWINGS)),
    default="text",
    help="What is written: sarif for code scanning, github for annotations in its workflows.",
)
@click.option("--fail-under", type=click.IntRange(0, 100), default=0, help="Exit with 1 if a score is lower.")
@click.option("--type", "kind", type=click.Choice([str(kind) for kind in Kind]), help="Kind of a text's ticket.")
@click.option("--title", help="Title of a text's ticket; else a heading at its top.")
def check(
    files: tuple[str, ...], *, how: str, form: str, fail_under: int, kind: str | None, title: str | None
) -> None:
    """Score the tickets in FILES, or on standard input where there are none or a "-".

    Texts (.md, .wiki, .txt) hold one ticket each; .json one or a list; .jsonl one a line. Answers come in the
    same order. What cannot be read gets an error in its place.

    Exit codes: 0 all well; 1 a score below --fail-under; 2 something could not be read, or a setting is wrong.
    """
    settings = load(os.environ)
    if not files and sys.stdin.isatty():
        click.echo("Reading a ticket from standard input; end it with Ctrl-D.", err=True)
    code = 0
    reviewer = load_reviewer(settings)
    with _progress(files) as on_bytes:
        items = Source(how=how, title=title, kind=kind, on_bytes=on_bytes).read(files)
        showing = SHOWINGS[form](reviewer.rulebook.rules)
        for item, review in _reviewed(items, reviewer, settings):
            showing.show(item, review)
            code = max(code, _exit_code(review, fail_under))
        showing.end()
    sys.exit(code)


def _exit_code(review: Review | None, fail_under: int) -> int:
    if review is None:
        return 2
    return int(review.score is not None and review.score < fail_under)


def _reviewed(
    items: Iterator[Item], reviewer: Reviewer, settings: Settings
) -> Iterator[tuple[Item, Review | None]]:
    """Each item with its review, in order, a batch at a time."""
    while batch := list(islice(items, BATCH)):
        reviews = iter(review(reviewer, settings, [item.ticket for item in batch if item.ticket is not None]))
        for item in batch:
            yield item, None if item.ticket is None else next(reviews)


@contextmanager
def _progress(files: Iterable[str]) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where someone watches it, and nothing else is written to the same terminal."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda _: None
        return
    sizes = [Path(name).stat().st_size if Path(name).is_file() else None for name in files]
    total = None if not sizes or None in sizes else sum(size or 0 for size in sizes)
    columns = (TextColumn("checking"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    # Left to itself it would bend standard output, where the answers go, to standard error.
    with Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)
