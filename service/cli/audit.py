"""clarity audit: score a whole backlog, from a tracker's search or an export."""

from __future__ import annotations

import os
import sys
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
from service.ticket import TicketRef

if TYPE_CHECKING:
    from service.audit.sources import Source
    from service.store import Store

STATE = "clarity-audit.state.json"
FORMS = ("text", "csv", "json", "html")
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", required=False, type=FILE)
@click.option("--jql", help="Jira: the tickets that this query finds.")
@click.option("--linear-team", help="Linear: the tickets of the team with this key.")
@click.option("--site", default="default", show_default=True, help="Which Jira or Linear of the settings.")
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
    site: str,
    form: str,
    output: Path | None,
    state: Path,
    processes: int | None,
    comment: bool,
) -> None:
    """Score all tickets of FILE (one JSON object a line), of a JQL query, or of a Linear team.

    Nothing is written to a tracker, unless --comment says so: then each ticket is handed to the running service,
    which speaks under the team's policy and within the tracker's limits, as after an edit. Ctrl-C stops; the same
    command goes on from there. Exit codes: 0 done, 2 it cannot be done, 130 stopped.
    """
    from service.audit.auditing import Audit, Plan, Stopped  # noqa: PLC0415 (not for --help)
    from service.audit.sources import Export  # noqa: PLC0415 (not for --help)
    from service.store import Store  # noqa: PLC0415 (SQLAlchemy; not for --help)

    settings = load(os.environ)
    if [file, jql, linear_team].count(None) != 2:
        raise Stop("Name one source: FILE, --jql or --linear-team.")
    if file and comment:
        raise Stop("--comment needs --jql or --linear-team: an export does not say where its tickets are.")
    store = Store.of(settings)
    with _bar() as (progress, say):
        if file:
            source: Source = Export(file)
        else:
            source = _search(settings, store, say, "jira" if jql else "linear", site, jql or linear_team or "")
        plan = Plan(form, output, state, processes or _cores())
        hand_over = _inviter(store, "jira" if jql else "linear", site) if comment else None
        try:
            Audit(settings, plan, progress, hand_over).run(source)
        except Stopped as stopped:
            click.echo(f"Stopped after {stopped.seen:,} tickets. The same command goes on from there.", err=True)
            sys.exit(130)
        finally:
            store.close()


def _search(  # noqa: PLR0917 (each is another thing)
    settings: Settings, store: Store, say: Callable[[float, str], None], tracker: str, site: str, query: str
) -> Source:
    from service.audit.sources import Search  # noqa: PLC0415 (not for --help)
    from service.trackers.base import TrackerError  # noqa: PLC0415
    from service.trackers.registry import open_searchable  # noqa: PLC0415

    try:
        return Search(open_searchable(settings, store, tracker, site), query, say)
    except TrackerError as error:
        raise Stop(str(error)) from None


def _inviter(store: Store, tracker: str, site: str) -> Callable[[list[TicketRef]], None]:
    """Hand tickets to the running service, as ones that it may speak on however old they are."""
    from service.cli.hosting import migrate  # noqa: PLC0415 (not for --help)
    from service.store.accepting import Wanted, raise_generations, register_site  # noqa: PLC0415
    from service.store.inviting import invite  # noqa: PLC0415

    migrate(store)

    def hand_over(refs: list[TicketRef]) -> None:
        with store.writing() as connection:
            register_site(connection, tracker, site)
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
