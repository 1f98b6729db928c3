"""A tracker that lives in memory and fails on demand, and a reviewer that counts the word "fast"."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from service import rulebook
from service.review import Dimension, Finding, Level, Review, Severity
from service.ticket import Comment, Kind, Person, Snapshot, StatusCategory, Text, Ticket
from service.trackers.base import CommentGone, TicketGone

AUTHOR = Person("user-one")
LEFT_UNDONE = ("clarity_tracker_errors", (("tracker", "jira"), ("then", "left undone")))
SITE_WAITS = ("clarity_tracker_errors", (("tracker", "jira"), ("then", "site waits")))
US = Person("bot", is_bot=True)


class Reviewer:
    def __init__(self):
        self.rules = rulebook.load().rules
        self.poison = set()
        self.prepared = []
        self.passed = {}

    def prepare(self, tickets):
        self.prepared.append([ticket.id for ticket, _ in tickets])

    def suggest(self, ticket, policy, review):
        return review

    def review(self, ticket, policy):
        off = policy.rules.get("unmeasured-quality")
        if ticket.id in self.poison:
            raise ValueError(f"cannot read {ticket.description.content}")
        text = str(ticket.description.content)
        count = 0 if off and off.enabled is False else text.count("fast")
        score = max(0, 100 - 10 * count)
        level = Level.READY if score >= policy.ready else Level.NEARLY if score >= policy.nearly else Level.UNCLEAR
        finding = Finding(
            "unmeasured-quality",
            Severity.WARNING,
            Dimension.PRECISION,
            10,
            10,
            "“fast” cannot be tested.",
            "An adjective hides a number.",
            "Name a limit.",
            "description",
            quote="fast",
        )
        return Review(
            score,
            level,
            "",
            (finding,) * count,
            "rules-1",
            hashlib.sha256(text.encode()).hexdigest(),
            ticket.kind,
            passed=self.passed,
        )


class Tracker:
    """`faults` maps a method's name to exceptions to raise, one a call; `after` does so once the write is done."""

    name = "jira"
    site = "default"

    def __init__(self):
        self.snapshots = {}
        self.faults, self.after, self.before = {}, {}, {}
        self.calls = []
        self.keys = {}
        self.numbers = iter(range(1, 1_000_000))
        self.said = {}
        self.notified = []

    def put(self, ticket_id, text, **values):
        ticket = Ticket(ticket_id, "A title", Text(text), Kind.STORY, status="Open", project="SHOP")
        now = datetime.now(UTC)
        new = {
            "ticket": ticket,
            "key": f"SHOP-{ticket_id}",
            "url": "",
            "created": now,
            "text_changed": now,
            "author": AUTHOR,
        }
        old = self.snapshots.get(ticket_id)
        comments = old.comments if old else ()
        self.snapshots[ticket_id] = Snapshot(**{**new, "comments": comments, **values})

    def status(self, ticket_id, category):
        self.snapshots[ticket_id] = replace(self.snapshots[ticket_id], status_category=StatusCategory(category))

    def comment(self, ticket_id, comment):
        snapshot = self.snapshots[ticket_id]
        self.snapshots[ticket_id] = replace(snapshot, comments=(*snapshot.comments, comment))

    def older(self, ticket_id, by):
        """Let everything on the ticket have happened so much earlier."""
        snapshot = self.snapshots[ticket_id]
        comments = tuple(replace(c, created=c.created - by) for c in snapshot.comments)
        self.snapshots[ticket_id] = replace(
            snapshot, comments=comments, created=snapshot.created - by, text_changed=snapshot.text_changed - by
        )

    def ours(self, ticket_id):
        return [comment.id for comment in self.snapshots[ticket_id].our_comments]

    def fetch(self, ticket_id):
        with_faults = self._called("fetch", ticket_id)
        if ticket_id not in self.snapshots:
            raise TicketGone("the ticket was deleted")
        snapshot = self.snapshots[ticket_id]
        with_faults()
        return snapshot

    def create_comment(self, ticket_id, tree, *, key, internal=False, visible_to=""):
        end = self._called("create_comment", ticket_id)
        self.keys.setdefault(ticket_id, []).append(key)
        return self.add_comment(ticket_id, tree, end)

    def add_comment(self, ticket_id, tree, end=lambda: None):
        number = str(next(self.numbers))
        self.said[number] = tree
        comment = Comment(number, US, Text("body"), datetime.now(UTC), ours=True)
        snapshot = self.snapshots[ticket_id]
        self.snapshots[ticket_id] = replace(snapshot, comments=(*snapshot.comments, comment))
        end()
        return number

    def update_comment(self, ticket_id, comment_id, tree, *, notify=False, visible_to=""):
        self.notified.append(notify)
        end = self._called("update_comment", ticket_id)
        if comment_id not in self.ours(ticket_id):
            raise CommentGone("the comment was deleted")
        self.said[comment_id] = tree
        end()

    def delete_comment(self, ticket_id, comment_id):
        end = self._called("delete_comment", ticket_id)
        snapshot = self.snapshots[ticket_id]
        left = tuple(comment for comment in snapshot.comments if comment.id != comment_id)
        self.snapshots[ticket_id] = replace(snapshot, comments=left)
        end()

    def check(self):
        return "in memory"

    def _called(self, method, ticket_id):
        self.calls.append((method, ticket_id))
        self.before.get(method, lambda: None)()
        if self.faults.get(method):
            raise self.faults[method].pop(0)

        def end():
            if self.after.get(method):
                raise self.after[method].pop(0)

        return end

    def count(self, method):
        return sum(called == method for called, _ in self.calls)
