"""clarity evaluate: how often we are right, on tickets that people have labelled."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from service.accuracy import tables
from service.accuracy.evaluation import Row
from service.accuracy.evaluation import evaluate as rows_of
from service.accuracy.labelled import SCORE, LabelError, Question, questions
from service.cli import Stop, pages
from service.cli.labels import Reviewing, read_json, read_labelled
from service.settings import load

EXISTING = click.Path(path_type=Path)


@click.command()
@click.argument("folder", required=False, type=EXISTING)
@click.option("--data", type=EXISTING, help="Folder of the tickets, SET.jsonl each; else FOLDER/data or FOLDER.")
@click.option("--labels", type=EXISTING, help="Which rules answer which label; else FOLDER/labels.json.")
@click.option("--only", default="", metavar="SET,SET", help="Only these sets.")
@click.option("--groups", is_flag=True, help="Also each group by itself.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option("--markdown", is_flag=True, help="Write Markdown tables.")
@click.option("--update", type=EXISTING, help="Put the Markdown tables into this page, between its marks.")
def evaluate(
    folder: Path | None,
    *,
    data: Path | None,
    labels: Path | None,
    only: str,
    groups: bool,
    as_json: bool,
    markdown: bool,
    update: Path | None,
) -> None:
    """Precision, recall and F1 of each label in the sets of FOLDER, and the AUC of the score.

    A set is a file SET.jsonl of tickets as `clarity check` reads them, each with "labels" (an object of true,
    false or 0 to 3) and "group" (the project it came from). labels.json says which rules answer a label:
    {"bugs": {"no_steps": ["no-steps-to-reproduce"], "unclear": "score"}}. A score answers the labels of 2 and 3.
    """
    data, asked = _where(folder, data, labels, only)
    reviewing = Reviewing(load(os.environ))
    evaluated = _rows(data, asked, reviewing)
    if as_json:
        click.echo(json.dumps(tables.as_json(evaluated), indent=1))
    elif update:
        version = reviewing.reviewer.rulebook.version
        told = f"Measured with rulebook `{version}`; `clarity rules check` prints the number of yours."
        pages.update(update, "labels", f"{told}\n\n{tables.as_markdown(list(evaluated))}")
        click.echo(f"{update} is up to date.")
    elif markdown:
        click.echo(tables.as_markdown(list(evaluated)))
    else:
        for row in evaluated:
            click.echo(tables.as_text([row], groups=groups))


def _where(
    folder: Path | None, data: Path | None, labels: Path | None, only: str
) -> tuple[Path, Mapping[str, Mapping[str, Question]]]:
    if folder is None and (data is None or labels is None):
        raise Stop("Name a FOLDER with labels.json and the tickets, or both --data and --labels.")
    folder = folder or Path()
    data = data or (folder / "data" if (folder / "data").is_dir() else folder)
    labels = labels or folder / "labels.json"
    try:
        asked = questions(read_json(labels), str(labels))
    except LabelError as error:
        raise Stop(str(error)) from error
    wanted = [name for name in only.split(",") if name] or list(asked)
    for name in wanted:
        if name not in asked:
            raise Stop(f'{labels} names no set "{name}". Choose from: {", ".join(asked)}.')
    return data, {name: asked[name] for name in wanted}


def _rows(data: Path, asked: Mapping[str, Mapping[str, Question]], reviewing: Reviewing) -> Iterator[Row]:
    known = reviewing.reviewer.rulebook.rules
    named = {rule for labels in asked.values() for rules in labels.values() if rules != SCORE for rule in rules}
    if unknown := sorted(named - set(known)):
        click.echo(f"These rules do not exist and so find nothing: {', '.join(unknown)}.", err=True)
    for name, labels in asked.items():
        given = read_labelled(data / f"{name}.jsonl")
        try:
            yield from rows_of(name, given, reviewing.review(given, name), labels)
        except LabelError as error:
            raise Stop(str(error)) from error
