"""clarity rules: list, explain and check rules, and write their pages."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from service import profiling, rulebook, rulepage
from service.accuracy import judgements
from service.accuracy.judgements import Judgement
from service.cli import Stop
from service.cli.noise import noise, review
from service.cli.pages import update
from service.cli.reading import tickets
from service.rulebook import Rule, Rulebook, RuleFileError, Signal
from service.settings import load

if TYPE_CHECKING:
    from spacy.language import Language


@click.group()
def rules() -> None:
    """List, explain and check rules."""


@rules.command(name="list")
def list_rules() -> None:
    """Every rule, with what it finds and what it costs."""
    table = Table(box=None, pad_edge=False)
    for name in ("Rule", "Finds", "For", "Severity", "Points"):
        table.add_column(name, justify="right" if name == "Points" else "left", no_wrap=name == "Rule")
    for rule in sorted(_book().rules.values(), key=lambda rule: (rule.dimension, rule.id)):
        table.add_row(rule.id, rule.title, rulepage.applies_to(rule), rule.severity, str(rule.weight))
    Console().print(table)


@rules.command()
@click.argument("rule")
@click.option("--markdown", is_flag=True, help="Print the page's source.")
def explain(rule: str, *, markdown: bool) -> None:
    """What RULE finds, why it matters and what would pass."""
    page = rulepage.page(_rule(_book(), rule))
    if markdown:
        click.echo(page, nl=False)
    else:
        Console().print(Markdown(page.removeprefix(rulepage.HEADER)))


@rules.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Read the rule files in FOLDER beside those shipped, and run their examples.

    Without FOLDER the folder in CLARITY_RULES is checked, or else only the shipped rules. Exit code 1 if anything
    is wrong.
    """
    settings = load(os.environ)
    folder = folder or settings.rules
    try:
        book = rulebook.load([folder] if folder else [])
    except RuleFileError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    failures = _failures(book)
    for failure in failures:
        click.echo(str(failure), err=True)
    items: list[Rule | Signal] = [*book.rules.values(), *book.signals.values()]
    examples = sum(_examples(item) for item in items)
    click.echo(f"{len(book.rules)} rules, {examples} examples, {len(failures)} wrong. Rulebook {book.version}.")
    sys.exit(1 if failures else 0)


@rules.command()
@click.argument("files", nargs=-1)
def profile(files: tuple[str, ...]) -> None:
    """What each rule costs on the tickets in FILES, or on the examples of all rules, in microseconds a ticket.

    A rule or signal is asked only about sentences that hold what it looks for; "found" says of how many of those
    it found something in.
    """
    book = _book()
    items: list[Rule | Signal] = [*book.rules.values(), *book.signals.values()]
    examples = (example.ticket for item in items for example in (*item.examples.bad, *item.examples.good))
    given = tickets(files) if files else examples
    found = profiling.profile(book, _model(), given)
    if not found.tickets:
        raise Stop("There is no ticket to read in what was given.")
    Console().print(_costs(found))
    parse, together = found.microseconds(found.parse), found.microseconds(found.rules)
    click.echo(
        f"{len(items)} rules and signals take {together:.0f} µs a ticket beside {parse:.0f} µs for the parse. "
        f"Tickets: {found.tickets}, sentences: {found.sentences}."
    )


def _costs(found: profiling.Profile) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Rule or signal", "µs a ticket", "Asked", "Found"):
        table.add_column(name, justify="left" if name == "Rule or signal" else "right", no_wrap=True)
    for name, cost in sorted(found.costs.items(), key=lambda pair: -pair[1].nanoseconds):
        asked = ("", "") if cost is found.costs[profiling.SHARED] else (str(cost.asked), str(cost.found))
        table.add_row(name, f"{found.microseconds(cost.nanoseconds):.1f}", *asked)
    return table


@rules.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def docs(folder: Path) -> None:
    """Write a page for each shipped rule, and their list, into FOLDER.

    What people judged of a rule's findings is read from precision.yaml beside FOLDER, and goes into the rule's
    page and into accuracy.md beside FOLDER, where these files exist.
    """
    book = rulebook.load()
    judged = _judged(folder.parent / "precision.yaml", book)
    folder.mkdir(parents=True, exist_ok=True)
    for rule in book.rules.values():
        (folder / f"{rule.id}.md").write_text(rulepage.page(rule, judged.get(rule.id)), encoding="utf-8")
    (folder / "README.md").write_text(rulepage.index(book), encoding="utf-8")
    accuracy = folder.parent / "accuracy.md"
    if accuracy.exists():
        update(accuracy, "judged", judgements.as_markdown(judged, book.rules))
    click.echo(f"{len(book.rules)} pages in {folder}.")


def _judged(path: Path, book: Rulebook) -> Mapping[str, Judgement]:
    try:
        return judgements.read(path.read_text(encoding="utf-8"), str(path), book.rules) if path.exists() else {}
    except RuleFileError as error:
        raise Stop(str(error)) from error


def _book() -> Rulebook:
    settings = load(os.environ)
    try:
        return rulebook.load([settings.rules] if settings.rules else [])
    except RuleFileError as error:
        raise Stop(str(error)) from error


def known_rule(name: str) -> Rule:
    """The rule of this id; raises Stop that names those there are."""
    return _rule(_book(), name)


def _rule(book: Rulebook, name: str) -> Rule:
    if name not in book.rules:
        raise Stop(f'There is no rule "{name}". Choose one of: {", ".join(sorted(book.rules))}.')
    return book.rules[name]


def _model() -> Language:
    from service.document import language  # noqa: PLC0415 (spaCy; not for list and explain)

    settings = load(os.environ)
    try:
        return language.load(settings.model, fast=settings.fast)
    except language.ModelError as error:
        raise Stop(str(error)) from error


def _failures(book: Rulebook) -> list[str]:
    from service import proof  # noqa: PLC0415 (spaCy; not for list and explain)
    from service.review import Reviewer  # noqa: PLC0415

    reviewer = Reviewer(book, _model())
    of_rules = [str(f) for rule in book.rules.values() for f in proof.prove(reviewer, rule)]
    return of_rules + [str(f) for signal in book.signals.values() for f in proof.prove_signal(reviewer, signal)]


def _examples(item: Rule | Signal) -> int:
    examples = item.examples
    return sum(map(len, (examples.bad, examples.good, examples.missed, examples.false_alarms)))


rules.add_command(noise)
rules.add_command(review)
