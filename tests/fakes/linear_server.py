"""A fake Linear over real HTTP: every operation is validated and executed against the vendor's own schema.

`python -m tests.fakes.linear_server --port 8081` runs it alone; `FakeLinear().start()` beside a test. Without the
schema (it is not ours to ship) operations are executed by their selections alone.
"""

import argparse
import copy
import functools
import itertools
import time
import uuid
from datetime import UTC, datetime

from graphql import GraphQLError, GraphQLSyntaxError, build_schema, execute_sync, parse, validate
from graphql.language import FieldNode, OperationDefinitionNode, VariableNode
from graphql.utilities import value_from_ast_untyped

from tests.fakes.http import Answer, FakeServer
from tests.needs import SHARED

KEY = "lin_api_a-key-for-tests"
ME = "5f3b8f1e-3d0a-4a3e-9d0f-6f3d1c1b7a01"
AUTHOR = "0b8d6f2c-9a57-4c1b-8a5e-2b9e7c4d1f02"
APP = "7c1e5a90-41b6-4d7f-b2c3-8e0f9d6a5b03"
TEAM = "2d1f9a64-6c0b-4b1e-8f3a-5e7d9c2b4a06"
STATES = {"Triage": "triage", "Todo": "unstarted", "In Progress": "started", "Done": "completed"}
SCHEMA = SHARED / "conformance" / "linear-schema.graphql"


@functools.cache
def schema():
    """The vendor's schema, built once a session; None where the shared data is absent."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True) if SCHEMA.exists() else None


class FakeLinear(FakeServer):
    """`page` makes pages smaller than asked for. `buried` remembers the ids of deleted comments, as Linear does."""

    def __init__(self, port=0, page=250):
        super().__init__(port)
        self.page = page
        self.issues, self.comments, self.buried = {}, {}, set()
        self.numbers = itertools.count(1)
        self.writes = []
        self.labels = {}
        self.forbidden = set()
        self.webhooks = []
        self.api_url = f"{self.url}/graphql"
        self.rate_headers = {}
        self.admins, self.team_owners = set(), set()

    # What people do.

    def create_issue(
        self, title, description=None, author=AUTHOR, status="Todo", labels=(), bot=None, at=None, assignee=None
    ):
        with self.lock:
            issue_id, number = str(uuid.uuid4()), next(self.numbers)
            self.issues[issue_id] = {
                "id": issue_id,
                "identifier": f"DEMO-{number}",
                "url": f"https://linear.app/demo/issue/DEMO-{number}",
                "title": title,
                "description": description,
                "createdAt": at or now(),
                "trashed": None,
                "creator": user(author),
                "assignee": user(assignee),
                "botActor": {"id": bot} if bot else None,
                "state": {"name": status, "type": STATES[status]},
                "team": {"id": TEAM, "key": "DEMO"},
                "labels": [self.label(name) for name in labels],
                "attachments": [],
                "relations": connection([]),
                "history": [],
            }
            self.comments[issue_id] = {}
            return issue_id

    def edit_issue(self, issue_id, author=AUTHOR, at=None, status=None, **texts):
        """A change as Linear's history tells it: the description's editors in a list of their own."""
        with self.lock:
            issue = self.issues[issue_id]
            change = {"id": str(uuid.uuid4()), "createdAt": at or now(), "actor": user(author), "botActor": None}
            change |= {
                "fromTitle": issue["title"] if "title" in texts else None,
                "toTitle": texts.get("title"),
                "updatedDescription": True if "description" in texts else None,
                "descriptionUpdatedBy": [user(author)] if "description" in texts else None,
                "toState": {"name": status, "type": STATES[status]} if status else None,
            }
            issue.update(texts)
            if status:
                issue["state"] = change["toState"]
            issue["history"].insert(0, change)
            return change

    def label(self, name, team=TEAM, *, group=False):
        """The label of this name, made if there is none; `team` None is the workspace's."""
        with self.lock:
            known = [one for one in self.labels.values() if (one["name"], one["isGroup"]) == (name, group)]
            if known:
                return known[0]
            made = {
                "id": str(uuid.uuid4()),
                "name": name,
                "isGroup": group,
                "team": {"id": team} if team else None,
            }
            self.labels[made["id"]] = made
            return made

    def worn(self, issue_id):
        """The names of an issue's labels."""
        with self.lock:
            return [label["name"] for label in self.issues[issue_id]["labels"]]

    def delete_issue(self, issue_id):
        with self.lock:
            del self.issues[issue_id]

    def add_comment(self, issue_id, body, author=AUTHOR, bot=None):
        with self.lock:
            return self._store_comment(issue_id, str(uuid.uuid4()), body, author, bot)["id"]

    def delete_comment(self, issue_id, comment_id):
        with self.lock:
            del self.comments[issue_id][comment_id]
            self.buried.add(comment_id)

    def ours(self, issue_id):
        """The comments of our account on an issue."""
        with self.lock:
            return [copy.deepcopy(c) for c in self.comments[issue_id].values() if c["user"]["id"] == ME]

    # HTTP.

    def answer(self, method, path, query, headers, body):
        if (method, path) != ("POST", "/graphql"):
            raise Answer(404, {"error": "Not found"})
        if headers.get("authorization") != KEY:
            raise Answer(400, {"errors": [refusal("Authentication required", "authentication error")]})
        return 200, self._execute(body["query"], body.get("variables") or {})

    def limited(self):
        until = str(int((time.time() + float(self.faults.retry_after)) * 1000))
        headers = self.rate_headers or {
            "X-RateLimit-Requests-Remaining": "0",
            "X-RateLimit-Requests-Reset": until,
            "X-RateLimit-Complexity-Remaining": "249000",
            "X-RateLimit-Complexity-Reset": str(int((time.time() + 3600) * 1000)),
        }
        return 400, {"errors": [refusal("Rate limit exceeded", "ratelimited", "RATELIMITED")]}, headers

    def control(self, verb, body):
        if verb == "create":
            return {"id": self.create_issue(**body)}
        if verb == "edit":
            return self.edit_issue(**body) and {}
        if verb == "state":
            with self.lock:
                ours = {issue_id: self.ours(issue_id) for issue_id in self.issues}
                return {"issues": list(self.issues), "ours": ours, "requests": len(self.requests)}
        return super().control(verb, body)

    def _execute(self, text, variables):
        try:
            document = parse(text)
        except GraphQLSyntaxError as error:
            raise Answer(
                400, {"errors": [refusal(error.message, "graphql error", "GRAPHQL_PARSE_FAILED")]}
            ) from None
        if schema() is None:
            return by_selection(document, self._root(), variables)
        wrong = validate(schema(), document)
        if wrong:
            raise Answer(
                400, {"errors": [refusal(e.message, "graphql error", "GRAPHQL_VALIDATION_FAILED") for e in wrong]}
            )
        return execute_sync(schema(), document, self._root(), variable_values=variables).formatted

    def _root(self):
        return {
            "viewer": {"id": ME, "displayName": "clarity"},
            "organization": {"id": "a0b1c2d3-0000-4000-8000-000000000004", "name": "Demo"},
            "issue": self._issue,
            "issues": self._issues,
            "user": self._user,
            "webhooks": lambda info, first=50, after=None: self._webhooks(first, after),
            "webhookCreate": self._create_webhook,
            "issueLabels": self._issue_labels,
            "issueLabelCreate": self._create_label,
            "issueAddLabel": functools.partial(self._change_label, "add"),
            "issueRemoveLabel": functools.partial(self._change_label, "remove"),
            "attachmentCreate": self._attach,
            "commentCreate": self._create,
            "commentUpdate": self._update,
            "commentDelete": self._delete,
        }

    def _user(self, info, id):  # noqa: A002 (GraphQL's own name)
        membership = {"owner": id in self.team_owners, "team": {"key": "DEMO"}}
        told = {"admin": id in self.admins, "owner": False, "active": True}
        return told | {"teamMemberships": lambda info, first: connection([membership])}

    def _issue(self, info, id):  # noqa: A002 (GraphQL's own name)
        issue = self._found(self.issues, id, "Issue")
        comments = list(self.comments[id].values())
        return issue | {
            "labels": lambda info, **args: connection(_named(issue["labels"], args.get("filter"))),
            "attachments": lambda info, first=50: connection(issue["attachments"]),
            "history": lambda info, **args: self._paged(issue["history"], **args),
            "comments": lambda info, **args: self._paged(comments, **args),
        }

    def _issues(self, info, first=50, after=None, filter=None):  # noqa: A002 (GraphQL's own name)
        if "team" in filter:
            key = filter["team"]["key"]["eq"]
            found = [self._issue(info, one["id"]) for one in self.issues.values() if one["team"]["key"] == key]
            return self._paged(found, first, after)
        since = datetime.fromisoformat(str(filter["updatedAt"]["gte"]))
        found = [issue | {"updatedAt": self.updated(key)} for key, issue in self.issues.items()]
        found = [issue for issue in found if datetime.fromisoformat(issue["updatedAt"]) >= since]
        return self._paged(found, first, after)

    def updated(self, issue_id):
        """When anything about an issue changed: its fields or its comments."""
        issue = self.issues[issue_id]
        times = [issue["createdAt"], *(change["createdAt"] for change in issue["history"])]
        return max(times + [comment["createdAt"] for comment in self.comments[issue_id].values()])

    def _issue_labels(self, info, first=50, filter=None):  # noqa: A002 (GraphQL's own name)
        return connection(_named(list(self.labels.values()), filter))

    def _create_label(self, info, input):  # noqa: A002 (GraphQL's own name)
        self._allow("labels")
        team = {"id": input["teamId"]} if input.get("teamId") else None
        if any(one["name"] == input["name"] and one["team"] in (team, None) for one in self.labels.values()):
            raise invalid("A label with this name already exists: duplicate label name")
        made = {"id": str(uuid.uuid4()), "name": input["name"], "isGroup": False, "team": team}
        self.labels[made["id"]] = made
        return {"success": True, "issueLabel": made, "lastSyncId": 1}

    def _change_label(self, verb, info, id, labelId):  # noqa: A002, N803 (GraphQL's own names)
        self._allow("labels")
        issue, label = self._found(self.issues, id, "Issue"), self._found(self.labels, labelId, "IssueLabel")
        issue["labels"] = [one for one in issue["labels"] if one["id"] != labelId]
        issue["labels"] += [label] if verb == "add" else []
        self.writes.append((f"{verb} label", id, label["name"], time.monotonic()))
        return {"success": True, "issue": issue, "lastSyncId": 1}

    def _attach(self, info, input):  # noqa: A002 (GraphQL's own name)
        issue = self._found(self.issues, input["issueId"], "Issue")
        known = next((one for one in issue["attachments"] if one["url"] == input["url"]), None)
        kept = known or {"id": str(uuid.uuid4())}
        kept.update({name: input.get(name) for name in ("url", "title", "subtitle", "metadata")})
        issue["attachments"] += [] if known else [kept]
        self.writes.append(("attach", input["issueId"], kept["title"], time.monotonic()))
        return {"success": True, "attachment": kept, "lastSyncId": 1}

    def _webhooks(self, first, after):
        self._allow("webhooks")
        return self._paged(self.webhooks, first, after)

    def _create_webhook(self, info, input):  # noqa: A002 (GraphQL's own name)
        self._allow("webhooks")
        made = {"id": str(uuid.uuid4()), "enabled": True, **input}
        self.webhooks.append(made)
        return {"success": True, "webhook": made, "lastSyncId": 1}

    def _allow(self, what):
        if what in self.forbidden:
            told = refusal("", "forbidden", "FORBIDDEN")["extensions"]
            raise GraphQLError("You cannot change this", extensions=told)

    def _create(self, info, input):  # noqa: A002 (GraphQL's own name)
        self._found(self.issues, input["issueId"], "Issue")
        comment_id = input.get("id") or str(uuid.uuid4())
        if uuid.UUID(comment_id).version != 4:
            raise invalid("Argument Validation Error - id must be a UUID")
        if comment_id in self.buried or any(comment_id in comments for comments in self.comments.values()):
            raise invalid("Entity already exists: conflict on insert of Comment")
        comment = self._store_comment(input["issueId"], comment_id, input["body"], ME)
        self.writes.append(("create", input["issueId"], comment_id, time.monotonic()))
        return {"success": True, "comment": comment, "lastSyncId": 1}

    def _update(self, info, id, input):  # noqa: A002 (GraphQL's own name)
        comment = self._own_comment(id)
        comment |= {"body": input["body"], "edits": comment["edits"] + 1}
        self.writes.append(("update", comment["issueId"], id, time.monotonic()))
        return {"success": True, "comment": comment, "lastSyncId": 1}

    def _delete(self, info, id):  # noqa: A002 (GraphQL's own name)
        comment = self._own_comment(id)
        self.delete_comment(comment["issueId"], id)
        self.writes.append(("delete", comment["issueId"], id, time.monotonic()))
        return {"success": True, "entityId": id, "lastSyncId": 1}

    def _own_comment(self, comment_id):
        known = {key: comment for comments in self.comments.values() for key, comment in comments.items()}
        comment = self._found(known, comment_id, "Comment")
        if comment["user"]["id"] != ME:
            raise GraphQLError(
                "You cannot edit this", extensions=refusal("", "forbidden", "FORBIDDEN")["extensions"]
            )
        return comment

    def _found(self, entities, entity_id, name):
        if entity_id not in entities:
            raise invalid(f"Entity not found: {name}")
        return entities[entity_id]

    def _store_comment(self, issue_id, comment_id, body, author, bot=None):
        comment = {"id": comment_id, "issueId": issue_id, "body": body, "createdAt": now(), "edits": 0}
        comment |= {"user": user(author), "botActor": {"id": bot} if bot else None}
        self.comments[issue_id][comment_id] = comment
        return comment

    def _paged(self, nodes, first=50, after=None):
        if first > 250:
            raise invalid("Argument Validation Error - first must not be greater than 250")
        ids = [node["id"] for node in nodes]
        start = ids.index(after) + 1 if after else 0
        end = start + min(first, self.page)
        return connection(nodes[start:end], more=end < len(nodes))


def user(user_id):
    """A user; None stands for an integration, which has none."""
    if not user_id:
        return None
    return {"id": user_id, "app": user_id == APP, "url": f"https://linear.app/demo/profiles/{user_id[:8]}"}


def _named(labels, wanted):
    name = wanted["name"]["eqIgnoreCase"].casefold() if wanted else None
    return [label for label in labels if name in (None, label["name"].casefold())]


def connection(nodes, *, more=False):
    cursor = nodes[-1].get("id") if nodes else None
    return {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": cursor}}


def refusal(message, kind, code="INPUT_ERROR"):
    return {"message": message, "extensions": {"type": kind, "code": code, "userError": True}}


def invalid(message):
    return GraphQLError(message, extensions=refusal(message, "invalid input")["extensions"])


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def by_selection(document, root, variables):
    """Execute the one operation without a schema: what is selected is looked up by name."""
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    try:
        return {"data": _selected(operation.selection_set, root, variables)}
    except GraphQLError as error:
        return {"errors": [error.formatted], "data": None}


def _selected(selections, source, variables):
    if selections is None or source is None:
        return source
    if isinstance(source, list):
        return [_selected(selections, member, variables) for member in source]
    chosen = {}
    for field in selections.selections:
        assert isinstance(field, FieldNode)
        value = source[field.name.value]
        if callable(value):
            value = value(
                None, **{given.name.value: _given(given.value, variables) for given in field.arguments or ()}
            )
        chosen[field.name.value] = _selected(field.selection_set, value, variables)
    return chosen


def _given(node, variables):
    return (
        variables.get(node.name.value)
        if isinstance(node, VariableNode)
        else value_from_ast_untyped(node, variables)
    )


def main():
    parser = argparse.ArgumentParser(description="A fake Linear.")
    parser.add_argument("--port", type=int, default=8081)
    fake = FakeLinear(parser.parse_args().port)
    print(f"Fake Linear on {fake.api_url} (key {KEY})", flush=True)
    fake.server.serve_forever()


if __name__ == "__main__":
    main()
