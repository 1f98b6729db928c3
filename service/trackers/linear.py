"""One Linear workspace, through its GraphQL API. https://linear.app/developers/graphql"""

from __future__ import annotations

import time as clock
import uuid
from collections.abc import Iterator, Mapping

import requests

from service.comment import CommentTree
from service.render import markdown
from service.settings import LinearSite
from service.ticket import Snapshot
from service.trackers import linear_queries as queries
from service.trackers.base import CommentGone, TicketGone, TrackerError
from service.trackers.linear_errors import understood
from service.trackers.linear_reading import read_snapshot
from service.trackers.wild import Untamed, Wild

NAMESPACE = uuid.UUID("5c1a6f4e-7d0b-5e0e-9a53-0d6f6c1e2b77")
MOST_PAGES = 50


class LinearTracker:
    """Reads and comments on the issues of one workspace. `timeout` is in seconds, for each request."""

    name = "linear"

    def __init__(self, site: LinearSite, timeout: float) -> None:
        self.site = site.name
        self._settings, self._timeout = site, timeout
        self._http = requests.Session()
        bearer = "Bearer " if site.api_key.startswith("lin_oauth_") else ""
        self._http.headers["Authorization"] = f"{bearer}{site.api_key!s}"

    def fetch(self, ticket_id: str) -> Snapshot:
        """Read the issue, who edited it, and its comments; raises TicketGone or another TrackerError."""
        issue = self._call(queries.ISSUE, {"id": ticket_id}, gone=TicketGone)["issue"]
        if not issue:
            raise TicketGone("Linear does not know it, or does not show it to our user.")
        try:
            history = list(self._all(issue["history"], queries.HISTORY, "history", ticket_id))
            comments = list(self._all(issue["comments"], queries.COMMENTS, "comments", ticket_id))
            return read_snapshot(issue, history, comments, self._settings)
        except Untamed as error:
            raise TrackerError(f"Linear's answer about a ticket could not be read: {error}.") from None

    def create_comment(self, ticket_id: str, tree: CommentTree, *, key: str, internal: bool = False) -> str:  # noqa: ARG002 (Linear has no internal comments)
        """Post a comment under an id of our own, so that a second try cannot post it twice."""
        comment_id = str(uuid.uuid5(NAMESPACE, f"{self.site}/{ticket_id}/{key}"))
        wanted = {
            "id": comment_id,
            "issueId": ticket_id,
            "body": markdown.render(tree),
            "doNotSubscribeToIssue": True,
        }
        try:
            self._call(queries.CREATE_COMMENT, {"input": wanted}, gone=TicketGone)
        except TrackerError as error:
            if isinstance(error, TicketGone) or not error.permanent or not self._exists(comment_id, ticket_id):
                raise
        return comment_id

    def update_comment(self, ticket_id: str, comment_id: str, tree: CommentTree) -> None:  # noqa: ARG002 (the comment's id says it all)
        """Edit a comment; Linear notifies nobody about an edit."""
        variables = {"id": comment_id, "input": {"body": markdown.render(tree)}}
        self._call(queries.UPDATE_COMMENT, variables, gone=CommentGone)

    def delete_comment(self, ticket_id: str, comment_id: str) -> None:  # noqa: ARG002 (the comment's id says it all)
        """Delete a comment."""
        try:
            self._call(queries.DELETE_COMMENT, {"id": comment_id}, gone=CommentGone)
        except CommentGone:
            return

    def check(self) -> str:
        """Who we are in this workspace."""
        told = self._call(queries.WHO_AM_I, {})
        viewer, workspace = told["viewer"]["displayName"], told["organization"]["name"]
        return f"Linear workspace {workspace.text(default='?')}, signed in as {viewer.text(default='?')}"

    def _exists(self, comment_id: str, ticket_id: str) -> bool:
        """Whether an earlier try of ours did create the comment."""
        try:
            comment = self._call(queries.COMMENT, {"id": comment_id}, gone=CommentGone)["comment"]
        except CommentGone:
            return False
        return comment["issue"]["id"].text(default="") == ticket_id

    def _all(self, first: Wild, query: str, member: str, ticket_id: str) -> Iterator[Wild]:
        """The nodes of a connection, page by page; bounded, as a cursor that never ends would hang us."""
        page = first
        for _ in range(MOST_PAGES):
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"].flag():
                return
            variables = {"id": ticket_id, "after": page["pageInfo"]["endCursor"].text()}
            page = self._call(query, variables, gone=TicketGone)["issue"][member]

    def _call(
        self, query: str, variables: Mapping[str, object], *, gone: type[TrackerError] = TrackerError
    ) -> Wild:
        """One operation; its `data`. Raises TrackerError, or `gone` where the entity is not there."""
        try:
            answer = self._http.post(
                self._settings.api_url, json={"query": query, "variables": variables}, timeout=self._timeout
            )
            told = Wild.parse(answer.content)
        except requests.Timeout:
            raise TrackerError("Linear did not answer in time.") from None
        except requests.RequestException as error:
            raise TrackerError(f"Linear could not be reached ({type(error).__name__}).") from None
        except Untamed:
            told = Wild({})
        if answer.status_code != 200 or told["errors"] or not told["data"]:
            raise understood(told, answer.status_code, answer.headers, now=clock.time(), gone=gone)
        return told["data"]
