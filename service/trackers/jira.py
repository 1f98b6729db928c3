"""One Jira site, Cloud or Data Center, through the `jira` library.

The library's own retries are off, as it would repeat a POST; its session is used for what it has no call for.
"""

from __future__ import annotations

import json
import time as clock
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import requests
from jira import JIRA, JIRAError
from requests.auth import AuthBase

from service.comment import CommentTree
from service.render import adf, wiki
from service.settings import JiraSite
from service.ticket import Comment, Person, Snapshot, StatusCategory
from service.trackers import jira_calls as calls
from service.trackers import jira_roles, jira_search
from service.trackers.base import Changed, CommentGone, Page, Shown, TicketGone, TrackerError, Unreachable
from service.trackers.footprint import is_signed
from service.trackers.jira_calls import Call
from service.trackers.jira_errors import understood
from service.trackers.jira_reading import (
    FIELDS,
    NO_CATEGORIES,
    PROPERTY,
    changes_status,
    is_marked,
    last_words,
    person,
    read_categories,
    read_comment,
    read_listed,
    read_snapshot,
)
from service.trackers.jira_webhooks import Webhooks
from service.trackers.outgoing import SentElsewhere, bind
from service.trackers.wild import Untamed, Wild

PAGE = 100
MOST_COMMENTS = 5_000
STATUSES_SECONDS = 3_600.0
ELSEWHERE = "Jira sent us on to another address, where our credentials must not go. Set JIRA_URL to its final one."


class JiraTracker:
    """Reads and comments on the tickets of one Jira. `timeout` is in seconds, for each request.

    `auth` proves who asks where it is not the user that the settings name.
    """

    name = "jira"

    def __init__(self, site: JiraSite, timeout: float, auth: AuthBase | None = None) -> None:
        self.site = site.name
        self._settings = site
        self._client = JIRA(
            server=site.url.rstrip("/"),
            options={"rest_api_version": "3" if site.cloud else "2"},
            get_server_info=False,
            max_retries=0,
            timeout=timeout,
            **({} if auth else _credentials(site)),
        )
        self._http: requests.Session = self._client._session  # noqa: SLF001 (the library has no public way to add a property)
        if auth:
            self._http.auth = auth
        bind(self._http, site.url, timeout)
        self._render: Callable[[CommentTree], object] = adf.render if site.cloud else wiki.render
        self.webhooks = Webhooks(self._call)
        self._own_id = ""
        self._statuses: dict[str, tuple[float, Mapping[str, StatusCategory]]] = {}

    def fetch(self, ticket_id: str) -> Snapshot:
        """Read the issue, who edited it, and its comments; raises TicketGone or another TrackerError."""
        fields = ",".join([*FIELDS, *self._settings.fields])
        asked = {"fields": fields, "expand": "changelog,names"}
        issue = self._call(calls.ISSUE, ticket_id, query=asked, gone=TicketGone)
        comments = tuple(self._comments(ticket_id))
        try:
            histories = list(self._histories(ticket_id, issue))
            moved = any(map(changes_status, histories))
            categories = self._categories(issue["fields"]["project"]["key"].text()) if moved else NO_CATEGORIES
            return read_snapshot(issue, histories, comments, self._settings, categories)
        except Untamed as error:
            raise TrackerError(f"Jira's answer about a ticket could not be read: {error}.") from None

    def create_comment(
        self, ticket_id: str, tree: CommentTree, *, key: str, internal: bool = False, visible_to: str = ""
    ) -> str:
        """Post a comment that carries our property, so that we find it again even if the answer is lost."""
        properties: list[dict[str, object]] = [{"key": PROPERTY, "value": {"key": key}}]
        if internal:
            properties.append({"key": "sd.public.comment", "value": {"internal": True}})
        body = {"body": self._render(tree), "properties": properties, **_visibility(visible_to)}
        answer = self._call(calls.ADD_COMMENT, ticket_id, body=body, gone=TicketGone)
        try:
            return answer["id"].id()
        except Untamed as error:
            raise TrackerError(f"Jira's answer to a new comment could not be read: {error}.") from None

    def update_comment(
        self, ticket_id: str, comment_id: str, tree: CommentTree, *, notify: bool = False, visible_to: str = ""
    ) -> None:
        """Edit a comment; watchers and the people mentioned are mailed only where `notify` says so.

        Whom it is for is said again, as Jira might otherwise show it to everybody.
        """
        query = {"notifyUsers": "true" if notify else "false"}
        body = {"body": self._render(tree), **_visibility(visible_to)}
        self._call(calls.EDIT_COMMENT, ticket_id, comment_id, query=query, body=body, gone=CommentGone)

    def delete_comment(self, ticket_id: str, comment_id: str) -> None:
        """Delete a comment."""
        try:
            self._call(calls.DELETE_COMMENT, ticket_id, comment_id, gone=CommentGone)
        except CommentGone:
            return

    def set_label(self, ticket_id: str, label: str, *, on: bool) -> None:
        """Put a label on or take it off; Jira makes nothing of it if that is as it stands."""
        self._edit(ticket_id, {"update": {"labels": [{"add" if on else "remove": label}]}})

    def show_score(self, ticket_id: str, shown: Shown) -> None:
        """Keep the score as an issue property, which JQL can search where an app declares it."""
        told = {"score": shown.score, "level": shown.level or None, "rules": list(shown.rules)}
        self._call(calls.SET_PROPERTY, ticket_id, PROPERTY, body=told, gone=TicketGone)

    def set_number(self, ticket_id: str, field_id: str, number: int | None) -> None:
        """Write a number field, which has to be on the issue's edit screen."""
        self._edit(ticket_id, {"fields": {field_id: number}})

    def _edit(self, ticket_id: str, body: object) -> None:
        self._call(calls.EDIT_ISSUE, ticket_id, query={"notifyUsers": "false"}, body=body, gone=TicketGone)

    def has_role(self, snapshot: Snapshot, person: Person, roles: Collection[str]) -> bool:
        """Whether a person holds one of these project roles, as Jira tells whoever administers the project."""
        project = snapshot.ticket.project
        with _readable("a role"):
            return jira_roles.holds(self._call, project, person, roles, cloud=self._settings.cloud)

    def changed(self, since: datetime) -> Iterator[Changed]:
        """Every issue that our user may see and that changed since then."""
        return jira_search.changed(self._call, self.site, since, datetime.now(UTC), cloud=self._settings.cloud)

    def count(self, query: str) -> int | None:
        """How many issues a JQL query finds: roughly on Cloud, exactly on Data Center."""
        if self._settings.cloud:
            told = self._call(calls.COUNT, body={"jql": query})
            return int(told["count"].number(default=0))
        told = self._call(calls.SEARCH_BY_NUMBER, query={"jql": query, "maxResults": "0"})
        return int(told["total"].number(default=0))

    def search(self, query: str, place: str) -> Page:
        """One page of the issues that a JQL query finds, with all that is judged."""
        fields = ",".join([*FIELDS, *self._settings.fields])
        issues, after = jira_search.page(self._call, query, fields, place, cloud=self._settings.cloud)
        try:
            return Page(tuple(read_listed(issue, self._settings) for issue in issues), after)
        except Untamed as error:
            raise TrackerError(f"Jira's answer to a search could not be read: {error}.") from None

    def check(self) -> str:
        """Who we are at this site."""
        me = self._call(calls.MYSELF)
        kind = "Cloud" if self._settings.cloud else "Data Center"
        return f"Jira {kind}, signed in as {me['displayName'].text(default='a user without a name')}"

    def lacking(self, wanted: Mapping[str, str], project: str = "") -> list[str]:
        """Which of these permissions, key and name, our user lacks; anywhere if no project is named."""
        query = {"permissions": ",".join(wanted), **({"projectKey": project} if project else {})}
        told = self._call(calls.PERMISSIONS, query=query)["permissions"]
        return [name for key, name in wanted.items() if not told[key]["havePermission"].flag()]

    def _comments(self, ticket_id: str) -> Iterator[Comment]:
        for comment in self._pages(calls.COMMENTS, ticket_id, "comments", {"expand": "properties"}):
            try:
                yield self._comment(comment)
            except Untamed as error:
                raise TrackerError(f"Jira's answer about a comment could not be read: {error}.") from None

    def _comment(self, comment: Wild) -> Comment:
        read = read_comment(comment, ours=is_marked(comment))
        if read.ours or not is_signed(last_words(read.body)):
            return read
        mine = read.author is not None and read.author.id == self._me()
        return read_comment(comment, ours=mine)

    def _me(self) -> str:
        """Our own account, asked for once."""
        if not self._own_id:
            me = person(self._call(calls.MYSELF))
            self._own_id = me.id if me else ""
        return self._own_id

    def _categories(self, project: str) -> Mapping[str, StatusCategory]:
        """What the project's statuses stand for, asked for once an hour; without it only times are not known."""
        until, known = self._statuses.get(project, (0.0, NO_CATEGORIES))
        if clock.monotonic() >= until:
            with suppress(TrackerError, Untamed):
                known = read_categories(self._call(calls.STATUSES, project)["list"])
            self._statuses[project] = (clock.monotonic() + STATUSES_SECONDS, known)
        return known

    def _histories(self, ticket_id: str, issue: Wild) -> Iterator[Wild]:
        """The issue's history. An answer holds the newest part only; the rest is paged through on Cloud."""
        changelog = issue["changelog"]
        shown = list(changelog["histories"])
        if self._settings.cloud and changelog["total"].number(default=0) > len(shown):
            return self._pages(calls.CHANGELOG, ticket_id, "values", {})
        return iter(shown)

    def _pages(self, call: Call, ticket_id: str, member: str, query: Mapping[str, str]) -> Iterator[Wild]:
        start = 0
        while start < MOST_COMMENTS:
            asked = {**query, "startAt": str(start), "maxResults": str(PAGE)}
            page = self._call(call, ticket_id, query=asked, gone=TicketGone)
            entries = list(page[member])
            yield from entries
            start += len(entries)
            if not entries or start >= page["total"].number(default=0):
                return

    def _call(
        self,
        call: Call,
        *names: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
        gone: type[TrackerError] = TrackerError,
    ) -> Wild:
        """One call, its path filled with `names`; raises TrackerError, or `gone` where Jira answers 404."""
        url = self._client._get_url(call.at(*names))  # noqa: SLF001 (it knows server, context path and version)
        try:
            answer = self._http.request(
                call.method, url, params=dict(query or {}), data=None if body is None else json.dumps(body)
            )
            return _parsed(answer.content)
        except JIRAError as error:
            raise understood(error, now=clock.time(), gone=gone) from None
        except SentElsewhere:
            raise TrackerError(ELSEWHERE, permanent=True, pauses="site") from None
        except requests.Timeout:
            raise Unreachable("Jira did not answer in time.") from None
        except requests.RequestException as error:
            raise Unreachable(f"Jira could not be reached ({type(error).__name__}).") from None
        except Untamed as error:
            raise TrackerError(f"Jira's answer could not be read: {error}. Is JIRA_URL right?") from None


def _parsed(content: bytes) -> Wild:
    """An answer; a list as the member `list` of an object."""
    if not content:
        return Wild({})
    return Wild.parse(b'{"list":' + content + b"}" if content[:1] == b"[" else content)


def _credentials(site: JiraSite) -> dict[str, Any]:
    if site.token:
        return {"token_auth": str(site.token)}
    return {"basic_auth": (site.email, str(site.api_token))}


def _visibility(visible_to: str) -> dict[str, object]:
    kind, _, name = visible_to.partition(":")
    return {"visibility": {"type": kind, "value": name}} if name else {}


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except Untamed as error:
        raise TrackerError(f"Jira's answer about {what} could not be read: {error}.") from None
