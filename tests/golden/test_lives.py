"""Whole lives of tickets under the shipped rules, told in lives/: a ticket, what we decide, and the comment that
then stands; the ticket as edited, and so on. `--update-golden` writes what we say anew, below each text.
"""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from service import rulebook
from service.document import language
from service.feedback import Said, compose, fingerprint
from service.policy import Policy
from service.reaction import Action, Facts, react
from service.render.markdown import render
from service.review import Reviewer
from service.ticket import Kind, Markup, Text, Ticket

FILES = sorted((Path(__file__).parent / "lives").glob("*.md"))


@cache
def reviewer():
    return Reviewer(rulebook.load(), language.load())


def read(path):
    """The ticket's kind, and for each text: how it came (filed, edited), title and description."""
    head, *parts = re.split(r"^=== (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    name = head.removeprefix("kind: ").strip()
    kind = None if name == "unknown" else Kind(name)
    for step, part in zip(parts[::2], parts[1::2], strict=True):
        text = re.split(r"^--- ", part, maxsplit=1, flags=re.MULTILINE)[0].strip()
        title, _, description = text.partition("\n")
        yield kind, step, title.removeprefix("# "), description.strip()


def told(path):
    """The whole life, with what we decide and say after each text."""
    said, standing, lines = Said(), "", []
    for number, (kind, step, title, description) in enumerate(read(path)):
        review = reviewer().review(Ticket("1", title, Text(description, Markup.MARKDOWN), kind), Policy())
        facts = Facts(connected_at=0, created=1, text_changed=1 + number, comment_seen=bool(standing))
        decision = react(said, review, Policy(), facts)
        said = replace(said, text_hash=review.text_hash)
        if decision.action in {Action.POST, Action.UPDATE}:
            standing = render(compose(review, said))
            rules = tuple(sorted({finding.rule for finding in review.findings}))
            said = Said("posted", fingerprint(review), review.text_hash, review.score, rules)
        elif decision.action is Action.WITHDRAW:
            said, standing = replace(said, state="withdrawn", comment_hash=""), ""
        found = ", ".join(dict.fromkeys(finding.rule for finding in review.findings)) or "nothing found"
        why = f"--- {decision.action}: {decision.reason} ({review.score}: {found})"
        lines += [f"=== {step}\n# {title}", description, why, standing]
    kind = next(read(path))[0]
    return "\n\n".join([f"kind: {kind or 'unknown'}", *filter(None, lines)]) + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden(path, request):
    now = told(path)
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now
