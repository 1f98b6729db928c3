"""clarity forget: take a person's traces out of the database."""

from __future__ import annotations

import os

import click

from service.cli import Stop
from service.settings import Settings, load
from service.settings.keeping import with_kept_key
from service.ticket import realm


@click.command()
@click.argument("person")
@click.option(
    "--tracker", type=click.Choice(["jira", "linear", "github"]), required=True, help="Where PERSON is known."
)
@click.option("--site", default="default", show_default=True, help="The site's name in the settings.")
@click.option("--opt-out", is_flag=True, help="Forget also that they asked not to be spoken to.")
def forget(*, person: str, tracker: str, site: str, opt_out: bool) -> None:
    """Forget PERSON: no review and no setting bears their name any more.

    PERSON is the user's id at the tracker: in Jira Cloud the account id (the last part of the address of their
    profile), on Data Center the user's key, in Linear and on GitHub the user's id (a number there). We never knew
    more of them than a keyed hash of it. What their tickets scored stays, without a name; so does an opt-out,
    unless --opt-out is given, as they would be spoken to again. May be run while the service runs.
    Exit codes: 0 forgotten, or never known; 2 it cannot be done.
    """
    from service.store import Store, StoreUnavailable  # noqa: PLC0415 (SQLAlchemy; not for --help)
    from service.store.forgetting import forget_opt_out, forget_person  # noqa: PLC0415
    from service.tenants import Tenants  # noqa: PLC0415

    settings = with_kept_key(load(os.environ))
    store = Store.of(settings)
    try:
        store.migrate()
        _refuse_unknown_site(settings, Tenants(store).names(), tracker, site)
        name = store.person(realm(tracker, site), person)
        with store.writing() as connection:
            rows = forget_person(connection, name)
            spoken_to = opt_out and forget_opt_out(connection, name)
        store.scrub()
    except StoreUnavailable as error:
        raise Stop(f"{error}. Nothing was forgotten.") from None
    finally:
        store.close()
    click.echo(f"{rows} entries bore their name and do no more." if rows else "Nothing bore their name.")
    if spoken_to:
        click.echo("What they asked for themselves is forgotten too.")


def _refuse_unknown_site(settings: Settings, tenants: list[str], tracker: str, site: str) -> None:
    """A site misspelled would find nobody, and say so as if all were well."""
    from service.tenants import tracker_of  # noqa: PLC0415 (SQLAlchemy; not for --help)

    known = [*settings.sites[tracker], *(name for name in tenants if tracker_of(name) == tracker)]
    if site not in known:
        choices = f"Choose one of: {', '.join(known)}." if known else "The settings name none."
        raise Stop(f"--site: {site} is no {tracker} site. {choices}")
