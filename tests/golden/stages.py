"""Where one ticket's life is played: the fakes of the trackers, spoken to by people, each with its vendor's payloads.

A stage files and edits the ticket and lets people speak on it, and delivers the webhook that the vendor would send;
it shows what then stands on the tracker.
"""

import json
import re
import time

import requests

from tests.fakes import github_deliveries, jira_deliveries, linear_deliveries
from tests.fakes.connect import Site
from tests.fakes.github_server import REPOSITORY
from tests.needs import shared, vendors

LABEL = "needs-clarity"


class Stage:
    """`service` is the address of the running service."""

    title = "title"

    def __init__(self, fake, service):
        self.fake, self.service, self.ticket = fake, service, ""

    def file(self, title, text):
        self.ticket = self.fake.create_issue(title, self.markup(text), author="author", **self.filed)
        self.deliver("filed")

    def edit(self, title, text):
        texts = {self.title: title, "description": self.markup(text)}
        self.fake.edit_issue(self.ticket, author="author", **texts)
        self.deliver("edited")

    def say(self, who, words):
        self.fake.add_comment(self.ticket, self.markup(words), author=who)
        self.deliver("said")

    def markup(self, text):
        return text

    def comment(self):
        """Our comment as the tracker keeps it; "" where there is none."""
        ours = self.fake.ours(self.ticket)
        assert len(ours) < 2
        return ours[0]["body"] if ours else ""

    def post(self, path, delivery):
        answer = requests.post(self.service + path, data=delivery.body, headers=dict(delivery.headers), timeout=10)
        assert answer.json() == {"accepted": True, "note": ""}, answer.text


class Jira(Stage):
    """Data Center."""

    tracker, title, filed = "jira", "summary", {"kind": "Story", "issue_id": "20001"}
    payloads = {  # noqa: RUF012 (nobody changes it)
        "filed": "webhook-issue-created",
        "edited": "webhook-issue-updated-renamed",
        "said": "webhook-server-issue-updated-commented-2",
    }

    def deliver(self, event):
        self.post("/webhooks/jira/server", jira_deliveries.signed(self.payload(event)))

    def payload(self, event):
        path = shared("conformance", "payloads", "jira", f"{self.payloads[event]}.json")
        body = json.loads(path.read_text(encoding="utf-8"))
        body["issue"] |= {"id": self.ticket, "key": f"DEMO-{self.ticket}"}
        return body | {"timestamp": int(time.time() * 1000)}

    def labels(self):
        return self.fake.issues[self.ticket]["fields"]["labels"]

    def mailed(self):
        return len(self.fake.mailed)


class JiraCloud(Jira):
    """Where we are installed by Connect, with a panel on each issue."""

    filed = {"kind": "Story", "issue_id": "10001"}  # noqa: RUF012 (nobody changes it)

    payloads = {  # noqa: RUF012 (nobody changes it)
        "filed": "webhook-cloud-issue-created-many-fields",
        "edited": "webhook-issue-updated-renamed",
        "said": "webhook-cloud-comment-created-mention-user",
    }

    def __init__(self, fake, service, keys, base):
        super().__init__(fake, service)
        self.site = Site(keys, base, "one", fake.url)
        fake.secret = self.site.secret
        installed = requests.post(
            f"{service}/connect/installed",
            json=self.site.body(),
            headers=self.site.lifecycle(),
            timeout=10,
        )
        assert installed.status_code == 204

    def deliver(self, event):
        headers = self.site.signed("POST", "/connect/webhook")
        answer = requests.post(
            f"{self.service}/connect/webhook", json=self.payload(event), headers=headers, timeout=10
        )
        assert answer.json() == {"accepted": True, "note": ""}, answer.text

    def markup(self, text):
        return {"type": "doc", "version": 1, "content": [_block(part) for part in text.split("\n\n") if part]}

    def comment(self):
        body = super().comment()
        return json.dumps(body, indent=1, ensure_ascii=False) if body else ""

    def panel(self, person):
        """What somebody sees beside the issue."""
        address = "/connect/panel/findings"
        issue = {"id": self.ticket, "key": f"DEMO-{self.ticket}"}
        claims = {"qsh": "context-qsh", "sub": person, "context": {"jira": {"issue": issue}}}
        headers = self.site.signed("GET", address, **claims)
        return requests.get(self.service + address, headers=headers, timeout=10).json()


def _block(part):
    lines = part.split("\n")
    if not lines[0].startswith("* "):
        return _paragraph(" ".join(lines))
    items = [{"type": "listItem", "content": [_paragraph(line.removeprefix("* "))]} for line in lines]
    return {"type": "bulletList", "content": items}


def _paragraph(words):
    return {"type": "paragraph", "content": [{"type": "text", "text": words}]}


class Linear(Stage):
    tracker, filed = "linear", {"labels": ("Story",)}

    def deliver(self, event):
        self.post("/webhooks/linear/team", linear_deliveries.signed(getattr(self, f"_{event}")()))

    def _filed(self):
        return self._payload("z_issue_create_no_description", {})

    def _edited(self):
        return self._payload("k_updateIssueEstimated", {"updatedFrom": {"title": "…", "description": "…"}})

    def _said(self):
        """The vendor's samples hold no comment: as its documentation has it."""
        data = {"id": "c", "body": "…", "issueId": self.ticket, "issue": {"id": self.ticket}}
        return {"action": "create", "type": "Comment", "data": data, "url": "https://linear.app/demo"}

    def _payload(self, name, changes):
        path = shared("conformance", "payloads", "linear", f"{name}.json")
        body = json.loads(path.read_text(encoding="utf-8")) | changes
        body["data"]["id"] = self.ticket
        return body

    def labels(self):
        return self.fake.worn(self.ticket)


class GitHub(Stage):
    tracker, filed = "github", {"kind": "Story"}
    events = {"filed": ("issues", "opened"), "edited": ("issues", "edited"), "said": ("issue_comment", "created")}  # noqa: RUF012

    def deliver(self, event):
        name, action = self.events[event]
        path = vendors("@octokit", "webhooks-examples", "api.github.com", "index.json")
        examples = {one["name"]: one["examples"] for one in json.loads(path.read_text(encoding="utf-8"))}
        body = next(one for one in examples[name] if one["action"] == action)
        body["issue"] |= {"node_id": self.ticket, "number": self.fake.issues[self.ticket]["number"]}
        body["repository"]["full_name"] = REPOSITORY
        self.post("/webhooks/github/shop", github_deliveries.signed(body, event=name))

    def comment(self):
        return re.sub(r"(<!-- ticket-clarity )\w+", r"\1⟨key⟩", super().comment())

    def labels(self):
        return [label["name"] for label in self.fake.issues[self.ticket]["labels"]["nodes"]]


class Local(Stage):
    """The playground: it has a page for a vendor, and shows the comment as HTML."""

    tracker = "local"

    def __init__(self, service):
        super().__init__(None, service)

    def file(self, title, text):
        self.ticket = self._send("POST", "", title=title, description=text, kind="story")["id"]

    def edit(self, title, text):
        self._send("PUT", f"/{self.ticket}", title=title, description=text, kind="story")

    def say(self, who, words):
        self._send("POST", f"/{self.ticket}/comments", author=who, words=words)

    def comment(self):
        state = requests.get(f"{self.service}/playground/tickets/{self.ticket}", timeout=10).json()
        return state["comment"]["html"] if state["comment"] else ""

    def _send(self, method, path, **body):
        answer = requests.request(method, f"{self.service}/playground/tickets{path}", json=body, timeout=10)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()
