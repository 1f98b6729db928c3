"""A fake GitHub over real HTTP: its GraphQL, and what an app needs of its REST API.

`python -m tests.fakes.github_server --port 8082` runs it alone; `FakeGitHub().start()` beside a test. Operations are
validated against the vendor's schema where `make conformance` has installed it, as an Enterprise Server of
before 2025 if it knows no types of issues.
"""

import argparse
import copy
import functools
import itertools
import re
import time
from datetime import UTC, datetime

import jwt
from graphql import GraphQLError, build_schema, parse, validate
from graphql.language import FieldNode, InlineFragmentNode, OperationDefinitionNode
from graphql.utilities import value_from_ast_untyped

from tests.fakes.http import Answer, FakeServer
from tests.needs import VENDORS

TOKEN = "github_pat_a-token-for-tests"
ME, APP = "clarity-bot", "clarity-app[bot]"
AUTHOR = "writer"
IDS = {ME: 101, AUTHOR: 102, APP: 103, "renovate[bot]": 104}
REPOSITORY = "demo/shop"
SCHEMA = VENDORS / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"


@functools.cache
def schema():
    """The vendor's schema, built once a session; None where it is not installed."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True) if SCHEMA.exists() else None


class FakeGitHub(FakeServer):
    """`page` makes pages smaller than asked for; `old` knows no types of issues; `app` is an app's public key."""

    def __init__(self, port=0, page=100, old=False, app=None, installations=(7,)):
        super().__init__(port)
        self.page, self.old, self.app, self.installations = page, old, app, list(installations)
        self.per_page = None
        self.issues, self.comments = {}, {}
        self.numbers = itertools.count(1)
        self.writes, self.tokens, self.known_labels = [], [], {}
        self.token_seconds = 3600
        self.rate_answer = None
        self.permissions = {}  # by login

    # What people do.

    def create_issue(
        self,
        title,
        description=None,
        author=AUTHOR,
        labels=(),
        kind=None,
        at=None,
        repository=REPOSITORY,
        pull=False,
        assignee=None,
    ):
        with self.lock:
            number = next(self.numbers)
            issue_id = f"I_{number:06}"
            self.issues[issue_id] = {
                "__typename": "PullRequest" if pull else "Issue",
                "id": issue_id,
                "number": number,
                "url": f"https://github.com/{repository}/issues/{number}",
                "title": title,
                "body": description or "",
                "createdAt": at or now(),
                "lastEditedAt": None,
                "editor": None,
                "state": "OPEN",
                "issueType": {"name": kind} if kind else None,
                "author": user(author),
                "repository": {"nameWithOwner": repository},
                "labels": {"nodes": [self._label(name) for name in labels]},
                "assignees": {"nodes": [user(assignee)] if assignee else []},
                "edits": [],
                "events": [],
            }
            self.comments[issue_id] = {}
            return issue_id

    def _label(self, name):
        """The repository's label of this name, made if there is none."""
        return self.known_labels.setdefault(name.casefold(), {"id": f"LA_{name.casefold()}", "name": name})

    def _add_label(self, input):  # noqa: A002 (GraphQL's own name)
        named = {label["id"]: label for label in self.known_labels.values()}
        worn = self._found(self.issues, input["labelableId"])["labels"]["nodes"]
        worn += [named[key] for key in input["labelIds"] if named[key] not in worn]
        return {"clientMutationId": None}

    def _remove_label(self, input):  # noqa: A002 (GraphQL's own name)
        labels = self._found(self.issues, input["labelableId"])["labels"]
        labels["nodes"] = [label for label in labels["nodes"] if label["id"] not in input["labelIds"]]
        return {"clientMutationId": None}

    def _create_label(self, input):  # noqa: A002 (GraphQL's own name)
        if input["name"].casefold() in self.known_labels:
            raise GraphQLError("Name has already been taken", extensions={"type": "UNPROCESSABLE"})
        return {"label": self._label(input["name"])}

    def edit_issue(self, issue_id, author=AUTHOR, at=None, state=None, **texts):
        with self.lock:
            issue, at = self.issues[issue_id], at or now()
            if "title" in texts:
                issue["events"].append({"__typename": "RenamedTitleEvent", "createdAt": at, "actor": user(author)})
            if "description" in texts:
                first = {"editedAt": issue["createdAt"], "editor": issue["author"]}
                issue["edits"] = [{"editedAt": at, "editor": user(author)}, *(issue["edits"] or [first])]
                issue |= {"lastEditedAt": at, "editor": user(author), "body": texts.pop("description")}
            if state:
                kind = "ClosedEvent" if state == "CLOSED" else "ReopenedEvent"
                issue["events"].append({"__typename": kind, "createdAt": at})
                issue["state"] = state
            issue.update(texts)

    def delete_issue(self, issue_id):
        with self.lock:
            del self.issues[issue_id]

    def add_comment(self, issue_id, body, author=AUTHOR):
        with self.lock:
            return self._store_comment(issue_id, body, author)["id"]

    def delete_comment(self, issue_id, comment_id):
        with self.lock:
            del self.comments[issue_id][comment_id]

    def ours(self, issue_id):
        """The comments of our account on an issue."""
        with self.lock:
            found = self.comments.get(issue_id, {}).values()
            return [copy.deepcopy(c) for c in found if c["author"]["login"] in (ME, APP)]

    # HTTP.

    def answer(self, method, path, query, headers, body):
        given = headers.get("authorization", "").removeprefix("Bearer ")
        if path.startswith("/api/v3/app/"):
            return self._app(method, path.removeprefix("/api/v3/app/"), given)
        if given != TOKEN and given not in self._live_tokens():
            raise Answer(401, {"message": "Bad credentials"})
        if (method, path) == ("GET", "/api/v3/installation/repositories"):
            return self._installed(query)
        asked = re.fullmatch(r"/api/v3/repos/[^/]+/[^/]+/collaborators/([^/]+)/permission", path)
        if asked and method == "GET":
            return self._permission(asked[1])
        if (method, path) != ("POST", "/api/graphql"):
            raise Answer(404, {"message": "Not Found"})
        return 200, self._execute(body["query"], body.get("variables") or {})

    def limited(self):
        if self.rate_answer:
            return self.rate_answer
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 3600)}
        return 403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "7"} | headers

    def control(self, verb, body):
        if verb == "create":
            return {"id": self.create_issue(**body)}
        if verb == "edit":
            return self.edit_issue(**body) or {}
        if verb == "state":
            with self.lock:
                ours = {issue_id: self.ours(issue_id) for issue_id in self.issues}
                return {"issues": list(self.issues), "ours": ours, "requests": len(self.requests)}
        return super().control(verb, body)

    def _app(self, method, path, given):
        try:
            claims = jwt.decode(given, self.app, algorithms=["RS256"], options={"require": ["exp", "iat", "iss"]})
        except (jwt.PyJWTError, TypeError):
            raise Answer(401, {"message": "A JSON web token could not be decoded"}) from None
        if claims["exp"] - claims["iat"] > 660 or claims["iss"] != "app-1":
            raise Answer(401, {"message": "'Expiration time' claim is too far in the future"})
        if (method, path) == ("GET", "installations"):
            return 200, [{"id": number} for number in self.installations]
        known = [f"installations/{number}/access_tokens" for number in self.installations]
        if method != "POST" or path not in known:
            raise Answer(404, {"message": "Not Found"})
        until = time.time() + self.token_seconds
        self.tokens.append((f"ghs_{len(self.tokens)}", until))
        shown = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return 201, {"token": self.tokens[-1][0], "expires_at": shown}

    def _live_tokens(self):
        return [token for token, until in self.tokens if until > time.time()]

    def _installed(self, query):
        names = sorted({issue["repository"]["nameWithOwner"] for issue in self.issues.values()})
        size = int(query.get("per_page", 30))
        start = (int(query.get("page", 1)) - 1) * size
        part = [{"full_name": name, "has_issues": True} for name in names[start : start + size]]
        return 200, {"total_count": len(names), "repositories": part}

    def _permission(self, login):
        """As GitHub tells it: the old name beside the role's own, with maintain among write and triage among read."""
        if login not in IDS:
            raise Answer(404, {"message": f"{login} is not a user"})
        role = self.permissions.get(login, "read")
        known = {"maintain": "write", "triage": "read"}.get(role, role)
        return 200, {"permission": known, "role_name": role, "user": {"login": login, "id": IDS[login]}}

    def _execute(self, text, variables):
        document = parse(text)
        self._validate(document)
        (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
        try:
            return {"data": chosen(operation.selection_set, self._root(), variables)}
        except GraphQLError as error:
            return {"data": None, "errors": [{"message": error.message, "type": error.extensions["type"]}]}

    def _validate(self, document):
        if self.old and "issueType" in document.loc.source.body:
            raise Answer(200, {"errors": [undefined("Field 'issueType' doesn't exist on type 'Issue'")]})
        wrong = validate(schema(), document) if schema() else []
        # The published schema may be older than the service; it is the one thing in it that we know to be newer.
        wrong = [one.message for one in wrong if "issueType" not in one.message]
        if wrong:
            raise Answer(200, {"errors": [undefined(message) for message in wrong]})

    def _root(self):
        mine = ME if not self.tokens else APP
        return {
            "viewer": {"login": mine, "repositories": self._repositories},
            "node": self._node,
            "repository": self._repository,
            "createLabel": self._create_label,
            "addLabelsToLabelable": self._add_label,
            "removeLabelsFromLabelable": self._remove_label,
            "addComment": self._create,
            "updateIssueComment": self._update,
            "deleteIssueComment": self._delete,
        }

    def _node(self, id):  # noqa: A002 (GraphQL's own name)
        issue, comments = self._found(self.issues, id), list(self.comments[id].values())
        repository = issue["repository"] | {
            "id": "R_1",
            "label": lambda name: self.known_labels.get(name.casefold()),
        }
        return issue | {
            "repository": repository,
            "userContentEdits": lambda first: {"nodes": issue["edits"][:first]},
            "timelineItems": lambda **asked: self._paged(issue["events"], **asked),
            "comments": lambda **asked: self._paged(comments, **asked),
            "labels": lambda first: issue["labels"],
            "assignees": lambda first: issue["assignees"],
        }

    def _repositories(self, **asked):
        names = sorted({issue["repository"]["nameWithOwner"] for issue in self.issues.values()})
        shown = [{"nameWithOwner": name, "hasIssuesEnabled": True, "isArchived": False} for name in names]
        return self._paged(shown, asked["first"], asked.get("after"))

    def _repository(self, owner, name):
        here = [one for one in self.issues.values() if one["repository"]["nameWithOwner"] == f"{owner}/{name}"]
        if not here:
            raise GraphQLError(
                f"Could not resolve to a Repository with the name '{owner}/{name}'.",
                extensions={"type": "NOT_FOUND"},
            )

        def issues(first=0, after=None, filterBy=None, **_):  # noqa: N803 (GraphQL's own name)
            since = datetime.fromisoformat((filterBy or {}).get("since", "2000-01-01T00:00:00Z"))
            found = [issue | {"updatedAt": self.updated(issue["id"])} for issue in here if is_issue(issue)]
            found = [issue for issue in found if datetime.fromisoformat(issue["updatedAt"]) >= since]
            return self._paged(found, first, after)

        return {"issues": issues}

    def updated(self, issue_id):
        """When anything about an issue changed: its fields or its comments."""
        issue = self.issues[issue_id]
        times = [issue["createdAt"], *(event["createdAt"] for event in issue["events"])]
        times += [edit["editedAt"] for edit in issue["edits"]]
        return max(times + [comment["createdAt"] for comment in self.comments[issue_id].values()])

    def _create(self, input):  # noqa: A002 (GraphQL's own name)
        self._found(self.issues, input["subjectId"])
        comment = self._store_comment(input["subjectId"], input["body"], APP if self.tokens else ME)
        self.writes.append(("create", input["subjectId"], comment["id"], time.monotonic()))
        return {"commentEdge": {"node": {"id": comment["id"]}}}

    def _update(self, input):  # noqa: A002 (GraphQL's own name)
        issue_id = self._issue_of(input["id"])
        comment = self.comments[issue_id][input["id"]]
        comment |= {"body": input["body"], "edits": comment["edits"] + 1}
        self.writes.append(("update", issue_id, input["id"], time.monotonic()))
        return {"issueComment": {"id": input["id"]}}

    def _delete(self, input):  # noqa: A002 (GraphQL's own name)
        issue_id = self._issue_of(input["id"])
        self.delete_comment(issue_id, input["id"])
        self.writes.append(("delete", issue_id, input["id"], time.monotonic()))
        return {"clientMutationId": None}

    def _issue_of(self, comment_id):
        known = {key: issue_id for issue_id, comments in self.comments.items() for key in comments}
        return self._found(known, comment_id)

    def _found(self, entities, entity_id):
        if entity_id not in entities:
            raise GraphQLError(
                f"Could not resolve to a node with the global id of '{entity_id}'",
                extensions={"type": "NOT_FOUND"},
            )
        return entities[entity_id]

    def _store_comment(self, issue_id, body, author):
        comment = {
            "id": f"IC_{next(self.numbers):06}",
            "body": body,
            "createdAt": now(),
            "author": user(author),
            "viewerDidAuthor": author in (ME, APP),
            "edits": 0,
        }
        self.comments[issue_id][comment["id"]] = comment
        return comment

    def _paged(self, nodes, first, after=None, **_):
        if first > 100:
            raise GraphQLError("Requesting too many records", extensions={"type": "EXCESSIVE_PAGINATION"})
        start = int(after or 0)
        end = start + min(first, self.per_page or self.page)
        return {
            "totalCount": len(nodes),
            "nodes": nodes[start:end],
            "pageInfo": {"hasNextPage": end < len(nodes), "endCursor": str(end)},
        }


def is_issue(node):
    """A pull request is none."""
    return node["__typename"] == "Issue"


def user(login):
    """A user, an app, or None for an account that is gone."""
    if not login:
        return None
    return {
        "__typename": "Bot" if login.endswith("[bot]") else "User",
        "login": login,
        "databaseId": IDS.get(login),
    }


def undefined(message):
    return {"message": message, "extensions": {"code": "undefinedField"}}


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def chosen(selections, source, variables):
    """What is selected, looked up by name; what a fragment asks for counts where the type is its own."""
    if selections is None or source is None:
        return source
    if isinstance(source, list):
        return [chosen(selections, member, variables) for member in source]
    result = {}
    for field in selections.selections:
        if isinstance(field, InlineFragmentNode):
            if field.type_condition.name.value == source.get("__typename"):
                result |= chosen(field.selection_set, source, variables)
            continue
        assert isinstance(field, FieldNode)
        value = source[field.name.value]
        if callable(value):
            given = {one.name.value: value_from_ast_untyped(one.value, variables) for one in field.arguments or ()}
            value = value(**{name: told for name, told in given.items() if told is not None})
        result[field.name.value] = chosen(field.selection_set, value, variables)
    return result


def main():
    parser = argparse.ArgumentParser(description="A fake GitHub.")
    parser.add_argument("--port", type=int, default=8082)
    fake = FakeGitHub(parser.parse_args().port)
    print(f"Fake GitHub on {fake.url} (token {TOKEN})", flush=True)
    fake.server.serve_forever()


if __name__ == "__main__":
    main()
