"""GET /api/openapi.json: what programs may ask, made from the application's own routes.

A route that is neither described in OPERATIONS nor a page in PAGES makes the document fail, and a test with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from werkzeug.routing import Rule

from service.web.mine import ChoiceBody
from service.web.panel import OpinionBody
from service.web.playground import DraftBody, WordsBody
from service.web.schemas import NAMED, TRACKER, Schema

PAGES = frozenset(
    {
        "playground.page",
        "playground.static",
        "connect_pages.static",
        "connect_pages.panel",
        "connect_pages.project",
        "connect_pages.admin",
    }
)
# Blueprints whose routes are all for people.
FOR_PEOPLE = ("access.", "oauth.", "trends.", "teams.", "rules.", "operations.", "me.", "leaving.")
_HIDDEN_METHODS = {"HEAD", "OPTIONS"}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_PARAMETERS: dict[str, Schema] = {
    "tracker": TRACKER,
    "site": {"type": "string", "description": "A site's name in the settings."},
    "token": {"type": "string", "description": "The path token, where the site cannot sign."},
    "ticket_id": {"type": "string"},
}
_SAID: dict[int, str] = {
    400: "What was sent cannot be read; the sentence names the place.",
    401: "Not logged in, or not signed.",
    403: "Not from here, or not for this role.",
    404: "There is nothing of this name.",
    413: "More than is accepted here.",
    415: "Not JSON.",
    429: "Too much for now.",
    500: "A fault of ours; the log has the details.",
    503: "Not just now. Try again after `Retry-After` seconds.",
}
_GUARDED = (401, 403)


@dataclass(frozen=True, slots=True)
class Operation:
    """What one endpoint takes and gives. `gives` maps statuses to named schemas; `refuses` lists errors."""

    summary: str
    gives: dict[int, str]
    takes: Schema | None = None
    refuses: tuple[int, ...] = ()
    open: bool = False
    media: str = "application/json"


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_WEBHOOK = Operation(
    "Deliver a webhook. It is verified by its signature, and answered once it is recorded.",
    {200: "Accepted"},
    takes={"type": "object"},
    refuses=(400, 401, 404, 413, 503),
    open=True,
)
_LIFECYCLE = Operation(
    "What Jira says of our being installed there, with a token that proves who says it.",
    {204: ""},
    takes={"type": "object"},
    refuses=(400, 401, 413, 503),
    open=True,
)
_DRAFT = DraftBody.model_json_schema()
OPERATIONS: dict[str, Operation] = {
    "api.check": Operation(
        "Score a ticket.", {200: "Review"}, takes=_named("Ticket"), refuses=(400, *_GUARDED, 413, 415, 500, 503)
    ),
    "openapi.document": Operation("This document.", {200: "Document"}, refuses=_GUARDED),
    "health.healthz": Operation("Whether the process lives.", {200: "Alive"}, open=True),
    "health.readyz": Operation("Whether it can do its work.", {200: "Ready", 503: "Ready"}, refuses=_GUARDED),
    "metrics.metrics": Operation(
        "Counts for Prometheus.", {200: "Text"}, refuses=(*_GUARDED, 503), media="text/plain"
    ),
    "webhooks.receive": _WEBHOOK,
    "connect.descriptor": Operation("What Jira reads to install us.", {200: "Document"}, open=True),
    "connect.installed": _LIFECYCLE,
    "connect.uninstalled": _LIFECYCLE,
    "connect.enabled": _LIFECYCLE,
    "connect.disabled": _LIFECYCLE,
    "connect.webhook": Operation(
        "Deliver a webhook, with a token signed by the tenant's secret.",
        {200: "Accepted"},
        takes={"type": "object"},
        refuses=(400, 401, 413, 503),
        open=True,
    ),
    "oauth_webhooks.jira": Operation(
        "Deliver a webhook of a Jira connected by consent, with a bearer token signed by our app's secret.",
        {200: "Accepted"},
        takes={"type": "object"},
        refuses=(400, 401, 404, 413, 503),
        open=True,
    ),
    "oauth_webhooks.linear": Operation(
        "Deliver a webhook of a Linear workspace connected by consent, signed over its body.",
        {200: "Accepted"},
        takes={"type": "object"},
        refuses=(400, 401, 404, 413, 503),
        open=True,
    ),
    "connect_pages.findings": Operation(
        "What the panel shows of its issue.", {200: "Panel"}, refuses=(400, 401, 404, 503), open=True
    ),
    "connect_pages.opinion": Operation(
        "Find a rule of no use on this issue, or have it left out there.",
        {200: "Panel"},
        takes=OpinionBody.model_json_schema(),
        refuses=(400, 401, 403, 404, 415, 503),
        open=True,
    ),
    "connect_pages.project_trends": Operation(
        "The trends of the project that Jira signed, as HTML for its page, with other choices of kind and period.",
        {200: "Document"},
        refuses=(400, 401, 403, 503),
        open=True,
    ),
    "connect_pages.mine": Operation(
        "What is the reader's own, as HTML for the panel: their progress and choices.",
        {200: "Document"},
        refuses=(401, 403, 503),
        open=True,
    ),
    "connect_pages.choose": Operation(
        "Switch comments or coaching on or off for oneself; the account that Jira signed is meant.",
        {200: "Document"},
        takes=ChoiceBody.model_json_schema(),
        refuses=(400, 401, 403, 415, 503),
        open=True,
    ),
    "forge.events": Operation(
        "Deliver an event, with Forge's invocation token.",
        {200: "Accepted"},
        takes={"type": "object"},
        refuses=(400, 401, 413, 503),
        open=True,
    ),
    "forge.panel": Operation(
        "What the Forge app's panel, page and gadget show.",
        {200: "Document"},
        takes={"type": "object"},
        refuses=(400, 401, 403, 404, 413, 503),
        open=True,
    ),
    "playground.create": Operation(
        "File a ticket on the playground.",
        {201: "Filed"},
        takes=_DRAFT,
        refuses=(400, *_GUARDED, 413, 415, 429, 503),
    ),
    "playground.edit": Operation(
        "Edit it.", {200: "Filed"}, takes=_DRAFT, refuses=(400, *_GUARDED, 404, 413, 415, 503)
    ),
    "playground.state": Operation(
        "How far the worker has come with it.", {200: "State"}, refuses=(*_GUARDED, 404, 503)
    ),
    "playground.say": Operation(
        "Comment on it.",
        {201: "Filed"},
        takes=WordsBody.model_json_schema(),
        refuses=(400, *_GUARDED, 404, 413, 415, 429, 503),
    ),
}
_LOOSE = {"Document": {"type": "object"}, "Text": {"type": "string"}}


def blueprint() -> Blueprint:
    """The endpoint."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/api/openapi.json")
    def document() -> Response:
        return jsonify(describe(current_app))

    return routes


def describe(app: Flask) -> dict[str, Any]:
    """The document. Raises LookupError for a route that nobody has described."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        for method, told in _told(rule):
            paths.setdefault(_PARAMETER.sub(r"{\1}", rule.rule), {})[method] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ticket Clarity", "version": metadata.version("ticket-clarity")},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": NAMED | _LOOSE,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Where a dashboard token is set."}
            },
        },
    }


def _told(rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    if rule.endpoint in PAGES or rule.endpoint.startswith(FOR_PEOPLE):
        return
    if rule.endpoint not in OPERATIONS:
        raise LookupError(f"{rule.endpoint} ({rule.rule}) is not described in service/web/openapi.py")
    for method in sorted((rule.methods or set()) - _HIDDEN_METHODS):
        yield method.lower(), _operation(rule, OPERATIONS[rule.endpoint])


def _operation(rule: Rule, operation: Operation) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _PARAMETERS[name]}
        for name in _PARAMETER.findall(rule.rule)
    ]
    told: dict[str, Any] = {
        "operationId": "_".join([rule.endpoint.replace(".", "_"), *(one["name"] for one in parameters)]),
        "summary": operation.summary,
        "responses": {str(status): _answer(status, operation) for status in _statuses(operation)},
    }
    if parameters:
        told["parameters"] = parameters
    if operation.takes is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.takes}}}
    if not operation.open:
        told["security"] = [{}, {"token": []}]
    return told


def _statuses(operation: Operation) -> list[int]:
    return sorted({*operation.gives, *operation.refuses})


def _answer(status: int, operation: Operation) -> dict[str, Any]:
    given = operation.gives.get(status)
    kind = operation.media if given else "application/json"
    said = _SAID.get(status, "Done.") if status not in (200, 201) else "Done."
    if given == "":
        return {"description": said}
    return {"description": said, "content": {kind: {"schema": _named(given or "Error")}}}
