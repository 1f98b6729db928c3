"""A fake Jira, Cloud (REST v3) or Data Center (REST v2), over real HTTP and as strict as the real one.

`python -m tests.fakes.jira_server --port 8080` runs it alone; `FakeJira().start()` beside a test.
"""

import argparse
import base64
import copy
import itertools
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import jwt

from service.trackers.qsh import query_hash
from tests.fakes.http import Answer, FakeServer
from tests.fakes.jira_roles import JiraRoles
from tests.fakes.openapi import OpenApi

EMAIL, TOKEN = "clarity-bot@example.com", "an-api-token"
ME = "5b10ac8d82e05b22cc7d4ef5"
AUTHOR = "5b10a2844c20165700ede21g"
CATEGORIES = {
    "To Do": (2, "new", "New"),
    "In Progress": (4, "indeterminate", "In Progress"),
    "Done": (3, "done", "Complete"),
}


class FakeJira(FakeServer, JiraRoles):
    """`api` is an OpenApi to hold everything against; `adf` a validator of ADF documents."""

    def __init__(self, port=0, cloud=True, api=None, adf=None, properties_shown=True, per_page=None):
        super().__init__(port)
        self.cloud, self.api, self.adf = cloud, api, adf
        self.properties_shown, self.per_page = properties_shown, per_page
        self.version = "3" if cloud else "2"
        self.issues, self.comments = {}, {}
        self.ids = itertools.count(10_001)
        self.names = {}
        self.secret = ""  # shared with us where we are installed as an app
        self.writes, self.hooks, self.renewed = [], {}, []
        self.mailed = []
        self.properties = {}
        self.screen = {"labels"}  # the fields that can be edited
        self.may_edit = True
        self.on_edit = None
        self.denied = set()  # keys of permissions
        self.begin_roles()

    # What people do.

    def create_issue(
        self, title, description=None, kind="Story", author=AUTHOR, issue_id=None, status="To Do", **fields
    ):
        with self.lock:
            issue_id = str(issue_id or next(self.ids))
            self.issues[issue_id] = {
                "id": issue_id,
                "key": f"DEMO-{issue_id}",
                "histories": [],
                "fields": {
                    "summary": title,
                    "description": description,
                    "issuetype": {"name": kind},
                    "labels": [],
                    "status": _status(status),
                    "project": {"key": "DEMO", "projectTypeKey": "software"},
                    "issuelinks": [],
                    "attachment": [],
                    "creator": self.user(author),
                    "created": _now(),
                    **fields,
                },
            }
            self.comments.setdefault(issue_id, {})
            return issue_id

    def edit_issue(self, issue_id, author=AUTHOR, at=None, **fields):
        with self.lock:
            issue = self.issues[issue_id]
            items = []
            for field, value in fields.items():
                items.append(self._changed(field, value, issue["fields"].get(field)))
                issue["fields"][field] = _status(value) if field == "status" else value
            entry = {
                "id": str(next(self.ids)),
                "author": self.user(author),
                "created": at or _now(),
                "items": items,
            }
            issue["histories"].insert(0, entry)

    def delete_issue(self, issue_id):
        with self.lock:
            del self.issues[issue_id]

    def add_comment(self, issue_id, body, author=AUTHOR):
        with self.lock:
            return self._store_comment(issue_id, {"body": body}, author)["id"]

    def delete_comment(self, issue_id, comment_id):
        with self.lock:
            del self.comments[issue_id][comment_id]

    def _changed(self, field, value, before=None):
        """An entry of a changelog. Data Center names a field and does not give its id."""
        kind = "custom" if field.startswith("customfield_") else "jira"
        named = {"field": self.names.get(field, field), "fieldtype": kind, "toString": _shown(value)}
        if field == "labels":
            named["fromString"] = _shown(before or [])
        if field == "status":
            named["to"] = str(10_000 + CATEGORIES[value][0])
        return {**named, "fieldId": field} if self.cloud else named

    def project_statuses(self):
        """The statuses of each type of issue."""
        address = f"{self.url}/rest/api/{self.version}"
        told = [_status(name) | {"self": f"{address}/status"} for name in CATEGORIES]
        return [
            {
                "id": str(number),
                "name": name,
                "self": f"{address}/issuetype/{number}",
                "subtask": False,
                "statuses": told,
            }
            for number, name in enumerate(("Story", "Bug"), 1)
        ]

    def user(self, user_id):
        if self.cloud:
            kind = "app" if user_id.startswith("bot") else "atlassian"
            return {
                "accountId": user_id,
                "accountType": kind,
                "displayName": "A user",
                "active": True,
                "self": f"{self.url}/u",
            }
        return {"key": user_id, "name": user_id, "displayName": "A user", "active": True, "self": f"{self.url}/u"}

    def ours(self, issue_id):
        """The comments of our account on an issue."""
        with self.lock:
            return [
                copy.deepcopy(c) for c in self.comments.get(issue_id, {}).values() if c["author"] == self.user(ME)
            ]

    # HTTP.

    def answer(self, method, path, query, headers, body):
        self._authenticate(headers, method, path, query)
        if self.api:
            self.api.request(method, path, query, body)
        try:
            status, result = self._route(method, path, query, body)
        except Answer as early:
            status, result = early.status, early.body
        if self.api:
            self.api.response(method, path, status, result)
        return status, result

    def control(self, verb, body):
        if verb == "create":
            return {"id": self.create_issue(**body)}
        if verb == "edit":
            return self.edit_issue(**body) or {}
        if verb == "state":
            with self.lock:
                ours = {issue_id: self.ours(issue_id) for issue_id in self.issues}
                return {"issues": self.issues, "ours": ours, "requests": len(self.requests)}
        if verb == "commented":
            with self.lock:
                me = self.user(ME)
                said = (self.comments.get(issue_id, {}).values() for issue_id in self.issues)
                return {"count": sum(any(one["author"] == me for one in some) for some in said)}
        return super().control(verb, body)

    def _authenticate(self, headers, method, path, query):
        if self.secret:
            return self._check_token(headers.get("authorization", ""), query_hash(method, path, urlencode(query)))
        basic = "Basic " + base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        wanted = basic if self.cloud else f"Bearer {TOKEN}"
        return None if headers.get("authorization") == wanted else self._refuse()

    def _check_token(self, header, wanted):
        """A Connect app proves each request by a token of its own, once only."""
        try:
            claims = jwt.decode(header.removeprefix("JWT "), self.secret, ["HS256"], options={"verify_aud": False})
        except jwt.PyJWTError:
            self._refuse()
        if claims["iss"] != "ticket-clarity" or claims["qsh"] != wanted or claims["exp"] - claims["iat"] > 300:
            self._refuse()

    def _refuse(self):
        raise Answer(401, {"errorMessages": ["Client must be authenticated to access this resource."]})

    def _route(self, method, path, query, body):
        prefix = f"/rest/api/{self.version}/"
        if not path.startswith(prefix):
            raise Answer(404, {"errorMessages": ["no such resource"]})
        rest = path.removeprefix(prefix)
        if rest in ("myself", "mypermissions") and method == "GET":
            return 200, self.user(ME) if rest == "myself" else self._permissions(query["permissions"])
        if not rest.startswith("issue/"):
            return self._beside(method, rest, query, body)
        found = re.fullmatch(r"issue/([^/]+)(?:/(comment|changelog|properties)(?:/([^/]+))?)?", rest)
        if not found:
            raise Answer(404, {"errorMessages": ["no such resource"]})
        issue_id, what, comment_id = found.groups()
        if issue_id not in self.issues:
            raise Answer(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]})
        if what is None and method == "PUT":
            return self._put_issue(issue_id, query, body)
        if what is None:
            return self._get_issue(issue_id, query)
        if what == "properties":
            return self._put_property(issue_id, comment_id, body)
        if what == "changelog":
            histories = list(reversed(self.issues[issue_id]["histories"]))
            return 200, self._page(histories, query, "values", isLast=False)
        return self._comment(method, issue_id, comment_id, query, body)

    def _beside(self, method, rest, query, body):
        """What is no single issue."""
        if rest.startswith(("search", "webhook")):
            serve = self._search if rest.startswith("search") else self._webhook
            return serve(method, rest, query, body)
        if method == "GET":
            return self.role_answer(rest, query)
        raise Answer(404, {"errorMessages": ["no such resource"]})

    def _permissions(self, asked):
        keys = asked.split(",")
        return {"permissions": {key: {"key": key, "havePermission": key not in self.denied} for key in keys}}

    def _webhook(self, method, rest, query, body):
        month = int((time.time() + 30 * 86400) * 1000)
        if (method, rest) == ("PUT", "webhook/refresh"):
            self.renewed += body["webhookIds"]
            for number in body["webhookIds"]:
                self.hooks[number]["expirationDate"] = month
            return 200, {"expirationDate": month}
        if method == "DELETE":
            self.hooks = {number: hook for number, hook in self.hooks.items() if number not in body["webhookIds"]}
            return 202, None
        if method == "POST":
            if {hook["url"] for hook in self.hooks.values()} - {body["url"]}:
                raise Answer(400, {"errorMessages": ["Only a single URL per app is allowed to be registered."]})
            more = {"url": body["url"], "expirationDate": month}
            made = {next(self.ids): {**one, **more} for one in body["webhooks"]}
            self.hooks |= made
            return 200, {"webhookRegistrationResult": [{"createdWebhookId": number} for number in made]}
        shown = [{"id": number, **hook} for number, hook in self.hooks.items()]
        return 200, {"startAt": 0, "maxResults": 100, "total": len(shown), "isLast": True, "values": shown}

    def _search(self, method, path, query, body):
        """Only what we ask for. Cloud gave up the search by number, and counts roughly."""
        if (method, path) == ("POST", "search/approximate-count") and self.cloud:
            return 200, {"count": len(self._matching(body["jql"]))}
        if method != "GET" or path not in ("search", "search/jql"):
            raise Answer(404, {"errorMessages": ["no such resource"]})
        if (path == "search") is self.cloud:
            raise Answer(410 if self.cloud else 404, {"errorMessages": ["The requested API has been removed."]})
        found = self._matching(query.get("jql", ""))
        wanted = query.get("fields", "").split(",")
        start = int(query.get("nextPageToken" if self.cloud else "startAt", 0))
        most = min(int(query.get("maxResults", 50)), self.per_page or 100)
        part = [self._found(key, wanted) for key in found[start : start + most]]
        if not self.cloud:
            return 200, {"startAt": start, "maxResults": most, "total": len(found), "issues": part}
        last = start + most >= len(found)
        return 200, {"issues": part, "isLast": last} | ({} if last else {"nextPageToken": str(start + most)})

    def _matching(self, jql):
        """The issues that a query finds: by the age of their last change, or all of the project."""
        asked = re.fullmatch(r"(?:updated >= -(\d+)m|project = DEMO)(?: ORDER BY id ASC)?", jql)
        if not asked:
            raise Answer(400, {"errorMessages": ["Error in the JQL Query"]})
        oldest = datetime.now(UTC) - timedelta(minutes=int(asked[1] or 10**6))
        return [key for key in sorted(self.issues, key=int) if self.updated(key) >= oldest]

    def _found(self, issue_id, wanted):
        updated = self.updated(issue_id).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        address = f"{self.url}/rest/api/{self.version}/issue/{issue_id}"
        return {
            "id": issue_id,
            "key": self.issues[issue_id]["key"],
            "self": address,
            "fields": {
                name: copy.deepcopy(value)
                for name, value in {**self.issues[issue_id]["fields"], "updated": updated}.items()
                if name in wanted
            },
        }

    def updated(self, issue_id):
        """When anything about an issue changed: its fields or its comments."""
        issue = self.issues[issue_id]
        times = [issue["fields"]["created"], *(entry["created"] for entry in issue["histories"])]
        times += [comment["updated"] for comment in self.comments[issue_id].values()]
        return max(datetime.fromisoformat(time) for time in times)

    def _get_issue(self, issue_id, query):
        issue = self.issues[issue_id]
        wanted = query.get("fields", "*all").split(",")
        fields = {name: value for name, value in issue["fields"].items() if "*all" in wanted or name in wanted}
        result = {
            "id": issue_id,
            "key": issue["key"],
            "self": f"{self.url}/rest/api/{self.version}/issue/{issue_id}",
            "fields": fields,
        }
        if "changelog" in query.get("expand", ""):
            shown = issue["histories"][: 100 if self.cloud else None]
            result["changelog"] = {
                "startAt": 0,
                "maxResults": len(shown),
                "total": len(issue["histories"]),
                "histories": shown,
            }
        if "names" in query.get("expand", ""):
            result["names"] = {name: self.names.get(name, name.title()) for name in fields}
        return 200, copy.deepcopy(result)

    def _put_issue(self, issue_id, query, body):
        """A person's or our own edit of labels and fields, told in the history as Jira does."""
        if not self.may_edit:
            raise Answer(403, {"errorMessages": ["You do not have permission to edit issues in this project."]})
        fields = self.issues[issue_id]["fields"]
        changed = dict(body.get("fields", {}))
        labels = list(fields["labels"])
        for step in body.get("update", {}).get("labels", []):
            for verb, label in step.items():
                labels = [one for one in labels if one != label] + ([label] if verb == "add" else [])
        if labels != fields["labels"]:
            changed["labels"] = labels
        unknown = {name: "It is not on the appropriate screen." for name in changed if name not in self.screen}
        if unknown:
            raise Answer(400, {"errorMessages": [], "errors": unknown})
        if changed:
            self.edit_issue(issue_id, ME, **changed)
            self.writes.append(("EDIT", issue_id, changed, time.monotonic()))
            if self.on_edit:
                self.on_edit()
            if query.get("notifyUsers") != "false":
                self.mailed.append(issue_id)
        return 204, None

    def _put_property(self, issue_id, key, body):
        if not self.may_edit:
            raise Answer(403, {"errorMessages": ["You do not have permission to edit issues in this project."]})
        kept = self.properties.setdefault(issue_id, {})
        status = 200 if key in kept else 201
        kept[key] = body
        self.writes.append(("PROPERTY", issue_id, body, time.monotonic()))
        return status, {}

    def _comment(self, method, issue_id, comment_id, query, body):
        comments = self.comments[issue_id]
        if method == "POST" and comment_id is None:
            self._check_body(body)
            comment = self._store_comment(issue_id, body, ME)
            self.writes.append(("POST", issue_id, comment["id"], time.monotonic()))
            return 201, self._shown_comment(comment, query)
        if method == "GET" and comment_id is None:
            return 200, self._page([self._shown_comment(c, query) for c in comments.values()], query, "comments")
        if comment_id not in comments:
            raise Answer(404, {"errorMessages": [f"Can not find a comment for the id: {comment_id}."]})
        if method == "PUT":
            self._check_body(body)
            comments[comment_id] |= {
                "body": body["body"],
                "updated": _now(),
                "edits": comments[comment_id]["edits"] + 1,
            }
            comments[comment_id].pop("visibility", None)
            comments[comment_id] |= _visibility(body)
            if query.get("notifyUsers") != "false":
                self.mailed.append(comment_id)
            self.writes.append(("PUT", issue_id, comment_id, time.monotonic()))
            return 200, self._shown_comment(comments[comment_id], query)
        if method == "DELETE":
            del comments[comment_id]
            self.writes.append(("DELETE", issue_id, comment_id, time.monotonic()))
            return 204, None
        raise Answer(405, {"errorMessages": ["Method not allowed"]})

    def _check_body(self, body):
        text = (body or {}).get("body")
        if self.cloud and not (isinstance(text, dict) and text.get("type") == "doc" and text.get("version") == 1):
            raise Answer(400, {"errorMessages": [], "errors": {"comment": "Comment body is not valid!"}})
        if not self.cloud and not isinstance(text, str):
            raise Answer(400, {"errorMessages": [], "errors": {"comment": "Comment body must be a string."}})
        if self.cloud and self.adf and not self.adf.is_valid(text):
            raise Answer(400, {"errorMessages": ["INVALID_INPUT"], "errors": {}})

    def _store_comment(self, issue_id, body, author):
        comment = {
            "id": str(next(self.ids)),
            "author": self.user(author),
            "body": body["body"],
            "properties": body.get("properties", []),
            "created": _now(),
            "updated": _now(),
            "edits": 0,
            **_visibility(body),
        }
        self.comments[issue_id][comment["id"]] = comment
        return comment

    def _shown_comment(self, comment, query):
        hidden = {"edits"} | (
            set() if self.properties_shown and "properties" in query.get("expand", "") else {"properties"}
        )
        return {name: copy.deepcopy(value) for name, value in comment.items() if name not in hidden}

    def _page(self, entries, query, member, **more):
        start, most = int(query.get("startAt", 0)), min(int(query.get("maxResults", 50)), self.per_page or 100)
        part = entries[start : start + most]
        if "isLast" in more:
            more["isLast"] = start + len(part) >= len(entries)
        return {"startAt": start, "maxResults": most, "total": len(entries), member: part, **more}


def _now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _status(name):
    number, key, shown = CATEGORIES[name]
    category = {"id": number, "key": key, "name": shown}
    return {"id": str(10_000 + number), "name": name, "statusCategory": category}


def _visibility(body):
    """Whom a comment is for; an edit that does not say makes it everybody's."""
    return {"visibility": body["visibility"]} if "visibility" in body else {}


def _shown(value):
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else str(value)


def strict(shared_folder, cloud=True, **options):
    """A fake held to the official OpenAPI document and ADF schema."""
    import json

    import jsonschema

    schema = json.loads((shared_folder / "adf-schema.json").read_text(encoding="utf-8"))
    api = OpenApi(shared_folder / "jira-openapi-v3.json", version="3" if cloud else "2")
    return FakeJira(cloud=cloud, api=api, adf=jsonschema.Draft4Validator(schema), **options)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data-center", action="store_true")
    options = parser.parse_args()
    fake = FakeJira(options.port, cloud=not options.data_center)
    print(fake.url, flush=True)
    fake.server.serve_forever()


if __name__ == "__main__":
    main()
