"""clarity reconcile: find what changed without a webhook."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta

import click

from service.settings import load
from service.settings.keeping import with_kept_key

UNITS = {"m": "minutes", "h": "hours", "d": "days"}

VALID = "2026-11-20, 2026-11-20T08:00, 90m, 36h or 7d"


class Since(click.ParamType[datetime]):
    """A time, or how long ago it was."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """2026-11-20, 2026-11-20T08:00, or 90m, 36h, 7d before now; without a zone it is UTC."""
        if isinstance(value, datetime):
            return value
        told = str(value).strip()
        try:
            if found := re.fullmatch(r"(\d{1,6})([mhd])", told):
                return datetime.now(UTC) - timedelta(**{UNITS[found[2]]: int(found[1])})
            when = datetime.fromisoformat(told)
        except (ValueError, OverflowError):
            self.fail(
                f"“{told[:40]}” is no time. Valid is 2026-11-20, 2026-11-20T08:00, 90m, 36h or 7d.", param, ctx
            )
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        if when > datetime.now(UTC):
            self.fail(f"{told} is in the future.", param, ctx)
        return when


@click.command()
@click.option("--since", type=Since(), help="A time, or 90m, 36h or 7d ago; unset: since all was known.")
@click.pass_context
def reconcile(ctx: click.Context, since: datetime | None) -> None:
    """Ask each tracker what changed, and have looked at what no webhook told of.

    For after an outage, or when a vendor has switched a webhook off. The running service does the rest; it also
    asks every night by itself. Exit codes: 0 done, 1 a site did not answer, 2 a setting is wrong.
    """
    from service import logs  # noqa: PLC0415 (structlog; not for --help)
    from service.catchup import catch_up  # noqa: PLC0415
    from service.cli.hosting import migrate  # noqa: PLC0415
    from service.store import Store  # noqa: PLC0415 (SQLAlchemy; not for --help)

    settings = with_kept_key(load(os.environ))
    logs.configure(settings)
    store = Store.of(settings)
    migrate(store)
    failed = False
    for found in catch_up(store, settings, since):
        place = f"{found.tracker} {found.site}"
        told = f"{found.changed} changed since {found.since:%Y-%m-%d %H:%M} UTC, {found.missed} to be looked at"
        click.echo(f"{place}: {found.error or told}", err=bool(found.error))
        failed = failed or bool(found.error)
    store.close()
    ctx.exit(1 if failed else 0)
