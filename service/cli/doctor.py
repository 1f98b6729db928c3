"""clarity doctor: whether everything is set up, and what to do where it is not."""

from __future__ import annotations

import os
import sys

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.settings import SettingsError, load
from service.settings.keeping import with_kept_key

STYLES = {"✓": "green", "!": "yellow", "✗": "bold red"}


@click.command()
@click.option("--offline", is_flag=True, help="Ask no tracker.")
def doctor(*, offline: bool) -> None:
    """Say whether everything is set up, and what to do where it is not.

    Exit codes: 0 all well or merely odd (!), 1 something is wrong (✗).
    """
    from service.doctor import Check, State, examine  # noqa: PLC0415 (loads every part; not for --help)

    console = Console(highlight=False, soft_wrap=True)
    try:
        settings = with_kept_key(load(os.environ))
        checks = [Check("settings", State.WELL, "read"), *examine(settings, offline=offline)]
    except SettingsError as error:
        checks = [Check("settings", State.WRONG, str(error))]
    table = Table.grid(padding=(0, 2))
    for check in checks:
        said = Text(check.said)
        if check.advice:
            said.append(f"\n→ {check.advice}", style="bold")
        table.add_row(Text(check.state, style=STYLES[check.state]), check.name, said)
    console.print(table)
    sys.exit(int(any(check.state is State.WRONG for check in checks)))
