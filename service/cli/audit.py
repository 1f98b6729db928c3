"""clarity audit: score a whole backlog, from a tracker's search or an export."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from service.cli import Stop
from service.settings import Settings, load
from service.settings.keeping import with_kept_key
from service.ticket import TicketRef

if TYPE_CHECKING:
    from service.audit.sources import Source
    from service.store import Store
    from service.trackers.base import Searchable

STATE = "clarity-audit.state.json"
FORMS = ("text", "csv", "json", "html")
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", required=False, type=FILE)
@click.option("--jql", help="Jira: the tickets that this query finds.")
@click.option("--linear-team", help="Linear: the tickets of the team with this key.")
@click.option(
    "--github", multiple=True, metavar="OWNER/NAME", help="GitHub: a repository's issues; may be repeated."
)
@click.option(
    "--site", default="", help="Which of several: its name in the settings, or the address or workspace connected."
)
@click.option("--format", "form", type=click.Choice(FORMS), default="text", help="What to write; text if unset.")
@click.option("--output", type=FILE, help="Where to; else standard output.")
@click.option("--state", type=FILE, default=STATE, show_default=True, help="Where to go on from.")
@click.option("--processes", type=click.IntRange(1, 64), help="Worker processes; else one a core.")
@click.option("--comment", is_flag=True, help="Have the running service comment on these tickets as well.")
def audit(
    *,
    file: Path | None,
    jql: str | None,
    linear_team: str | None,
    github: tuple[str, ...],
    site: str,
    form: str,
    output: Path | None,
    state: Path,
    processes: int | None,
    comment: bool,
) -> None:
    """Score all tickets of FILE (one JSON object a line), of a JQL query, a Linear team, or GitHub repositories.

    Nothing is written to a tracker, unless --comment says so: then each ticket is handed to the running service,
    which speaks under the team's policy and within the tracker's limits, as after an edit. Ctrl-C stops; the same
    command goes on from there. Exit codes: 0 done, 2 it cannot be done, 130 stopped.
    """
    from service.audit.auditing import Audit, Plan, Stopped  # noqa: PLC0415 (not for --help)
    from service.audit.sources import Export, Search  # noqa: PLC0415 (not for --help)
    from service.store import Store  # noqa: PLC0415 (SQLAlchemy; not for --help)

    settings = with_kept_key(load(os.environ))
    queries = {"jira": jql, "linear": linear_team, "github": " ".join(github) or None}
    named = [(tracker, query) for tracker, query in queries.items() if query is not None]
    if len(named) + (file is not None) != 1:
        raise Stop("Name one source: FILE, --jql, --linear-team or --github.")
    if file and comment:
        raise Stop("--comment needs a tracker to read from: an export does not say where its tickets are.")
    store = Store.of(settings)
    asked = threading.Event()
    with _bar() as (progress, say):
        if file:
            source: Source = Export(file)
        else:
            source = Search(_opened(settings, store, named[0][0], site), named[0][1], say, asked.wait)
        plan = Plan(form, output, state, processes or _cores())
        hand_over = _inviter(store) if comment else None
        try:
            Audit(settings, plan, progress, hand_over, asked).run(source)
        except Stopped as stopped:
            click.echo(f"Stopped after {stopped.seen:,} tickets. The same command goes on from there.", err=True)
            sys.exit(130)
        finally:
            store.close()


def _opened(settings: Settings, store: Store, tracker: str, site: str) -> Searchable:
    from service.store import StoreUnavailable  # noqa: PLC0415 (not for --help)
    from service.trackers.base import TrackerError  # noqa: PLC0415
    from service.trackers.registry import open_searchable, site_named  # noqa: PLC0415

    try:
        return open_searchable(settings, store, tracker, site_named(settings, store, tracker, site))
    except TrackerError as error:
        raise Stop(str(error)) from None
    except StoreUnavailable as error:
        raise Stop(f"CLARITY_DATABASE_URL: {error}.") from None


def _inviter(store: Store) -> Callable[[list[TicketRef]], None]:
    """Hand tickets to the running service, as ones that it may speak on however old they are."""
    from service.cli.hosting import migrate  # noqa: PLC0415 (not for --help)
    from service.store.accepting import Wanted, raise_generations, register_site  # noqa: PLC0415
    from service.store.inviting import invite  # noqa: PLC0415

    migrate(store)

    def hand_over(refs: list[TicketRef]) -> None:
        with store.writing() as connection:
            register_site(connection, refs[0].tracker, refs[0].site)
            raise_generations(connection, [Wanted(ref, 0.0, 0.0, saved=False) for ref in refs])
            invite(connection, refs)

    return hand_over


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _bar() -> Iterator[tuple[Callable[[int | None, int], Callable[[int], None]], Callable[[float, str], None]]]:
    """A bar on standard error where someone watches it, and a way to say why it stands still."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task("reading", total=None)

        def begin(total: int | None, done: int) -> Callable[[int], None]:
            bar.update(task, total=total, completed=done)
            return lambda count: bar.update(task, advance=count, description="auditing")

        def say(seconds: float, why: str) -> None:
            bar.update(task, description=f"waiting {seconds:.0f} s: {why}")
            if not console.is_terminal:
                click.echo(f"Waiting {seconds:.0f} s: {why}", err=True)

        yield begin, say
