"""clarity report: what the trends page shows, as one file."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import Stop
from service.settings import Settings, load
from service.settings.keeping import with_kept_key

if TYPE_CHECKING:
    from service.reports.report import Report
    from service.reports.selection import Selection

DEFAULT = "12w"
MOST_WEEKS = 520


@click.command()
@click.option("--project", default="", help="Only this project.")
@click.option("--team", default="", help="Only this team's projects.")
@click.option("--kind", type=click.Choice(["story", "task", "bug", "epic"]), help="Only tickets of this kind.")
@click.option(
    "--since", default=DEFAULT, show_default=True, help="A date (2026-09-01), or how long ago (8w, 90d)."
)
@click.option("--html", "form", flag_value="html", default="html", help="One page, its charts within (default).")
@click.option("--csv", "form", flag_value="csv", help="A line for each number.")
@click.option("--json", "form", flag_value="json", help="Everything, with the sentences.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def report(*, project: str, team: str, kind: str | None, since: str, form: str, output: Path | None) -> None:
    """Write the trends as one self-contained file, for mail and wikis.

    It holds what /trends shows: no ticket text and no names. Whole weeks are told, from the one that --since falls
    in. Exit codes: 0 written; 1 nothing to tell, as there are no tickets or fewer than five people wrote them;
    2 it cannot be done.
    """
    settings = with_kept_key(load(os.environ))
    if team and team not in settings.teams:
        raise Stop(f"--team: there is no team {team}. {_teams(settings)}")
    from service.reports.days import today  # noqa: PLC0415 (SQLAlchemy and numpy; not for --help)
    from service.reports.drawing import DrawingFailed  # noqa: PLC0415
    from service.reports.selection import Selection  # noqa: PLC0415

    now = today(time.time())
    chosen = Selection(now, project=project, team=team, kind=kind or "", since=began(since, now))
    try:
        text = _written(form)(_report(settings, chosen))
    except DrawingFailed as error:
        raise Stop(f"{error} Try --csv or --json.") from None
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Stop(f"--output: {output} cannot be written: {error.strerror}.") from None


def began(told: str, now: date) -> date:
    """The day that --since means. Raises Stop."""
    ago = re.fullmatch(r"(\d{1,4})([dw])", told.strip())
    try:
        found = (
            now - timedelta(days=int(ago[1]) * (7 if ago[2] == "w" else 1)) if ago else date.fromisoformat(told)
        )
    except ValueError:
        raise Stop(f"--since: {told} is no date. Write 2026-09-01, 8w for eight weeks, or 90d.") from None
    if not now - timedelta(weeks=MOST_WEEKS) <= found <= now:
        raise Stop(f"--since: {told} is not within the last ten years.")
    return found


def _report(settings: Settings, chosen: Selection) -> Report:
    """What is to be told; ends the command where that is nothing."""
    from service.reports.making import Untold, make  # noqa: PLC0415 (as above)
    from service.store import Store, StoreUnavailable  # noqa: PLC0415

    store = Store.of(settings)
    try:
        store.migrate()
        return make(store, settings, chosen)
    except Untold as nothing:
        click.echo(str(nothing), err=True)
        sys.exit(1)
    except StoreUnavailable as error:
        raise Stop(f"{error}.") from None
    finally:
        store.close()


def _written(form: str) -> Callable[[Report], str]:
    from service.reports import report as forms  # noqa: PLC0415 (as above)

    return {"html": forms.as_html, "csv": forms.as_csv, "json": forms.as_json}[form]


def _teams(settings: Settings) -> str:
    return f"Choose one of: {', '.join(settings.teams)}." if settings.teams else "Teams are set in clarity.toml."
