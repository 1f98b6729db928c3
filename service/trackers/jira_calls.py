"""Every call that we make to Jira's REST API. Tests hold them against the vendor's document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Call:
    """A method, and a path below `/rest/api/2/` or `/3/` with names in braces, as the vendor writes it."""

    method: str
    path: str

    def at(self, *names: str) -> str:
        """The path with its names filled in, in order."""
        given = iter(names)
        return re.sub(r"\{\w+\}", lambda _: quote(next(given), safe=""), self.path)


MYSELF = Call("GET", "myself")
PERMISSIONS = Call("GET", "mypermissions")
STATUSES = Call("GET", "project/{projectIdOrKey}/statuses")
ROLES = Call("GET", "project/{projectIdOrKey}/role")
ROLE = Call("GET", "project/{projectIdOrKey}/role/{id}")
USER = Call("GET", "user")
ISSUE = Call("GET", "issue/{issueIdOrKey}")
CHANGELOG = Call("GET", "issue/{issueIdOrKey}/changelog")
COMMENTS = Call("GET", "issue/{issueIdOrKey}/comment")
ADD_COMMENT = Call("POST", "issue/{issueIdOrKey}/comment")
EDIT_COMMENT = Call("PUT", "issue/{issueIdOrKey}/comment/{id}")
DELETE_COMMENT = Call("DELETE", "issue/{issueIdOrKey}/comment/{id}")
EDIT_ISSUE = Call("PUT", "issue/{issueIdOrKey}")
SET_PROPERTY = Call("PUT", "issue/{issueIdOrKey}/properties/{propertyKey}")
SEARCH = Call("GET", "search/jql")
SEARCH_BY_NUMBER = Call("GET", "search")  # Data Center alone: Cloud gave it up
COUNT = Call("POST", "search/approximate-count")  # Cloud alone
WEBHOOKS = Call("GET", "webhook")  # Cloud alone, for apps: those that are ours
ADD_WEBHOOKS = Call("POST", "webhook")
RENEW_WEBHOOKS = Call("PUT", "webhook/refresh")
DELETE_WEBHOOKS = Call("DELETE", "webhook")
