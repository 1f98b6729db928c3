"""Find issues: those of a repository that changed, and all of some repositories. Pull requests are none.

By GraphQL, where a repository's issues are apart from its pull requests, are counted, and are paged through by a
cursor that holds while issues come and go. GitHub's search would end after a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from service.settings import GitHubSite
from service.ticket import TicketRef
from service.trackers import github_queries as queries
from service.trackers.base import Changed, Page, TicketGone, TrackerError, searched_pages
from service.trackers.github_marks import Ask
from service.trackers.github_reading import read_listed, time
from service.trackers.wild import Wild

UNKNOWN = "GitHub does not know the repository “{}”, or does not show it to us. Valid is owner/name."
OUTSIDE = "The repository “{}” is not among those in the settings of this GitHub. Add it to its repositories."


def changed(ask: Ask, site: str, repository: str, since: datetime) -> Iterator[Changed]:
    """Every issue of a repository that changed since then. Raises TrackerError and Untamed."""
    variables: dict[str, object] = {**_named(repository), "since": since.isoformat()}
    for _ in searched_pages():
        page = ask(queries.CHANGED, variables, gone=TrackerError)["repository"]["issues"]
        for issue in page["nodes"]:
            key = f"{repository}#{issue['number'].number():.0f}"
            yield Changed(TicketRef("github", site, issue["id"].id(), key), time(issue["updatedAt"]))
        variables["after"] = after = _after(page)
        if not after:
            return


def count(ask: Ask, site: GitHubSite, query: str) -> int:
    """How many issues these repositories have. Raises TrackerError and Untamed."""
    told = [_asked(ask, queries.COUNT, name, {}) for name in _repositories(site, query)]
    return sum(int(issues["totalCount"].number()) for issues in told)


def page(ask: Ask, site: GitHubSite, query: str, place: str) -> Page:
    """Issues of one of the repositories; the next page is the next of it, or the first of the next one.

    Raises TrackerError and Untamed.
    """
    names = _repositories(site, query)
    number, _, cursor = place.partition(" ")
    here = int(number or 0)
    issues = _asked(ask, queries.LISTED, names[here], {"after": cursor or None})
    after = _after(issues)
    following = f"{here} {after}" if after else f"{here + 1} " if here + 1 < len(names) else ""
    return Page(tuple(read_listed(issue, site) for issue in issues["nodes"]), following)


def _repositories(site: GitHubSite, query: str) -> list[str]:
    """Those that a query names with spaces between, each once; settings may say which may be looked at."""
    names = list(dict.fromkeys(query.split()))
    known = {one.casefold() for one in site.repositories}
    if outside := next((name for name in names if known and name.casefold() not in known), ""):
        raise TrackerError(OUTSIDE.format(outside), permanent=True)
    if not names:
        raise TrackerError(UNKNOWN.format(query), permanent=True)
    return names


def _asked(ask: Ask, query: str, repository: str, more: dict[str, object]) -> Wild:
    try:
        return ask(query, {**_named(repository), **more}, gone=TicketGone)["repository"]["issues"]
    except TicketGone:
        raise TrackerError(UNKNOWN.format(repository), permanent=True) from None


def _named(repository: str) -> dict[str, str]:
    owner, _, name = repository.partition("/")
    return {"owner": owner, "name": name}


def _after(page: Wild) -> str:
    return page["pageInfo"]["endCursor"].text() if page["pageInfo"]["hasNextPage"].flag() else ""
