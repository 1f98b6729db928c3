"""POST /api/v1/check: the JSON contract over HTTP. Scored by a worker process, within a deadline."""

from __future__ import annotations

import json
from typing import NoReturn

from flask import Blueprint, Response, jsonify, request

from service.contract import ContractError, id_of, review_to_json, ticket_from_json
from service.engine.base import Busy, CheckFailed, Engine
from service.policy import Policy, effective_policy
from service.settings import Settings
from service.store import Store
from service.store.policies import get_policy
from service.web.errors import answer

MAX_BYTES = 1_000_000
DEADLINE_SECONDS = 5.0
RETRY_SECONDS = "2"


def blueprint(settings: Settings, store: Store, engine: Engine) -> Blueprint:
    """The API."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.post("/check")
    def check() -> Response:
        request.max_content_length = MAX_BYTES
        if request.mimetype != "application/json":
            return answer(415, "Send the ticket as JSON, with Content-Type: application/json.")
        try:
            given = json.loads(request.get_data(), parse_constant=_refuse_constant)
            ticket, name = ticket_from_json(given), id_of(given)
        except ContractError as error:
            return answer(400, f"{error}.")
        except (ValueError, RecursionError) as error:
            return answer(400, f"The body is not valid JSON: {_reason(error)}.")
        try:
            review = engine.check(ticket, _policy(settings, store, ticket.project), DEADLINE_SECONDS)
            return jsonify(review_to_json(name, review))
        except Busy as busy:
            response = answer(503, f"Not scored: {busy}. Try again in a moment.")
            response.headers["Retry-After"] = RETRY_SECONDS
            return response
        except CheckFailed:
            return answer(500, "Scoring this ticket failed. The log has the details.")

    return api


def _policy(settings: Settings, store: Store, project: str) -> Policy:
    """The policy that a comment on a ticket of this project would follow."""
    if not project:
        return settings.policy
    with store.reading() as connection:
        layers = (settings.projects.get(project), get_policy(connection, project))
    return effective_policy(settings.policy, [layer for layer in layers if layer])


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")
