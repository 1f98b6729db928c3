"""The playground: try it with no tracker. A draft is filed on the local tracker and takes the usual path."""

from __future__ import annotations

import json
import uuid
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Row

from service.comment_json import from_json
from service.contract import review_to_json
from service.engine.base import Busy, CheckFailed, Engine
from service.inbox import Inbox
from service.render import html, markdown
from service.settings import Settings
from service.store import Store
from service.store import local as queries
from service.ticket import Kind, Markup, Ticket
from service.trackers import local
from service.verdict import Review
from service.web.errors import answer

MAX_BYTES = 1_000_000
MAX_TITLE = 500
MOST_TICKETS = 1_000
MOST_COMMENTS = 50
MAX_WORDS = 5_000
DEADLINE_SECONDS = 5.0
Body = TypeVar("Body", bound=BaseModel)
EXPIRED = "This ticket has expired. File it anew."
TRIED_MARKUPS = (Markup.MARKDOWN, Markup.WIKI, Markup.PLAIN)


class DraftBody(BaseModel):
    """What the page sends."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str = Field(default="", pattern="^(?:" + "|".join(Kind) + ")?$")
    title: str = Field(default="", max_length=MAX_TITLE)
    description: str = ""
    markup: str = Field(default="markdown", pattern="^(?:" + "|".join(TRIED_MARKUPS) + ")$")


class WordsBody(BaseModel):
    """What somebody says on a ticket."""

    model_config = ConfigDict(extra="forbid", strict=True)

    author: str = Field(default=local.AUTHOR.id, pattern="^(?:" + "|".join(local.PEOPLE) + ")$")
    words: str = Field(min_length=1, max_length=MAX_WORDS)


def blueprint(settings: Settings, store: Store, inbox: Inbox, engine: Engine) -> Blueprint:
    """The page at `/`, its static files, and what the page asks for."""
    routes = Blueprint("playground", __name__, static_folder="static", template_folder="templates")
    playground = _Playground(settings, store, inbox, engine)
    one = "/playground/tickets/<ticket_id>"
    routes.add_url_rule("/", view_func=playground.page)
    routes.add_url_rule("/playground/tickets", view_func=playground.create, methods=["POST"])
    routes.add_url_rule(one, view_func=playground.edit, methods=["PUT"])
    routes.add_url_rule(one, view_func=playground.state)
    routes.add_url_rule(f"{one}/comments", view_func=playground.say, methods=["POST"])
    return routes


class _Playground:
    def __init__(self, settings: Settings, store: Store, inbox: Inbox, engine: Engine) -> None:
        self._settings, self._store, self._inbox, self._engine = settings, store, inbox, engine
        self._tracker = local.LocalTracker(store)

    def page(self) -> str:
        return render_template(
            "playground.html", kinds=list(Kind), markups=TRIED_MARKUPS, people=list(local.PEOPLE)
        )

    def create(self) -> Response:
        draft = _draft()
        if isinstance(draft, Response):
            return draft
        ticket_id = uuid.uuid4().hex
        with self._store.writing() as connection:
            if queries.count_tickets(connection) >= MOST_TICKETS:
                return answer(429, "Too many tickets were tried today. They expire after 24 hours.")
            queries.add_ticket(connection, ticket_id, draft)
        return self._filed(ticket_id, 201)

    def edit(self, ticket_id: str) -> Response:
        draft = _draft()
        if isinstance(draft, Response):
            return draft
        with self._store.writing() as connection:
            if not queries.edit_ticket(connection, ticket_id, draft):
                return answer(404, EXPIRED)
        return self._filed(ticket_id, 200)

    def say(self, ticket_id: str) -> Response:
        """Somebody comments on the ticket."""
        body = _sent(WordsBody)
        if isinstance(body, Response):
            return body
        with self._store.writing() as connection:
            if queries.find_ticket(connection, ticket_id) is None:
                return answer(404, EXPIRED)
            if len(queries.find_comments(connection, ticket_id)) >= MOST_COMMENTS:
                return answer(429, "That is enough said on this ticket. File another one.")
            queries.add_comment(connection, uuid.uuid4().hex, ticket_id, body.words, author=body.author)
        return self._filed(ticket_id, 201, "commented")

    def state(self, ticket_id: str) -> Response:
        with self._store.reading() as connection:
            known = queries.find_ticket(connection, ticket_id) is not None
            progress = queries.progress(connection, local.NAME, ticket_id)
            comments = queries.find_comments(connection, ticket_id)
        if not known:
            return answer(404, EXPIRED)
        told = self._told(ticket_id, comments) if progress.done else None
        if told is None:
            waiting = "failing" if progress.error else "pending"
            return jsonify(state=waiting, ready=self._engine.ready)
        return jsonify(state="done", decision={"action": progress.action, "reason": progress.reason}, **told)

    def _told(self, ticket_id: str, comments: list[Row[tuple[object, ...]]]) -> dict[str, Any] | None:
        """What the page shows; None where no worker could score just now."""
        ticket = self._tracker.fetch(ticket_id).ticket
        try:
            review = self._engine.check(ticket, self._settings.policy, DEADLINE_SECONDS)
        except (Busy, CheckFailed):
            return None
        return {
            "key": local.key(ticket_id),
            "kind": ticket.kind,
            "review": _review(ticket, review),
            "comment": next((_comment(row) for row in comments if not row.author), None),
            "said": [{"author": row.author, "words": row.body} for row in comments if row.author],
        }

    def _filed(self, ticket_id: str, status: int, event: str = "saved") -> Response:
        self._inbox.accept(local.NAME, local.SITE, local.receive(local.webhook(ticket_id, event)))
        response = jsonify(id=ticket_id, key=local.key(ticket_id))
        response.status_code = status
        return response


def _draft() -> queries.Draft | Response:
    """What was typed, or the answer that says what is wrong with it."""
    body = _sent(DraftBody)
    return body if isinstance(body, Response) else queries.Draft(**body.model_dump())


def _sent(kind: type[Body]) -> Body | Response:
    """What the page sent, or the answer that says what is wrong with it."""
    request.max_content_length = MAX_BYTES
    if request.mimetype != "application/json":
        return answer(415, "Send it as JSON.")
    try:
        return kind.model_validate_json(request.get_data())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        return answer(400, f"{where}: {first['msg']}.")


def _review(ticket: Ticket, review: Review) -> dict[str, Any]:
    told: dict[str, Any] = review_to_json(ticket.id, review)
    told["findings"] = [
        {**shown, "gain": found.gain, "why": found.why}
        for shown, found in zip(told["findings"], review.findings, strict=True)
    ]
    told["gains"] = dict(review.gains)
    return told


def _comment(row: Row[tuple[object, ...]]) -> dict[str, Any]:
    tree = from_json(json.loads(row.body))
    return {
        "html": html.render(tree),
        "markdown": markdown.render(tree),
        "created": row.created,
        "edited": row.edited,
        "edits": row.edits,
    }
