"""The pages that Jira shows in a frame: a panel on each issue, one page a project, and one for its admins.

A page may be opened with a token for its very address, or with one that belongs to whatever Jira shows around it.
What is asked about is believed only where it is signed: from the address with the former, from the token with
the latter. Otherwise whoever may see one issue could ask about all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from pydantic import BaseModel, ValidationError

from service.engine.base import Busy, CheckFailed
from service.settings import Settings
from service.store import Store
from service.tenants import TRACKER, Tenant, Tenants
from service.trackers.base import Refused, TicketGone, TrackerError
from service.trackers.connect import signed
from service.trackers.qsh import CONTEXT
from service.trackers.registry import opener
from service.trackers.wild import Untamed
from service.web.errors import answer
from service.web.mine import ChoiceBody, Mine
from service.web.panel import OpinionBody, Panel, Shown, Viewer
from service.web.project_trends import LATER, ProjectTrends
from service.web.standing import standing
from service.web.tokens import Caller, caller

SESSION_SECONDS = 900.0
MAX_BYTES = 10_000
_Body = TypeVar("_Body", bound=BaseModel)
HOST_SCRIPTS = "https://connect-cdn.atl-paas.net"
NO_ISSUE = "Jira did not say which issue this is about. Reload the page."
NO_PROJECT = "Jira did not say which project this is about. Reload the page."


def blueprint(settings: Settings, store: Store, panel: Panel, mine: Mine) -> Blueprint:
    """`/connect/panel`, `/connect/project` and `/connect/admin`, and what the panel asks for."""
    routes = Blueprint(
        "connect_pages",
        __name__,
        url_prefix="/connect",
        static_folder="static/panel",
        static_url_path="/static",
        template_folder="templates",
    )
    pages = _Pages(settings, store, panel, mine)
    routes.add_url_rule("/panel", view_func=kindly(pages.panel), endpoint="panel")
    routes.add_url_rule("/project", view_func=kindly(pages.project), endpoint="project")
    routes.add_url_rule("/project/trends", view_func=kindly(pages.project_trends), endpoint="project_trends")
    routes.add_url_rule("/admin", view_func=kindly(pages.admin), endpoint="admin")
    routes.add_url_rule("/panel/findings", view_func=kindly(pages.findings), endpoint="findings")
    routes.add_url_rule("/panel/opinion", view_func=kindly(pages.opinion), endpoint="opinion", methods=["POST"])
    routes.add_url_rule("/panel/mine", view_func=kindly(pages.mine), endpoint="mine")
    routes.add_url_rule("/panel/mine", view_func=kindly(pages.choose), endpoint="choose", methods=["POST"])
    return routes


class _Pages:
    def __init__(self, settings: Settings, store: Store, panel: Panel, mine: Mine) -> None:
        self._settings, self._store, self._panel, self._mine = settings, store, panel, mine
        self._trends = ProjectTrends(settings, store)
        self._tenants = Tenants(store)
        self._open = opener(settings, store)

    def panel(self) -> Response:
        who = self._caller()
        token = _for_issue(who)
        return _framed(who.tenant, render_template("panel.html", token=token, key=_about(who, "issue", "key")))

    def project(self) -> Response:
        who = self._caller()
        key = _about(who, "project", "key")
        told = standing(self._store, who.tenant.site, key)
        drawn = self._trends.html(who.tenant.site, key, {"pictures": LATER})
        token = _session(who, {"project": {"key": key}})
        return _framed(who.tenant, render_template("project.html", **told, trends=drawn, token=token))

    def project_trends(self) -> Response:
        """The trends of the project that the page's own token names, with other choices."""
        who = self._caller()
        key = _about(who, "project", "key")
        if who.claims.get("qsh") != CONTEXT or not key:
            raise Refused(403, NO_PROJECT)
        token = _session(who, {"project": {"key": key}})
        return jsonify(html=self._trends.html(who.tenant.site, key, request.args), token=token)

    def admin(self) -> Response:
        who = self._caller()
        return _framed(
            who.tenant, render_template("admin.html", tenant=who.tenant, address=self._settings.base_url)
        )

    def findings(self) -> Response:
        who = self._caller()
        return self._shown(who, self._panel.show(self._viewer(who)))

    def opinion(self) -> Response:
        who = self._caller()
        said = _sent(OpinionBody, "Send a rule, and what you think of it.")
        return self._shown(who, self._panel.opine(self._viewer(who), said))

    def mine(self) -> Response:
        """What is the reader's own: who that is, the token says, and nothing else is asked."""
        return self._own(self._caller(), None)

    def choose(self) -> Response:
        who = self._caller()
        return self._own(who, _sent(ChoiceBody, "Send a choice, and whether it is on."))

    def _own(self, who: Caller, chosen: ChoiceBody | None) -> Response:
        html = self._mine.in_panel(who.tenant.site, who.person, chosen)
        return jsonify(html=html, token=_for_issue(who))

    def _caller(self) -> Caller:
        return caller(self._settings, self._tenants, context_too=True)

    def _viewer(self, who: Caller) -> Viewer:
        issue = _about(who, "issue", "id")
        if not issue.isdecimal():
            raise Refused(400, NO_ISSUE)
        return Viewer(self._open(TRACKER, who.tenant.site), issue, who.person)

    def _shown(self, who: Caller, shown: Shown) -> Response:
        response = jsonify(**shown.body, token=_for_issue(who))
        response.headers["Server-Timing"] = shown.timing
        return response


def _sent(kind: type[_Body], wanted: str) -> _Body:
    request.max_content_length = MAX_BYTES
    if request.mimetype != "application/json":
        raise Refused(415, "Send JSON.")
    try:
        return kind.model_validate_json(request.get_data())
    except ValidationError:
        raise Refused(400, wanted) from None


def _about(who: Caller, what: str, member: str) -> str:
    """What the request is about, by whatever of it is signed."""
    if who.claims.get("qsh") != CONTEXT:
        return request.args.get(what, "")[:200] if (what, member) in (("issue", "id"), ("project", "key")) else ""
    told: Any = who.claims
    for name in ("context", "jira", what, member):
        told = told.get(name) if isinstance(told, Mapping) else None
    return str(told)[:200] if isinstance(told, str | int) else ""


def _for_issue(who: Caller) -> str:
    return _session(who, {"issue": {"id": _about(who, "issue", "id")}})


def _session(who: Caller, about: Mapping[str, Mapping[str, str]]) -> str:
    """A token of ours for the page's own calls: for this tenant, this person and what it is about, for a while."""
    claims = {
        "aud": [who.tenant.client_key],
        "sub": who.person,
        "qsh": CONTEXT,
        "context": {"jira": about},
    }
    return signed(who.tenant.secret, claims, time.time(), SESSION_SECONDS)


def _framed(tenant: Tenant, page: str) -> Response:
    """A page that this tenant's Jira may show in a frame, and nobody else."""
    places = dict.fromkeys(_origin(url) for url in (tenant.base_url, tenant.shown_url) if url)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {HOST_SCRIPTS}; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {' '.join(places)}"
    )
    return response


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def kindly(view: Callable[[], Response]) -> Callable[[], Response]:
    """The view, with an answer that people can read for whatever keeps it from being shown."""

    def shown() -> Response:
        try:
            return view()
        except Refused as refused:
            return answer(refused.status, str(refused))
        except (TrackerError, Untamed, Busy, CheckFailed) as error:
            return answer(*_told(error))

    return shown


def _told(error: Exception) -> tuple[int, str]:
    if isinstance(error, TicketGone):
        return 404, "Jira does not show us this issue."
    if isinstance(error, TrackerError):
        return 503, f"Jira could not be asked just now. {error}"
    if isinstance(error, Untamed):
        return 400, f"The question could not be read: {error}."
    if isinstance(error, Busy):
        return 503, "Too many people are looking just now. Try again in a moment."
    return 500, "Scoring this issue failed. The log has the details."
