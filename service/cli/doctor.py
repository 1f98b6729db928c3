"""clarity doctor: whether everything is set up, and what to do where it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.text import Text

from service.diagnosis import Check, State
from service.doctor import examine
from service.settings import SettingsError, load
from service.settings.keeping import with_kept_key

STYLES = {State.WELL: "green", State.ODD: "yellow", State.WRONG: "bold red"}
NAME_WIDTH = 22


@click.command()
@click.option("--offline", is_flag=True, help="Ask no tracker.")
def doctor(*, offline: bool) -> None:
    """Say whether everything is set up, and what to do where it is not.

    Exit codes: 0 all well or merely odd (!), 1 something is wrong (✗).
    """
    wrong = False
    for check in _checks(offline=offline):
        _show(check)
        wrong = wrong or check.state is State.WRONG
    sys.exit(int(wrong))


def _checks(*, offline: bool) -> Iterator[Check]:
    try:
        settings = with_kept_key(load(os.environ))
        yield Check("settings", State.WELL, "read")
        yield from examine(settings, offline=offline)
    except SettingsError as error:
        yield Check("settings", State.WRONG, str(error))


def _show(check: Check) -> None:
    console = Console(highlight=False, soft_wrap=True)
    mark = (str(check.state), STYLES[check.state])
    console.print(Text.assemble(mark, "  ", check.name.ljust(NAME_WIDTH), "  ", check.said))
    if check.advice:
        console.print(Text(" " * (NAME_WIDTH + 5) + f"→ {check.advice}", style="bold"))
