"""clarity connect: from nothing to connected, step by step, by questions or by options alone."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.text import Text

from service.cli import Stop
from service.cli.waiting import wait_for_delivery
from service.loopback import is_loopback
from service.permissions import needed
from service.settings import JiraSite, LinearSite, Secret, Settings, SettingsError, load
from service.settings.writing import has_site, settings_file, write_site
from service.trackers.base import NotAllowed, TrackerError
from service.trackers.knocking import knock

TIMEOUT = 15.0
MAKE = "Make the webhook as said above."
EVENTS = {
    "jira": "Issue created, updated, deleted; Comment created, updated, deleted",
    "linear": "Issues and Comments",
}
PLACES = {
    "jira": "as a Jira admin, Settings → System → WebHooks → Create a WebHook",
    "linear": "as an admin, Settings → API → Webhooks → New webhook",
}


@dataclass
class Walk:
    """One walk: what was told on the way, and whether anything is left to do."""

    tracker: str
    site: str
    base_url: str
    secret: str
    config: Path
    prints: bool
    replaces: bool
    tests: bool
    waits: float
    left: list[str] = field(default_factory=list)

    @property
    def hook(self) -> str:
        """Where the tracker sends its deliveries."""
        name = "" if self.site == "default" else f"/{self.site}"
        return f"{self.base_url.rstrip('/')}/webhooks/{self.tracker}{name}"


def _options(command: click.Command) -> click.Command:
    """What both walks are asked."""
    for option in reversed(
        [
            click.option("--site", default="default", help="Name of the site here, if there are several."),
            click.option("--base-url", help="Where the tracker reaches this service."),
            click.option("--webhook-secret", help="Secret of the webhook; made up if not given."),
            click.option(
                "--config", type=click.Path(dir_okay=False, path_type=Path), help="The clarity.toml to write into."
            ),
            click.option("--print", "prints", is_flag=True, help="Write nothing; print environment lines."),
            click.option("--replace", "replaces", is_flag=True, help="Change a site that is set already."),
            click.option(
                "--wait",
                "waits",
                type=click.FloatRange(0, 3600),
                default=0.0,
                help="Seconds to wait for word.",
            ),
            click.option("--no-test", "tests", flag_value=False, default=True, help="Send no test delivery."),
        ]
    ):
        command = option(command)
    return command


@click.group()
def connect() -> None:
    """Connect Jira or Linear: asks, checks, writes the settings, and says what is left to do.

    What is not given as an option is asked for in a terminal. Exit codes: 0 connected, 1 something is left to do,
    2 it cannot be done.
    """


@connect.command()
@click.option(
    "--url", envvar="CLARITY_JIRA_URL", help="Address of the Jira, such as https://your-team.atlassian.net."
)
@click.option("--email", envvar="CLARITY_JIRA_EMAIL", help="Cloud: e-mail of the user who comments.")
@click.option("--api-token", envvar="CLARITY_JIRA_API_TOKEN", help="Cloud: that user's API token.")
@click.option("--token", envvar="CLARITY_JIRA_TOKEN", help="Data Center: that user's personal access token.")
@click.option("--project", default="", help="A project's key: are we allowed what is needed there?")
@_options  # type: ignore[arg-type]
def jira(
    *,
    url: str | None,
    email: str | None,
    api_token: str | None,
    token: str | None,
    project: str,
    **given: str | float | Path | None,
) -> None:
    """Connect a Jira, Cloud or Data Center."""
    url = (url or _asked("Address of your Jira", "--url")).rstrip("/")
    host = urlsplit(url).hostname or ""
    cloud = not token and (bool(api_token) or host.endswith((".atlassian.net", ".jira.com")))
    if cloud:
        email = email or _asked("E-mail of the user who comments", "--email")
        api_token = api_token or _asked("Its API token (id.atlassian.com → Security)", "--api-token", hidden=True)
        values = {"url": url, "email": email, "api_token": api_token}
    else:
        token = token or _asked("Personal access token of the user who comments", "--token", hidden=True)
        values = {"url": url, "token": token}
    walk = _walk("jira", given)
    _check_jira(walk, values, project, cloud=cloud)
    _finish(walk, values | {"webhook_secret": walk.secret})


@connect.command()
@click.option("--api-key", envvar="CLARITY_LINEAR_API_KEY", help="API key of the user who comments.")
@click.option("--api-url", default="", help="Address of Linear's API, if it is another.")
@_options  # type: ignore[arg-type]
def linear(*, api_key: str | None, api_url: str, **given: str | float | Path | None) -> None:
    """Connect a Linear workspace; its webhook is made where the key's user is an admin."""
    api_key = api_key or _asked("API key (Settings → API → Personal API keys)", "--api-key", hidden=True)
    values = {"api_key": api_key, **({"api_url": api_url} if api_url else {})}
    walk = _walk("linear", given)
    made = _check_linear(walk, values)
    _finish(walk, values | {"webhook_secret": walk.secret}, has_webhook=made)


def _walk(tracker: str, given: dict[str, str | float | Path | None]) -> Walk:
    settings = _settings()
    known = settings.base_url if settings and not is_loopback(urlsplit(settings.base_url).hostname or "") else ""
    base = given["base_url"] or known or _asked(f"Address at which {tracker.title()} reaches us", "--base-url")
    parts = urlsplit(str(base))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Stop(f"{base} is no address. Valid is one such as https://clarity.your-team.example.")
    walk = Walk(
        tracker=tracker,
        site=str(given["site"]),
        base_url=str(base).rstrip("/"),
        secret=str(given["webhook_secret"] or secrets.token_urlsafe(32)),
        config=Path(str(given["config"])) if given["config"] else settings_file(os.environ),
        prints=bool(given["prints"]),
        replaces=bool(given["replaces"]),
        tests=bool(given["tests"]),
        waits=float(str(given["waits"])),
    )
    if is_loopback(parts.hostname):
        _odd(walk, f"no tracker can reach {walk.base_url}", "Put the service behind an address of your own.")
    if not walk.prints and not walk.replaces and has_site(walk.config, tracker, walk.site):
        _confirm(f"{walk.config} has a {tracker} site “{walk.site}” already. Change it?", "--replace")
    return walk


def _check_jira(walk: Walk, values: dict[str, str], project: str, *, cloud: bool) -> None:
    from service.trackers.jira import JiraTracker  # noqa: PLC0415 (the library; not for --help)

    site = JiraSite(
        walk.site,
        values["url"],
        email=values.get("email", ""),
        api_token=Secret(values.get("api_token", "")),
        token=Secret(values.get("token", "")),
        cloud=cloud,
    )
    try:
        tracker = JiraTracker(site, TIMEOUT)
        _well(tracker.check())
        lacking = tracker.lacking(needed(_settings()), project)
    except TrackerError as error:
        raise Stop(f"{error} Nothing was written.") from None
    if lacking:
        _odd(walk, f"the user lacks {', '.join(lacking)}", "Grant that in the project's permission scheme.")
    else:
        _well(f"it may do all that is needed{f' in {project}' if project else ''}")


def _check_linear(walk: Walk, values: dict[str, str]) -> bool:
    """Whether there is a webhook now."""
    from service.trackers.linear import LinearTracker  # noqa: PLC0415 (the library; not for --help)

    site = LinearSite(walk.site, api_key=Secret(values["api_key"]))
    if "api_url" in values:
        site = LinearSite(walk.site, values["api_url"], Secret(values["api_key"]))
    tracker = LinearTracker(site, TIMEOUT)
    try:
        _well(tracker.check())
        kept = tracker.ensure_webhook(walk.hook, walk.secret)
    except NotAllowed:
        return False
    except TrackerError as error:
        raise Stop(f"{error} Nothing was written.") from None
    if not kept:
        _odd(walk, "a webhook to us is there already", "Copy its signing secret, and give it as --webhook-secret.")
        return True
    walk.secret = kept
    _well(f"its webhook sends issues and comments of all public teams to {walk.hook}")
    return True


def _finish(walk: Walk, values: dict[str, str], *, has_webhook: bool = False) -> None:
    """Keep the settings, say what to click, try it, and end with one line."""
    _keep(walk, values)
    if not has_webhook:
        _say_what_to_click(walk)
    if walk.tests and not walk.prints:
        _try(walk)
    if walk.waits and not walk.prints:
        _wait(walk)
    if walk.left:
        _console().print(Text(f"Left to do: {' '.join(walk.left)} Then: clarity doctor.", style="bold yellow"))
        sys.exit(1)
    done = f"✓ {walk.tracker.title()} is connected. Only tickets created or edited from now on get a comment."
    _console().print(Text(done, style="bold green"))


def _keep(walk: Walk, values: dict[str, str]) -> None:
    if walk.prints:
        _print_environment(walk, values)
        return
    settings = write_site(walk.config, walk.tracker, walk.site, values, base_url=walk.base_url, environ=os.environ)
    _well(f"written to {walk.config}, which its owner alone can read")
    told = (settings.jira if walk.tracker == "jira" else settings.linear)[walk.site]
    if walk.secret not in told.webhook_secrets or settings.base_url != walk.base_url:
        advice = "Take the CLARITY_ variables that say otherwise out of the environment."
        _odd(walk, "the environment says otherwise, and has precedence", advice)


def _print_environment(walk: Walk, values: dict[str, str]) -> None:
    if walk.site != "default":
        raise Stop(f"Only the site “default” can be set by the environment; “{walk.site}” needs a clarity.toml.")
    click.echo(f"CLARITY_BASE_URL={walk.base_url}")
    for name, value in values.items():
        click.echo(f"CLARITY_{walk.tracker.upper()}_{name.upper()}={value}")


def _say_what_to_click(walk: Walk) -> None:
    click.echo(f"\nNow make the webhook: {PLACES[walk.tracker]}.")
    rows = (("URL", walk.hook), ("Secret", walk.secret), ("Events", EVENTS[walk.tracker]))
    for name, value in rows:
        click.echo(f"  {name.ljust(7)} {value}")
    click.echo("")
    walk.left.append(MAKE)


def _try(walk: Walk) -> None:
    try:
        _well(f"{knock(walk.hook, walk.tracker, walk.secret)} at {walk.hook}")
    except TrackerError as error:
        _odd(walk, str(error).rstrip("."), "Start the service with these settings: clarity serve.")


def _wait(walk: Walk) -> None:
    """A delivery of the tracker's own proves all of it, and that the webhook is made."""
    click.echo(f"Save any ticket in {walk.tracker.title()} now; waiting {walk.waits:g} s for word of it …")
    try:
        came = wait_for_delivery(walk.tracker, walk.site, walk.waits)
    except SettingsError as error:
        _odd(walk, str(error).rstrip("."), "Start the service: clarity serve.")
        return
    if came:
        _well(f"{walk.tracker.title()} told us of a change")
        walk.left = [one for one in walk.left if one != MAKE]
    else:
        _odd(walk, "no delivery came", "Look at the webhook's own page for what was answered.")


def _settings() -> Settings | None:
    try:
        return load(os.environ)
    except SettingsError:
        return None  # what is being set up may be what is still missing


def _asked(question: str, option: str, *, hidden: bool = False) -> str:
    """An answer from the terminal; where nobody sits there, the option is missing."""
    if not sys.stdin.isatty():
        raise Stop(f"{option} is missing: {question}. Nobody can be asked here.")
    told = click.prompt(question, hide_input=hidden)
    return str(told).strip()


def _confirm(question: str, option: str) -> None:
    if not sys.stdin.isatty():
        raise Stop(f"{question} If so, add {option}.")
    click.confirm(question, abort=True)


def _well(said: str) -> None:
    _console().print(Text.assemble(("✓", "green"), f"  {said}"))


def _odd(walk: Walk, said: str, advice: str) -> None:
    _console().print(Text.assemble(("!", "yellow"), f"  {said}"))
    walk.left.append(advice)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
