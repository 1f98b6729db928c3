"""clarity calibrate: weights fitted to tickets that people have labelled."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from service import rulebook
from service.accuracy.calibration import Calibration, TooFewError, cases
from service.accuracy.calibration import calibrate as fitted
from service.accuracy.weights import Case
from service.cli import Stop
from service.cli.labels import Reviewing, read_labelled
from service.cli.noise import open_store
from service.cli.overrides import write_weights
from service.policy import Policy
from service.rulebook import Rule
from service.settings import Settings, load
from service.settings.keeping import with_kept_key


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from-outcomes", is_flag=True, help="Learn from your own tickets: see `clarity outcomes`.")
@click.option("--label", "labels", multiple=True, help="Only this label; may be given several times.")
@click.option("--write", type=click.Path(path_type=Path), metavar="TOML", help="Write the weights into this file.")
def calibrate(
    files: tuple[Path, ...], *, from_outcomes: bool, labels: tuple[str, ...], write: Path | None
) -> None:
    """Suggest weights so that the score ranks tickets by whether an engineer could act on them.

    A line of FILES is a ticket as `clarity check` reads it, with "label": true or false, or 0 (clear) to 3 (nobody
    could act on it; 2 and 3 count), and "group", the project it came from. Instead of "label" there may be several
    "labels", an object; then the weights serve all of them alike.

    With --from-outcomes no file is read: a ticket counts as one that nobody could act on where people had to ask
    before the work began, or opened it again.

    Nothing is changed unless --write names a clarity.toml, and only if the fitted weights do better than today's
    on projects that they were not fitted to.
    """
    if bool(files) is from_outcomes:
        raise Stop("Name files with labelled tickets, or give --from-outcomes.")
    settings = load(os.environ)
    rules, given = _outcomes(settings) if from_outcomes else _labelled(files, labels, settings)
    try:
        found = fitted(
            given,
            _today(rules, settings.policy),
            {name: rule.dimension for name, rule in rules.items()},
        )
    except TooFewError as error:
        raise Stop(str(error)) from error
    _show(found)
    changed = {one.rule: one.suggested for one in found.suggestions if one.suggested != one.today}
    if write and changed and found.better:
        write_weights(write, changed)
        click.echo(f"{len(changed)} weights are written to {write}. They hold for tickets edited from now on.")
    elif write:
        click.echo("Nothing is written: the fitted weights are no better.")


def _labelled(
    files: tuple[Path, ...], labels: tuple[str, ...], settings: Settings
) -> tuple[Mapping[str, Rule], list[Case]]:
    reviewing = Reviewing(settings)
    return reviewing.reviewer.rulebook.rules, _cases(files, labels, reviewing)


def _outcomes(settings: Settings) -> tuple[Mapping[str, Rule], list[Case]]:
    """A case for each ticket that we know the end of; rules that are no more are left out."""
    from service.store.questions import outcomes  # noqa: PLC0415 (SQLAlchemy; not for files)

    rules = rulebook.load([settings.rules] if settings.rules else []).rules
    store = open_store(with_kept_key(settings))
    try:
        with store.reading() as connection:
            given = outcomes(connection)
    finally:
        store.close()
    counts = (Counter(rule for rule in one.found if rule in rules) for one in given)
    return rules, [
        Case(count, one.trouble, "outcomes", one.project) for one, count in zip(given, counts, strict=True)
    ]


def _cases(files: tuple[Path, ...], labels: tuple[str, ...], reviewing: Reviewing) -> list[Case]:
    found: list[Case] = []
    for path in files:
        given = read_labelled(path)
        known = sorted({label for one in given for label in one.labels})
        if labels and not set(labels) & set(known):
            raise Stop(f"{path} has no label {' or '.join(labels)}. It has: {', '.join(known)}.")
        found += cases(given, reviewing.review(given, path.name), [n for n in known if not labels or n in labels])
    return found


def _today(rules: Mapping[str, Rule], policy: Policy) -> dict[str, int]:
    changes = {name: change.weight for name, change in policy.rules.items() if change.weight is not None}
    return {name: changes.get(name, rule.weight) for name, rule in rules.items()}


def _show(found: Calibration) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("Rule", "Today", "Fitted", "Found in", "Of these stuck"):
        table.add_column(name, justify="left" if name == "Rule" else "right", no_wrap=True)
    for one in sorted(found.suggestions, key=lambda one: -abs(one.suggested - one.today)):
        table.add_row(one.rule, str(one.today), str(one.suggested), str(one.found), f"{one.stuck / one.found:.0%}")
    Console().print(table)
    tried = "projects left out in turn" if found.groups > 1 else "a fifth of the tickets left out in turn"
    low, high = found.gain
    click.echo(
        f"{found.answers} answers from {found.groups} projects; in {found.stuck} people could not act "
        f"({found.stuck / found.answers:.0%}).\n"
        f"AUC of the score: today {found.today:.3f}; fitted {found.fitted:.3f}, with {tried} "
        f"(95 % of the difference: {low:+.3f} to {high:+.3f})."
    )
    if found.better and not found.sure:
        click.echo("So much may be chance. Label more tickets before you rely on it.")
