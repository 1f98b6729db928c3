"""One Linear workspace, through its GraphQL API. https://linear.app/developers/graphql"""

from __future__ import annotations

import time as clock
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

import requests
from requests.auth import AuthBase

from service.comment import CommentTree
from service.render import markdown
from service.settings import LinearSite
from service.ticket import Person, Snapshot, TicketRef
from service.trackers import linear_marks, linear_webhooks
from service.trackers import linear_queries as queries
from service.trackers.base import (
    Changed,
    CommentGone,
    Page,
    Shown,
    TicketGone,
    TrackerError,
    Unreachable,
    searched_pages,
)
from service.trackers.linear_errors import AlreadyThere, understood
from service.trackers.linear_ids import comment_id
from service.trackers.linear_reading import read_listed, read_snapshot, time
from service.trackers.outgoing import bind
from service.trackers.wild import Untamed, Wild

MOST_PAGES = 50


class LinearTracker:
    """Reads and comments on the issues of one workspace. `timeout` is in seconds, for each request."""

    name = "linear"

    def __init__(self, site: LinearSite, timeout: float, auth: AuthBase | None = None) -> None:
        self.site = site.name
        self._settings, self._timeout = site, timeout
        self._http = requests.Session()
        self._http.auth = auth or self._sign
        bind(self._http, site.api_url, timeout)

    def fetch(self, ticket_id: str) -> Snapshot:
        """Read the issue, who edited it, and its comments; raises TicketGone or another TrackerError."""
        issue = self._call(queries.ISSUE, {"id": ticket_id}, gone=TicketGone)["issue"]
        with _readable():
            if not issue or issue["trashed"].flag():
                raise TicketGone("Linear does not know it, or it was deleted.")
            history = list(self._all(issue["history"], queries.HISTORY, "history", ticket_id))
            comments = list(self._all(issue["comments"], queries.COMMENTS, "comments", ticket_id))
            return read_snapshot(issue, history, comments, self._settings)

    def create_comment(
        self,
        ticket_id: str,
        tree: CommentTree,
        *,
        key: str,
        internal: bool = False,  # noqa: ARG002 (Linear has no internal comments)
        visible_to: str = "",  # noqa: ARG002 (everybody who sees the ticket sees its comments)
    ) -> str:
        """Post a comment under an id of our own, so that a second try cannot post it twice.

        If the id is taken, an earlier try got through: the comment is edited instead, or, if it was deleted
        since, CommentGone is raised.
        """
        own = comment_id(ticket_id, key)
        body = markdown.render(tree, markdown.folded_on_linear)
        wanted = {"id": own, "issueId": ticket_id, "body": body, "doNotSubscribeToIssue": True}
        try:
            self._write(queries.CREATE_COMMENT, {"input": wanted}, "commentCreate", gone=TicketGone)
        except TrackerError as error:
            if isinstance(error, TicketGone) or not error.permanent or error.pauses == "site":
                raise
            self._edit_earlier(ticket_id, own, tree, error)
        return own

    def update_comment(
        self,
        ticket_id: str,  # noqa: ARG002 (the comment's id says it all)
        comment_id: str,
        tree: CommentTree,
        *,
        notify: bool = False,  # noqa: ARG002 (Linear itself decides whom a new mention reaches)
        visible_to: str = "",  # noqa: ARG002 (everybody who sees the ticket sees its comments)
    ) -> None:
        """Edit a comment; Linear notifies nobody about an edit, but for who is first mentioned in it."""
        variables = {"id": comment_id, "input": {"body": markdown.render(tree, markdown.folded_on_linear)}}
        self._write(queries.UPDATE_COMMENT, variables, "commentUpdate", gone=CommentGone)

    def delete_comment(self, ticket_id: str, comment_id: str) -> None:  # noqa: ARG002 (the comment's id says it all)
        """Delete a comment; one already gone is no error."""
        with suppress(CommentGone):
            self._write(queries.DELETE_COMMENT, {"id": comment_id}, "commentDelete", gone=CommentGone)

    def set_label(self, ticket_id: str, label: str, *, on: bool) -> None:
        """Put a label on or take it off."""
        with _readable():
            linear_marks.set_label(self._call, ticket_id, label, on=on)

    def show_score(self, ticket_id: str, shown: Shown) -> None:
        """Keep the score as an attachment."""
        with _readable():
            linear_marks.show_score(self._call, ticket_id, shown)

    def set_number(self, ticket_id: str, field_id: str, number: int | None) -> None:
        """Nothing: Linear has no fields of one's own."""

    def has_role(self, snapshot: Snapshot, person: Person, roles: Collection[str]) -> bool:  # noqa: ARG002 (Linear's roles have fixed names)
        """Whether a person administers the workspace or owns the issue's team."""
        with _readable():
            told = self._call(queries.ROLES, {"person": person.id})["user"]
            teams = (one for one in told["teamMemberships"]["nodes"] if one["owner"].flag())
            owns = any(one["team"]["key"].text() == snapshot.ticket.project for one in teams)
            return told["active"].flag() and (told["admin"].flag() or told["owner"].flag() or owns)

    def ensure_webhook(self, url: str, secret: str) -> str:
        """Have deliveries of issues and comments sent to this address; the secret that signs them.

        That is another than given where such a webhook is there already, and "" where we may not know it. Raises
        NotAllowed where our user is no admin.
        """
        with _readable():
            return linear_webhooks.ensure(self._call, url, secret)

    def changed(self, since: datetime) -> Iterator[Changed]:
        """Every issue that our user may see and that changed since then."""
        variables: dict[str, object] = {"since": since.isoformat()}
        with _readable():
            for _ in searched_pages():
                page = self._call(queries.CHANGED, variables)["issues"]
                for issue in page["nodes"]:
                    ref = TicketRef("linear", self.site, issue["id"].id(), issue["identifier"].text(default=""))
                    yield Changed(ref, time(issue["updatedAt"]))
                if not page["pageInfo"]["hasNextPage"].flag():
                    return
                variables["after"] = page["pageInfo"]["endCursor"].text()

    def count(self, query: str) -> int | None:  # noqa: ARG002 (Linear does not tell)
        """Nothing: Linear does not tell how many issues a team has."""
        return None

    def search(self, query: str, place: str) -> Page:
        """One page of a team's issues; the query is the team's key."""
        asked = {"team": query, "after": place or None}
        page = self._call(queries.LISTED, asked)["issues"]
        with _readable():
            found = tuple(read_listed(issue, self._settings) for issue in page["nodes"])
            more = page["pageInfo"]["hasNextPage"].flag()
            return Page(found, page["pageInfo"]["endCursor"].text() if more else "")

    def check(self) -> str:
        """Who we are in this workspace."""
        told = self._call(queries.WHO_AM_I, {})
        with _readable():
            viewer, workspace = told["viewer"]["displayName"].text(), told["organization"]["name"].text()
            return f"Linear workspace {workspace}, signed in as {viewer}"

    def _sign(self, going: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the key. A plain header would give way to whatever a .netrc file says."""
        key = str(self._settings.api_key)
        going.headers["Authorization"] = f"Bearer {key}" if key.startswith("lin_oauth_") else key
        return going

    def _edit_earlier(self, ticket_id: str, own: str, tree: CommentTree, refusal: TrackerError) -> None:
        """Creating was refused: if that is as the comment stands already, let it say what it shall say now."""
        try:
            self.update_comment(ticket_id, own, tree)
        except CommentGone:
            if isinstance(refusal, AlreadyThere):
                raise
            raise refusal from None

    def _all(self, first: Wild, query: str, member: str, ticket_id: str) -> Iterator[Wild]:
        """The nodes of a connection, page by page; bounded, as a cursor that never ends would hang us."""
        page = first
        for _ in range(MOST_PAGES):
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"].flag():
                return
            variables = {"id": ticket_id, "after": page["pageInfo"]["endCursor"].text()}
            page = self._call(query, variables, gone=TicketGone)["issue"][member]

    def _write(self, query: str, variables: Mapping[str, object], name: str, *, gone: type[TrackerError]) -> None:
        done = self._call(query, variables, gone=gone)
        with _readable():
            if not done[name]["success"].flag():
                raise TrackerError(f"Linear did not carry out {name}, and did not say why.")

    def _call(
        self, query: str, variables: Mapping[str, object], *, gone: type[TrackerError] = TrackerError
    ) -> Wild:
        """One operation; its `data`. Raises TrackerError, or `gone` where the entity is not there."""
        try:
            answer = self._http.post(
                self._settings.api_url,
                json={"query": query, "variables": variables},
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.Timeout:
            raise Unreachable("Linear did not answer in time.") from None
        except requests.RequestException as error:
            raise Unreachable(f"Linear could not be reached ({type(error).__name__}).") from None
        try:
            told = Wild.parse(answer.content)
        except Untamed:
            told = Wild({})
        if answer.status_code != 200 or told["errors"].raw() or not told["data"]:
            raise understood(told, answer.status_code, answer.headers, now=clock.time(), gone=gone)
        return told["data"]


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except Untamed as error:
        raise TrackerError(f"Linear's answer could not be read: {error}.") from None
