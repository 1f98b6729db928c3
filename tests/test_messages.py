"""Every message that a document quotes under “What you see” is one that the service says."""

import ast
import re
from functools import cache

import pytest

from tests.needs import ROOT

TABLE = re.compile(r"^\| What you see \|.*\n\|[-| ]+\n((?:\|.*\n?)+)", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
OMITTED = re.compile(r"…|⟨[^⟩]*⟩")
LEAST = 7  # letters: shorter texts prove nothing
MOST_VALUE = 3  # words: as long as what stands in a placeholder is in an example
EDGES = " .,;:()“”'\""


def cells():
    """What documents quote, as (document, message)."""
    for path in sorted((ROOT / "docs").glob("*.md")):
        for rows in TABLE.findall(path.read_text(encoding="utf-8")):
            for row in rows.splitlines():
                yield from ((path.name, message) for message in quoted(row.split(" | ")[0]))


def quoted(cell):
    """The texts in curly quotation marks, with those inside them left as they are."""
    depth, message = 0, ""
    for letter in cell:
        depth -= letter == "”"
        if depth > 0:
            message += letter
        elif message:
            yield message
            message = ""
        depth += letter == "“"


@cache
def said():
    """All that the service can say: its texts, cut at what is filled in."""
    pieces = set()
    for path in (ROOT / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                pieces.update(PLACEHOLDER.split(node.value))
    for path in (ROOT / "service").rglob("*.html"):
        pieces.update(re.split(r"<[^>]*>|\{[{%].*?[%}]\}", path.read_text(encoding="utf-8")))
    return "\0".join(["", *(" ".join(piece.split()).strip(EDGES) for piece in pieces), ""])


def is_said(message):
    """Whether a message is an excerpt of something said: a text, a value, the text after it, and so on.

    A text before a value is said to its end and one after it from its beginning, as they are cut nowhere else; and
    most of the message is text.
    """
    words = message.split()
    return 2 * max(_told(words, whole=False), *(_told(words[n:]) for n in values(words)), 0) >= len(message)


def _told(words, *, whole=True):
    """How many letters of the words are texts of ours, the first from its beginning if `whole`; -1 where they are not."""
    best = -1
    for end in range(1, len(words) + 1):
        text = " ".join(words[:end]).strip(EDGES)
        part = f"\0{text}" if whole else text
        if part not in said():
            break
        if len(text) >= LEAST and end == len(words):
            best = max(best, len(text))
        elif len(text) >= LEAST and f"{part}\0" in said():
            rest = [_told(words[end + n :]) if end + n < len(words) else 0 for n in (0, *values(words[end:], 1))]
            best = max([best, *(len(text) + one for one in rest if one >= 0)])
    return best


def values(words, spare=0):
    """How many words a value may have here."""
    return range(1, min(MOST_VALUE, len(words) - 1 + spare) + 1)


@pytest.mark.parametrize(("document", "message"), sorted(set(cells())))
def test_a_message_in_the_documents_is_one_that_we_say(document, message):
    for part in filter(None, (part.strip() for part in OMITTED.split(message))):
        assert is_said(part), f"docs/{document} quotes “{message}”"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Jira did not accept our request (400)", True),
        ("Atlassian refused: invalid_grant", True),
        ("Jira did not accept what we asked (400)", False),
        ("GitHub turned our credentials down (401)", False),
        ("No tickets were found", False),
    ],
)
def test_a_message_that_nobody_says_is_noticed(message, expected):
    assert is_said(message) is expected
