"""clarity outcomes: what people had to ask, how long the work took, which rules saw it coming, what we changed."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.table import Table

from service import outcomes as told
from service.cli import Stop
from service.cli.noise import open_store
from service.contrast import Contrast, contrast
from service.outcomes import Change, Coached, Outcome, TooLittleError, change, log_seconds
from service.settings import load
from service.settings.keeping import with_kept_key

if TYPE_CHECKING:
    from service.accuracy.odds import Odds
    from service.accuracy.pace import Pace

HOUR = 3600.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Known:
    """All that can be said, and where nothing can, why not."""

    given: Sequence[Outcome]
    odds: Sequence[Odds]
    pace: Sequence[Pace]
    change: Change | None
    contrast: Contrast | None
    work_change: Change | None
    work_contrast: Contrast | None
    why: Mapping[str, str]


@click.command()
@click.option("--project", help="Only this project.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def outcomes(*, project: str | None, form: str) -> None:
    """What became of tickets: questions asked, the time to an answer, the time under way, and what predicts them.

    Trouble is a question by somebody else before the work began, by /unclear or in plain words, or a ticket that
    was done and was opened again. What counts is what was found in the text that somebody asked about, or else
    began to work on. An odds ratio above 1 says that there was more trouble where the rule found something than in
    tickets of the project in which all else was found alike; if its interval includes 1, that may be chance. The
    same holds for how many times as long such tickets were under way, from the start of the work until they were
    done, without pauses. What changed since we speak is compared with authors whom we left alone, where there are
    such. Imports and the playground are left out. Exit code 2 if the database cannot be read.
    """
    from service.store import StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store.coached import spoken_to  # noqa: PLC0415
    from service.store.questions import left_alone  # noqa: PLC0415
    from service.store.questions import outcomes as kept  # noqa: PLC0415

    store = open_store(with_kept_key(load(os.environ)))
    try:
        with store.reading() as connection:
            given, coached = kept(connection, project=project), spoken_to(connection)
            known = _known(given, coached, left_alone(connection))
    except StoreUnavailable as error:
        raise Stop(f"{error}.") from None
    finally:
        store.close()
    if form == "json":
        click.echo(json.dumps(_plain(known), indent=1))
    else:
        _show(known)


def _known(given: Sequence[Outcome], coached: Collection[Coached], alone: Collection[str]) -> _Known:
    from service.accuracy.odds import odds  # noqa: PLC0415 (numpy; not for --help)
    from service.accuracy.pace import pace  # noqa: PLC0415

    why: dict[str, str] = {}

    def either(name: str, make: Callable[[], T], otherwise: T) -> T:
        try:
            return make()
        except TooLittleError as error:
            why[name] = str(error)
            return otherwise

    no_odds: Sequence[Odds] = ()
    no_pace: Sequence[Pace] = ()
    return _Known(
        given=given,
        odds=either("odds", lambda: odds(given), no_odds),
        pace=either("pace", lambda: pace(given), no_pace),
        change=either("change", lambda: change(given, coached), None),
        contrast=either("contrast", lambda: contrast(given, coached, alone), None),
        work_change=either("work_change", lambda: change(given, coached, log_seconds), None),
        work_contrast=either("work_contrast", lambda: contrast(given, coached, alone, log_seconds), None),
        why=why,
    )


def _show(known: _Known) -> None:
    click.echo(_asked(known.given))
    if known.odds:
        Console().print(_table(known.odds))
    click.echo(known.why.get("odds") or "Where the interval includes 1, it may be chance.")
    click.echo(_times(known.given))
    if known.pace:
        Console().print(_pace_table(known.pace))
    click.echo(known.why.get("pace") or "Where the interval includes 1, it may be chance.")
    click.echo(known.why.get("change") or _changed(known.change))
    click.echo(known.why.get("contrast") or _contrasted(known.contrast))
    click.echo(known.why.get("work_change") or _work_changed(known.work_change))
    click.echo(known.why.get("work_contrast") or _work_contrasted(known.work_contrast))


def _plain(known: _Known) -> dict[str, object]:
    given, answers, spans = known.given, told.answer_times(known.given), told.work_times(known.given)
    typical = told.typical(spans)
    return {
        "tickets": len(given),
        "asked_of": sum(bool(one.questions) for one in given),
        "questions": sum(len(one.questions) for one in given),
        "answered": len(answers),
        "median_hours_to_answer": round(answers[len(answers) // 2] / HOUR, 2) if answers else None,
        "reopened": sum(one.reopened for one in given),
        "rules": [asdict(one) for one in known.odds],
        "in_progress": {
            "tickets": len(spans),
            "median_hours": None if typical is None else round(typical / HOUR, 2),
            "rules": [asdict(one) for one in known.pace],
            "coaching": _factor(known.work_change),
            "compared": _factor(known.work_contrast),
        },
        "coaching": asdict(known.change) if known.change else None,
        "compared": asdict(known.contrast) if known.contrast else None,
        "notes": list(known.why.values()),
    }


def _factor(found: Change | Contrast | None) -> dict[str, float] | None:
    """A change of logarithms as a factor."""
    if found is None:
        return None
    plain = {("ratio" if name == "mean" else name): value for name, value in asdict(found).items()}
    return plain | {name: math.exp(plain[name]) for name in ("ratio", "low", "high")}


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


def _pace_table(found: Sequence[Pace]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Rule", "Found in", "Times as long under way", "95 % between"):
        table.add_column(name, justify="left" if name == "Rule" else "right", no_wrap=True)
    for one in found:
        table.add_row(one.rule, str(one.found), f"{one.ratio:.2f}", f"{one.low:.2f} and {one.high:.2f}")
    return table


def _times(given: Sequence[Outcome]) -> str:
    spans = told.work_times(given)
    typical = told.typical(spans)
    half = f"; half of them were under way for at most {typical / HOUR:.1f} hours" if typical is not None else ""
    return f"Of {len(spans)} tickets that are done the time under way is known{half}."


def _changed(found: Change | None) -> str:
    assert found is not None  # noqa: S101 (else there is a reason why not)
    return (
        f"{found.authors} authors score {found.mean:+.1f} points on tickets filed since we speak in their project "
        f"(95 % between {found.low:+.1f} and {found.high:+.1f})."
    )


def _contrasted(found: Contrast | None) -> str:
    assert found is not None  # noqa: S101 (else there is a reason why not)
    return (
        f"That is {found.mean:+.1f} points more than with {found.others} authors whom we left alone (95 % between "
        f"{found.low:+.1f} and {found.high:+.1f}; if that includes 0, it may be chance)."
    )


def _work_changed(found: Change | None) -> str:
    assert found is not None  # noqa: S101 (else there is a reason why not)
    ratio, low, high = map(math.exp, (found.mean, found.low, found.high))
    return (
        f"The tickets of {found.authors} authors were under way {ratio:.2f} times as long since we speak in their "
        f"project (95 % between {low:.2f} and {high:.2f})."
    )


def _work_contrasted(found: Contrast | None) -> str:
    assert found is not None  # noqa: S101 (else there is a reason why not)
    ratio, low, high = map(math.exp, (found.mean, found.low, found.high))
    return (
        f"That is {ratio:.2f} times the change with {found.others} authors whom we left alone (95 % between "
        f"{low:.2f} and {high:.2f}; if that includes 1, it may be chance)."
    )
