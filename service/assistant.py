"""What a writing assistant may ask of us, as tools of the Model Context Protocol."""

from __future__ import annotations

import threading
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from service.cli.reviewing import review
from service.contract import ContractError, review_to_json, ticket_from_json
from service.render import outline
from service.review import Reviewer
from service.settings import Settings
from service.templates import template_for
from service.ticket import Kind, Markup

INSTRUCTIONS = (
    "Checks drafts of Jira, Linear and GitHub tickets before they are filed. Start from suggest_template, fill it "
    "in with what the person told you, and ask whoever knows instead of inventing a number. Then check_ticket: "
    "mend what costs most points first. A score of 80 is ready. explain_rule has a rule's reason and examples."
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
KindName = Literal["story", "task", "bug", "epic"]
Project = Annotated[str, Field(description="Project key, where the team's settings differ by project")]


def server(settings: Settings, reviewer: Reviewer) -> MCPServer[Any]:
    """The server with its tools; it reads nothing but what it is given."""
    made: MCPServer[Any] = MCPServer("ticket-clarity", title="Ticket Clarity", instructions=INSTRUCTIONS)
    tools = _Tools(settings, reviewer)
    for tool in (tools.check_ticket, tools.explain_rule, tools.suggest_template):
        made.tool(annotations=_READS)(tool)
    return made


class _Tools:
    def __init__(self, settings: Settings, reviewer: Reviewer) -> None:
        self._settings, self._reviewer = settings, reviewer
        self._lock = threading.Lock()  # a pipeline parses for one at a time

    def check_ticket(  # noqa: PLR0917 (a client names what it gives)
        self,
        title: Annotated[str, Field(description="The ticket's title")],
        description: Annotated[str, Field(description="Its text")] = "",
        kind: Annotated[
            KindName | None, Field(description="What sort of ticket; told from the text if left out")
        ] = None,
        markup: Annotated[
            Literal["markdown", "wiki", "plain"], Field(description="How it is written")
        ] = "markdown",
        labels: Annotated[list[str] | None, Field(description="Its labels")] = None,
        project: Project = "",
    ) -> dict[str, Any]:
        """Score a draft ticket from 0 to 100: what is unclear or missing, why, and what would pass.

        `findings` hold each rule's id, message, advice, cost in points, and the words meant with their place.
        `score` is null, with a `reason`, where there is nothing to judge, as in another language than English.
        """
        given = {"title": title, "description": description, "type": kind, "markup": markup}
        try:
            ticket = ticket_from_json({**given, "labels": labels or [], "project": project})
        except ContractError as error:
            raise ToolError(f"{error}.") from None
        with self._lock:
            (found,) = review(self._reviewer, self._settings, [ticket])
        return review_to_json(None, found)

    def explain_rule(
        self, rule: Annotated[str, Field(description="A rule's id, as in a finding")]
    ) -> dict[str, Any]:
        """Why a rule is there, what would pass, and examples of both."""
        rules = self._reviewer.rulebook.rules
        known = rules.get("-".join(rule.casefold().split()))
        if known is None:
            near = get_close_matches(rule.casefold(), list(rules), n=3)
            raise ToolError(
                f"There is no rule {rule[:60]!r}." + (f" Did you mean {', '.join(near)}?" if near else "")
            )
        return {
            "id": known.id,
            "title": known.title,
            "severity": str(known.severity),
            "why": known.why,
            "coach": known.coach,
            "source": known.source,
            "fails": [example.shown() for example in known.examples.bad],
            "passes": [example.shown() for example in known.examples.good],
        }

    def suggest_template(
        self,
        kind: Annotated[KindName, Field(description="What sort of ticket")],
        markup: Annotated[Literal["markdown", "wiki"], Field(description="How it shall be written")] = "markdown",
        project: Project = "",
    ) -> str:
        """The team's template for a kind of ticket, to be filled in. A line left as it is counts as empty."""
        return str(outline.render(template_for(Kind(kind), self._settings.templates, project), Markup(markup)))
