"""clarity outcomes: what people had to ask, how soon they were answered, and which rules saw it coming."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from service import outcomes as told
from service.cli import Stop
from service.cli.noise import open_store
from service.outcomes import Change, Odds, Outcome, TooLittleError
from service.settings import load
from service.settings.keeping import with_kept_key

HOUR = 3600.0
T = TypeVar("T")


@click.command()
@click.option("--project", help="Only this project.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def outcomes(*, project: str | None, form: str) -> None:
    """What became of tickets: questions asked, the time to an answer, and which rules predict trouble.

    Trouble is a question by somebody else before the work began, by /unclear or in plain words, or a ticket that
    was done and was opened again. A ticket's first review counts. An odds ratio above 1 says that there was more
    trouble where the rule found something; if its interval includes 1, that may be chance. Imports and the
    playground are left out. Exit code 2 if the database cannot be read.
    """
    from service.store import StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store.questions import outcomes as kept  # noqa: PLC0415
    from service.store.questions import spoken_to  # noqa: PLC0415

    store = open_store(with_kept_key(load(os.environ)))
    try:
        with store.reading() as connection:
            given, coached = kept(connection, project=project), spoken_to(connection)
    except StoreUnavailable as error:
        raise Stop(f"{error}.") from None
    finally:
        store.close()
    none: list[Odds] = []
    ratios, why_none = _or_why(lambda: told.odds(given), none)
    change, why_no_change = _or_why(lambda: told.change(given, coached), None)
    if form == "json":
        click.echo(json.dumps(_plain(given, ratios, change, [why_none, why_no_change]), indent=1))
        return
    click.echo(_asked(given))
    if ratios:
        Console().print(_table(ratios))
    click.echo(why_none or "Where the interval includes 1, it may be chance.")
    click.echo(why_no_change or _told(change))


def _or_why(make: Callable[[], T], otherwise: T) -> tuple[T, str]:
    try:
        return make(), ""
    except TooLittleError as error:
        return otherwise, str(error)


def _plain(
    given: Sequence[Outcome], ratios: Sequence[Odds], change: Change | None, notes: Sequence[str]
) -> dict[str, object]:
    times = told.answer_times(given)
    return {
        "tickets": len(given),
        "asked_of": sum(bool(one.questions) for one in given),
        "questions": sum(len(one.questions) for one in given),
        "answered": len(times),
        "median_hours_to_answer": round(times[len(times) // 2] / HOUR, 2) if times else None,
        "reopened": sum(one.reopened for one in given),
        "rules": [asdict(one) for one in ratios],
        "coaching": asdict(change) if change else None,
        "notes": [note for note in notes if note],
    }


def _asked(given: Sequence[Outcome]) -> str:
    count, times = sum(len(one.questions) for one in given), told.answer_times(given)
    typical = told.typical(times)
    of = sum(bool(one.questions) for one in given)
    soon = f", half of them within {typical / HOUR:.1f} hours" if typical is not None else ""
    return (
        f"{len(given)} tickets. {count} questions were asked, of {of} tickets; {len(times)} were answered{soon}. "
        f"{sum(one.reopened for one in given)} tickets were opened again."
    )


def _table(ratios: Sequence[Odds]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Rule", "Found in", "Trouble in", "Odds ratio", "95 % between"):
        table.add_column(name, justify="left" if name == "Rule" else "right", no_wrap=True)
    for one in ratios:
        counts = (str(one.found), str(one.trouble), f"{one.ratio:.2f}")
        table.add_row(one.rule, *counts, f"{one.low:.2f} and {one.high:.2f}")
    return table


def _told(change: Change | None) -> str:
    assert change is not None  # noqa: S101 (else there is a reason why not)
    return (
        f"{change.authors} authors score {change.mean:+.1f} points on tickets filed after we first spoke to them "
        f"(95 % between {change.low:+.1f} and {change.high:+.1f}). Without others to compare with, "
        "not all of that need be our doing."
    )
