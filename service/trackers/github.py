"""The issues of one GitHub, github.com or Enterprise, through its GraphQL API. https://docs.github.com/graphql"""

from __future__ import annotations

import time as clock
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from urllib.parse import quote

import requests

from service.comment import CommentTree
from service.render import markdown
from service.settings import GitHubSite
from service.ticket import Person, Snapshot
from service.trackers import github_marks, github_search
from service.trackers import github_queries as queries
from service.trackers.base import Changed, CommentGone, Page, Shown, TicketGone, TrackerError, Unreachable
from service.trackers.github_access import Access
from service.trackers.github_errors import UnknownField, understood
from service.trackers.github_reading import mark, read_snapshot
from service.trackers.outgoing import SentElsewhere, bind
from service.trackers.wild import Untamed, Wild

MOST_PAGES = 100
VERSION = "2022-11-28"
ELSEWHERE = "GitHub sent us on to another address, where our credentials must not go. Is CLARITY_GITHUB_URL right?"


class GitHubTracker:
    """Reads and comments on the issues that we may see. `timeout` is in seconds, for each request."""

    name = "github"

    def __init__(self, site: GitHubSite, timeout: float) -> None:
        self.site = site.name
        self._settings, self._timeout = site, timeout
        self._http = requests.Session()
        self._access = Access(site, self._rest)
        self._http.auth = self._access
        self._http.headers.update({"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION})
        self._knows_types = True
        bind(self._http, site.api_url, timeout)

    def fetch(self, ticket_id: str) -> Snapshot:
        """Read the issue, who edited it, and its comments; raises TicketGone or another TrackerError."""
        issue = self._typed(queries.ISSUE, {"id": ticket_id}, gone=TicketGone)["node"]
        with _readable():
            if issue["__typename"].text(default="") != "Issue":
                raise TicketGone("GitHub does not know it, or it is no issue.")
            events = list(self._all(issue["timelineItems"], queries.EVENTS, "timelineItems", ticket_id))
            comments = list(self._all(issue["comments"], queries.COMMENTS, "comments", ticket_id))
            return read_snapshot(issue, events, comments, self._settings)

    def create_comment(
        self,
        ticket_id: str,
        tree: CommentTree,
        *,
        key: str,
        internal: bool = False,  # noqa: ARG002 (GitHub has no internal comments)
        visible_to: str = "",  # noqa: ARG002 (everybody who sees the ticket sees its comments)
    ) -> str:
        """Post a comment that ends with our mark, so that we find it again even if the answer is lost."""
        variables = {"issue": ticket_id, "body": _body(tree, mark(ticket_id, key))}
        made = self._ask(queries.CREATE_COMMENT, variables, gone=TicketGone)
        with _readable():
            return made["addComment"]["commentEdge"]["node"]["id"].id()

    def update_comment(
        self,
        ticket_id: str,
        comment_id: str,
        tree: CommentTree,
        *,
        notify: bool = False,  # noqa: ARG002 (GitHub itself decides whom a new mention reaches)
        visible_to: str = "",  # noqa: ARG002 (everybody who sees the ticket sees its comments)
    ) -> None:
        """Edit a comment; GitHub notifies nobody about an edit, but for who is first mentioned in it."""
        body = _body(tree, mark(ticket_id, comment_id))
        self._ask(queries.UPDATE_COMMENT, {"id": comment_id, "body": body}, gone=CommentGone)

    def delete_comment(self, ticket_id: str, comment_id: str) -> None:  # noqa: ARG002 (the comment's id says it all)
        """Delete a comment; one already gone is no error."""
        with suppress(CommentGone):
            self._ask(queries.DELETE_COMMENT, {"id": comment_id}, gone=CommentGone)

    def set_label(self, ticket_id: str, label: str, *, on: bool) -> None:
        """Put a label on or take it off."""
        with _readable():
            github_marks.set_label(self._ask, ticket_id, label, on=on)

    def show_score(self, ticket_id: str, shown: Shown) -> None:
        """Nothing: beside its comments and labels a GitHub issue has no place for it."""

    def set_number(self, ticket_id: str, field_id: str, number: int | None) -> None:
        """Nothing: GitHub's fields stand on projects, not on issues."""

    def has_role(self, snapshot: Snapshot, person: Person, roles: Collection[str]) -> bool:  # noqa: ARG002 (GitHub's permissions have fixed names)
        """Whether a person may write to the repository, as who maintains or administers it may."""
        names = (*snapshot.ticket.project.split("/"), person.handle or person.id)
        owner, repository, login = (quote(name, safe="") for name in names)
        told = self._rest("GET", f"/repos/{owner}/{repository}/collaborators/{login}/permission", {})
        with _readable():
            # A login can pass to somebody else.
            same = told["user"]["id"].id() == person.id
            return same and told["permission"].text() in {"write", "admin"}

    def changed(self, since: datetime) -> Iterator[Changed]:
        """Every issue of our repositories that changed since then. Pull requests are none."""
        with _readable():
            for repository in self._settings.repositories or tuple(self._repositories()):
                yield from github_search.changed(self._ask, self.site, repository, since)

    def count(self, query: str) -> int | None:
        """How many issues some repositories have; the query names them, with spaces between."""
        with _readable():
            return github_search.count(self._ask, self._settings, query)

    def search(self, query: str, place: str) -> Page:
        """One page of the issues of some repositories."""
        with _readable():
            return github_search.page(self._typed, self._settings, query, place)

    def check(self) -> str:
        """Who we are at this GitHub."""
        told = self._ask(queries.WHO_AM_I, {})
        with _readable():
            return f"GitHub, signed in as {told['viewer']['login'].text()}"

    def _typed(self, query: str, variables: Mapping[str, object], *, gone: type[TrackerError]) -> Wild:
        """An operation that asks for types of issues; without them where GitHub is too old to know any."""
        if self._knows_types:
            try:
                return self._ask(query, variables, gone=gone)
            except UnknownField:
                self._knows_types = False
        return self._ask(queries.without_type(query), variables, gone=gone)

    def _repositories(self) -> Iterator[str]:
        if self._settings.app_id:
            yield from self._installed_in()
            return
        variables: dict[str, object] = {}
        for _ in range(MOST_PAGES):
            page = self._ask(queries.REPOSITORIES, variables)["viewer"]["repositories"]
            for one in page["nodes"]:
                if one["hasIssuesEnabled"].flag() and not one["isArchived"].flag():
                    yield one["nameWithOwner"].text()
            if not page["pageInfo"]["hasNextPage"].flag():
                return
            variables["after"] = page["pageInfo"]["endCursor"].text()

    def _installed_in(self) -> Iterator[str]:
        for number in range(1, MOST_PAGES + 1):
            page = self._rest("GET", f"/installation/repositories?per_page=100&page={number}", {})
            found = list(page["repositories"])
            yield from (one["full_name"].text() for one in found if one["has_issues"].flag(default=True))
            if len(found) < 100:
                return

    def _all(self, first: Wild, query: str, member: str, ticket_id: str) -> Iterator[Wild]:
        """The nodes of a connection, page by page; bounded, as a cursor that never ends would hang us."""
        page = first
        for _ in range(MOST_PAGES):
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"].flag():
                return
            variables = {"id": ticket_id, "after": page["pageInfo"]["endCursor"].text()}
            page = self._ask(query, variables, gone=TicketGone)["node"][member]

    def _ask(
        self, query: str, variables: Mapping[str, object], *, gone: type[TrackerError] = TrackerError
    ) -> Wild:
        """One GraphQL operation; its `data`. Raises TrackerError, or `gone` where the entity is not there."""
        body = {"query": query, "variables": dict(variables)}
        told = self._call("POST", self._settings.graphql_url, {}, body, gone)
        return told["data"]

    def _rest(self, method: str, path: str, headers: Mapping[str, str]) -> Wild:
        return self._call(method, self._settings.api_url + path, headers, None, TrackerError)

    def _call(
        self, method: str, url: str, headers: Mapping[str, str], body: object, gone: type[TrackerError]
    ) -> Wild:
        try:
            answer = self._http.request(method, url, json=body, headers=headers, timeout=self._timeout)
        except SentElsewhere:
            raise TrackerError(ELSEWHERE, permanent=True, pauses="site") from None
        except requests.Timeout:
            raise Unreachable("GitHub did not answer in time.") from None
        except requests.RequestException as error:
            raise Unreachable(f"GitHub could not be reached ({type(error).__name__}).") from None
        told = _parsed(answer.content)
        if answer.status_code == 401:
            self._access.forget()
        if answer.status_code not in {200, 201} or told["errors"].raw() or (body and not told["data"]):
            raise understood(told, answer.status_code, answer.headers, now=clock.time(), gone=gone)
        return told


def _body(tree: CommentTree, marked: str) -> str:
    return f"{markdown.render(tree, markdown.folded_on_github)}\n\n{marked}"


def _parsed(content: bytes) -> Wild:
    """An answer; a list as the member `list` of an object."""
    try:
        return Wild.parse(b'{"list":' + content + b"}" if content[:1] == b"[" else content)
    except Untamed:
        return Wild({})


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except Untamed as error:
        raise TrackerError(f"GitHub's answer could not be read: {error}.") from None
