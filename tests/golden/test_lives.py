"""Whole lives of tickets under the shipped rules, told in lives/: a ticket, what we decide, and the comment that
then stands; the ticket as edited, what people say on it, and so on. `--update-golden` writes what we say anew, below
each text.

`=== filed`, `=== edited` and `=== said by NAME` begin an event, each an hour after the one before, or `after 8 days`.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from service import rulebook
from service.conversation import conversation
from service.document import language
from service.feedback import Said, compose, fingerprint
from service.policy import Policy, without
from service.reaction import Action, Facts, react
from service.render.markdown import render
from service.review import Reviewer
from service.talk import talk_about
from service.ticket import Comment, Kind, Markup, Person, Snapshot, Text, Ticket

FILES = sorted((Path(__file__).parent / "lives").glob("*.md"))
EVENT = re.compile(
    r"^=== (?P<head>(?P<what>\w+)(?: by (?P<who>\w+))?(?: after (?P<days>\d+) days)?)\n", re.MULTILINE
)
FILED = datetime(2026, 3, 2, 9, tzinfo=UTC)
AUTHOR, ASSIGNEE = Person("author"), Person("assignee")


@dataclass(frozen=True)
class Event:
    head: str
    what: str
    text: str
    at: datetime
    who: str = ""


@cache
def reviewer():
    return Reviewer(rulebook.load(), language.load())


def read(path):
    """The ticket's kind, and its events."""
    text = path.read_text(encoding="utf-8")
    heads = list(EVENT.finditer(text))
    name = text[: heads[0].start()].strip().removeprefix("kind: ")
    at, events = FILED, []
    for head, end in zip(heads, [*(following.start() for following in heads[1:]), len(text)], strict=True):
        body = re.split(r"^--- ", text[head.end() : end], maxsplit=1, flags=re.MULTILINE)[0].strip()
        at += timedelta(hours=1, days=int(head["days"] or 0))
        events.append(Event(head["head"], head["what"], body, at, head["who"] or ""))
    return None if name == "unknown" else Kind(name), events


def written(event, kind, before):
    """The ticket as it stands after an event."""
    if event.what == "said":
        comment = Comment(str(event.at), Person(event.who), Text(event.text, Markup.MARKDOWN), event.at)
        return replace(before, comments=(*before.comments, comment))
    title, _, description = event.text.partition("\n")
    ticket = Ticket("1", title.removeprefix("# "), Text(description.strip(), Markup.MARKDOWN), kind)
    comments = before.comments if before else ()
    return Snapshot(
        ticket, "SHOP-1", "", FILED, event.at, AUTHOR, comments=comments, creator=AUTHOR, assignee=ASSIGNEE
    )


def told(path):
    """The whole life, with what we decide and say after each event."""
    kind, events = read(path)
    said, standing, lines, snapshot = Said(), "", [], None
    for event in events:
        snapshot = written(event, kind, snapshot)
        talk = conversation(snapshot, reviewer().rulebook.rules, event.at)
        policy = without(Policy(), talk.ignored)
        review = reviewer().suggest(snapshot.ticket, policy, reviewer().review(snapshot.ticket, policy))
        about = talk_about(talk, snapshot, review, reviewer().rulebook.rules)
        facts = Facts(
            connected_at=0, created=1, text_changed=snapshot.text_changed.timestamp(), comment_seen=bool(standing)
        )
        decision = react(said, review, Policy(), facts, about)
        said = replace(said, text_hash=review.text_hash)
        if decision.action in {Action.POST, Action.UPDATE}:
            standing = render(compose(review, said, about, points=decision.points))
            rules = tuple(sorted({finding.rule for finding in review.findings}))
            mark = fingerprint(review, about, points=decision.points)
            said = Said("posted", mark, review.text_hash, review.score, rules)
        elif decision.action is Action.WITHDRAW:
            said, standing = replace(said, state="withdrawn", comment_hash=""), ""
        found = ", ".join(dict.fromkeys(finding.rule for finding in review.findings)) or "nothing found"
        why = f"--- {decision.action}: {decision.reason} ({review.score}: {found})"
        lines += [f"=== {event.head}\n{spaced(event)}", why, standing]
    return "\n\n".join([f"kind: {kind or 'unknown'}", *filter(None, lines)]) + "\n"


def spaced(event):
    if event.what == "said":
        return event.text
    title, _, description = event.text.partition("\n")
    return "\n\n".join(filter(None, [f"# {title.removeprefix('# ')}", description.strip()]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden(path, request):
    now = told(path)
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now
