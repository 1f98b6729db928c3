"""The command line. Each command is a module, imported only when it is called."""

from __future__ import annotations

import sys
from importlib import import_module, metadata

import click

from service.one_core import keep_to_one_core
from service.settings import SettingsError

# Name, module, and the line that `clarity --help` shows without importing it.
COMMANDS = {
    "check": ("service.cli.check", "Score tickets from files or standard input."),
    "audit": ("service.cli.audit", "Score a whole backlog, from a tracker or an export."),
    "template": ("service.cli.template", "Write what a good ticket has to say, to be filled in."),
    "mcp": ("service.cli.mcp", "Let a writing assistant check drafts (Model Context Protocol)."),
    "serve": ("service.cli.serve", "Receive webhooks, comment on tickets, and serve the playground."),
    "demo": ("service.cli.demo", "Serve the pages with sample data: a simulated quarter."),
    "web": ("service.cli.web", "Receive webhooks and serve the pages, as one of several hosts."),
    "worker": ("service.cli.worker", "Work on tickets, as one of several hosts."),
    "migrate": ("service.cli.migrate", "Bring the database up to date."),
    "evaluate": ("service.cli.evaluate", "Say how often we are right, on tickets that people have labelled."),
    "calibrate": ("service.cli.calibrate", "Suggest weights, from tickets that people have labelled."),
    "outcomes": (
        "service.cli.outcomes",
        "Say what came of tickets, and which rules saw it coming.",
    ),
    "reconcile": ("service.cli.reconcile", "Find what changed without a webhook."),
    "rules": ("service.cli.rules", "List, explain and check rules."),
    "report": ("service.cli.report", "Write the trends as one file, for mail and wikis."),
    "forget": ("service.cli.forget", "Take a person's traces out of the database."),
    "secrets": ("service.cli.secrets", "Change the key under which the database keeps its secrets."),
    "connect": ("service.cli.connect", "Connect Jira or Linear, step by step."),
    "doctor": ("service.cli.doctor", "Say whether everything is set up, and what to do where it is not."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        keep_to_one_core()
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Stop(str(error)) from error


class Stop(click.ClickException):
    """The command cannot go on; the sentence says why and what to do. Exit code 2."""

    exit_code = 2


def _version() -> str:
    try:
        return metadata.version("ticket-clarity")
    except metadata.PackageNotFoundError:
        return "(not installed)"


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="clarity")
def main() -> None:
    """Read tickets, score how clear and testable they are, and say in a short comment what would help."""
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate in a ticket must not end the run; in JSON its escape is the character itself.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
