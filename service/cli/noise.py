"""clarity rules noise and review: which rules people find useful, and who gives one its voice back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click
import structlog
from rich.console import Console
from rich.table import Table

from service.cli import Stop
from service.response import FEWEST_SHOWN, TOO_MANY, Tally
from service.settings import Settings, load
from service.settings.keeping import with_kept_key

if TYPE_CHECKING:
    from service.store import Store

ALL = "(all)"
log = structlog.get_logger(__name__)


@click.command()
@click.option("--project", help="Only this project.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def noise(*, project: str | None, form: str) -> None:
    """How people took what each rule said: shown, mended, ignored, called not useful.

    A case is one rule on one ticket. The interval says between which shares of cases the rule is not useful, with
    95 % confidence. A rule that is for sure not useful in more than 10 % of at least 20 cases has lost its voice
    in that project: it is not spoken of there and costs nothing, until `clarity rules review` gives it back. Exit
    code 2 if the database cannot be read.
    """
    from service.store import StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store.responses import tallies, voiceless  # noqa: PLC0415

    store = open_store(with_kept_key(load(os.environ)))
    try:
        with store.reading() as connection:
            found = tallies(connection, project=project, playground=False)
            silent = {name: voiceless(connection, name) for name in {one.project for one in found}}
    except StoreUnavailable as error:
        raise Stop(f"{error}.") from None
    finally:
        store.close()
    if form == "json":
        rows = [_plain(one, silent) for one in [*found, *_overall(found)]]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    elif not found:
        click.echo("No rule was spoken of yet: there is nothing to count.")
    else:
        Console().print(_table([*found, *_overall(found)], silent))
        _say_silent(silent)


@click.command()
@click.argument("rule")
@click.option("--project", required=True, metavar="KEY", help="The project in which it is to speak again.")
def review(*, rule: str, project: str) -> None:
    """Give RULE its voice back in a project, after a look at what it said there.

    What was said of it before no longer counts. To leave a rule out for good, write `enabled = false` for it into
    clarity.toml instead. The log says who lost and who got back a voice. Exit code 2 if it cannot be done.
    """
    from service.cli.rules import known_rule  # noqa: PLC0415 (which imports us)
    from service.store import StoreUnavailable  # noqa: PLC0415
    from service.store.responses import add_rule_review, voiceless  # noqa: PLC0415

    known_rule(rule)
    store = open_store(with_kept_key(load(os.environ)))
    try:
        with store.writing() as connection:
            silent = rule in voiceless(connection, project)
            add_rule_review(connection, rule, project)
    except StoreUnavailable as error:
        raise Stop(f"{error}. Nothing was changed.") from None
    finally:
        store.close()
    log.info("a rule was reviewed", rule=rule, project=project, was_silent=silent)
    then = "It speaks again from each ticket's next edit on." if silent else "It had not lost its voice."
    click.echo(f"{rule} was reviewed in {project}. {then}")


def open_store(settings: Settings) -> Store:
    """The database of these settings, up to date; raises Stop."""
    from service.store import Store, StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)

    store = Store.of(settings)
    try:
        store.migrate()
    except StoreUnavailable as error:
        raise Stop(f"{error}.") from None
    return store


def _overall(found: Iterable[Tally]) -> list[Tally]:
    """Each rule over all projects."""
    of_rule: dict[str, list[Tally]] = {}
    for one in found:
        of_rule.setdefault(one.rule, []).append(one)
    return [
        Tally(rule, "", *(sum(getattr(one, name) for one in many) for name in _COUNTS))
        for rule, many in sorted(of_rule.items())
    ]


_COUNTS = ("shown", "mended", "ignored", "not_useful")


def _plain(one: Tally, silent: Mapping[str, frozenset[str]]) -> dict[str, object]:
    low, high = one.share
    return {
        "rule": one.rule,
        "project": one.project or None,
        **{name: getattr(one, name) for name in _COUNTS},
        "not_useful_share": one.not_useful / one.shown if one.shown else None,
        "interval": [round(low, 4), round(high, 4)],
        "voice": one.rule not in silent.get(one.project, ()) if one.project else None,
    }


def _table(found: Iterable[Tally], silent: Mapping[str, frozenset[str]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Project", "Rule", "Shown", "Mended", "Ignored", "Not useful", "95 % between", "Voice"):
        table.add_column(name, justify="left" if name in {"Project", "Rule", "Voice"} else "right", no_wrap=True)
    for one in found:
        low, high = one.share
        counts = (str(getattr(one, name)) for name in _COUNTS)
        voice = "lost" if one.rule in silent.get(one.project, ()) else ""
        table.add_row(one.project or ALL, one.rule, *counts, f"{low:.0%} and {high:.0%}", voice)
    return table


def _say_silent(silent: Mapping[str, frozenset[str]]) -> None:
    lost = [(project, rule) for project, rules in sorted(silent.items()) for rule in sorted(rules)]
    if lost:
        click.echo(
            f"\nNot useful in over {TOO_MANY:.0%} of at least {FEWEST_SHOWN} cases, and silent until reviewed:"
        )
    for project, rule in lost:
        click.echo(f"  clarity rules review {rule} --project {project or '“”'}")
