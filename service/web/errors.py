"""What goes wrong in a request: JSON for programs, a small page for people; never a traceback or a secret."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, InternalServerError

from service.logs import frames
from service.store import StoreUnavailable
from service.web.pages import page

FOR_PROGRAMS = ("/api/", "/webhooks/", "/connect/", "/forge/", "/healthz", "/readyz", "/metrics")
RETRY_SECONDS = "30"
TELLING = {
    404: "There is nothing at this address.",
    405: "This address does not answer that kind of request.",
    413: "That is more than is accepted here.",
    500: "Something went wrong here. The log has the details; trying again may help.",
}

log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    """Answer every error of this application."""
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(StoreUnavailable, _store_unavailable)
    app.register_error_handler(Exception, _fault)


def answer(status: int, sentence: str) -> Response:
    """An error in the form that this request's sender can read."""
    if not for_programs():
        return page(
            "That did not work" if status != 404 else "Not found", Markup("<p>{}</p>").format(sentence), status
        )
    response = jsonify(error=sentence)
    response.status_code = status
    return response


def for_programs() -> bool:
    """Whether the request comes from a program rather than from somebody's browser."""
    return request.path.startswith(FOR_PROGRAMS) or "text/html" not in request.accept_mimetypes.values()


def _refused(error: HTTPException) -> Response:
    status = error.code or 500
    own = error.description if error.description != type(error).description else None
    response = answer(status, own or TELLING.get(status) or "The request was refused.")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _store_unavailable(error: StoreUnavailable) -> Response:
    log.error("database not available", error=str(error), route=_route())
    response = answer(503, "The database is not available just now. Try again in a moment.")
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _fault(error: Exception) -> Response:
    # Neither the message, which may quote a ticket, nor the path, which may hold a token, is logged.
    log.error("request failed", error=type(error).__name__, at=frames(error.__traceback__), route=_route())
    return answer(InternalServerError.code, TELLING[500])


def _route() -> str:
    return request.url_rule.rule if request.url_rule else ""
