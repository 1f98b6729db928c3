"""clarity template: what a good ticket has to say, to be filled in."""

from __future__ import annotations

import json
import os

import click

from service.render import outline
from service.settings import load
from service.templates import template_for
from service.ticket import Kind, Markup

MARKUPS = [str(markup) for markup in (Markup.MARKDOWN, Markup.WIKI, Markup.ADF)]


@click.command()
@click.argument("kind", type=click.Choice([str(kind) for kind in Kind]))
@click.option("--markup", type=click.Choice(MARKUPS), default="markdown", show_default=True, help="As what.")
@click.option("--project", default="", help="The project whose template is meant, by its key.")
def template(*, kind: str, markup: str, project: str) -> None:
    """Write the template for a KIND of ticket.

    The shipped ones ask for what the rules look for. A team's own stand in clarity.toml, under [policy.templates]
    for all and [projects.KEY.templates] for one project.
    """
    text = template_for(Kind(kind), load(os.environ).templates, project)
    told = outline.render(text, Markup(markup))
    click.echo(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, indent=2), nl=False)
    if not isinstance(told, str):
        click.echo()
