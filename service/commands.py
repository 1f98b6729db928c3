"""What people ask of us in a ticket's comments: “/clarity …”, “/unclear …” and “/clear”. Pure.

A command opens a line of prose. One in a quotation, in code or within a sentence is talk about a command.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service import document
from service.document.model import Block
from service.ticket import Comment, Person

MOST_WORDS = 500
"""Characters of a question or a reason that are kept in hand."""
MOST_COMMANDS = 20
"""Commands that are read from one comment."""
MOST_IN_AN_ID = 8
"""Words of a rule's id."""

_COMMAND = re.compile(
    r"^[ \t]*(?:[-*+•]\s+)?/(clarity|unclear|clear)(?![\w/-])[ \t:,]*", re.IGNORECASE | re.MULTILINE
)
_BECAUSE = re.compile(r"(?:because|since|as|[:,–—-])\s+", re.IGNORECASE)
_AROUND = "`'\"“”‘’:,.;-–—"


class Verb(StrEnum):
    """What is asked for. UNKNOWN is a word after “/clarity” that means nothing to us."""

    CHECK = "check"
    IGNORE = "ignore"
    NOT_USEFUL = "not-useful"
    EXAMPLE = "example"
    SHARE = "share"
    UNSHARE = "unshare"
    HELP = "help"
    UNCLEAR = "unclear"
    CLEAR = "clear"
    UNKNOWN = "unknown"


_VERBS = {
    "": Verb.CHECK,
    "again": Verb.CHECK,
    "check": Verb.CHECK,
    "ignore": Verb.IGNORE,
    "allow": Verb.IGNORE,
    "not-useful": Verb.NOT_USEFUL,
    "notuseful": Verb.NOT_USEFUL,
    "useless": Verb.NOT_USEFUL,
    "example": Verb.EXAMPLE,
    "examples": Verb.EXAMPLE,
    "share": Verb.SHARE,
    "unshare": Verb.UNSHARE,
    "help": Verb.HELP,
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command, by whom and when, with the words after it: a question, a rule and perhaps a reason, or for
    UNKNOWN the word that we do not know.
    """

    verb: Verb
    by: Person
    at: datetime
    words: str = ""


def commands(comments: Iterable[Comment]) -> tuple[Command, ...]:
    """Every command in these comments, oldest first. Our own comments and those of bots hold none."""
    people = (comment for comment in comments if comment.author and not (comment.ours or comment.author.is_bot))
    return tuple(
        command for comment in sorted(people, key=lambda c: (c.created, c.id)) for command in _in_comment(comment)
    )


def says_something(comment: Comment) -> bool:
    """Whether a comment holds anything besides commands: a person's answer, say."""
    return any(_COMMAND.split(block.text)[0].strip() for block in document.prose(comment.body))


def _in_comment(comment: Comment) -> list[Command]:
    assert comment.author is not None  # noqa: S101 (filtered above; tells the type checker)
    found = [
        _command(name, rest, comment.author, comment.created)
        for block in document.prose(comment.body)
        for name, rest in _parts(block)
    ]
    return found[:MOST_COMMANDS]


def _parts(block: Block) -> Iterator[tuple[str, str]]:
    """Each command's name and what follows it, up to the next command or the end of the block."""
    starts = [
        found
        for found in _COMMAND.finditer(block.text)
        if not any(low <= found.start(1) < high for low, high in block.masked)
    ]
    ends = [found.start() for found in starts[1:]] + [len(block.text)]
    for found, end in zip(starts, ends, strict=False):
        yield found[1].casefold(), block.text[found.end() : end].strip()


def _command(name: str, rest: str, by: Person, at: datetime) -> Command:
    if name != "clarity":
        return Command(Verb(name), by, at, _short(rest))
    line = rest.partition("\n")[0].replace("not useful", "not-useful", 1)
    word, _, words = line.strip().partition(" ")
    verb = _VERBS.get(word.casefold().strip(".:,!"), Verb.UNKNOWN)
    return Command(verb, by, at, _short(word if verb is Verb.UNKNOWN else words))


def rule_and_reason(words: str, known: Collection[str]) -> tuple[str, str]:
    """The rule that these words begin with, and what follows as a reason. "" where they begin with no known rule.

    “vague-quantity because we agreed”, “vague quantity: we agreed” and “`Vague-Quantity`” all name the same.
    """
    parts = words.split()
    for end in range(min(len(parts), MOST_IN_AN_ID), 0, -1):
        name = "-".join(part.strip(_AROUND) for part in parts[:end]).casefold()
        if name in known:
            return name, _without_because(" ".join(parts[end:]))
    return "", ""


def _without_because(reason: str) -> str:
    found = _BECAUSE.match(reason)
    return reason[found.end() :] if found else reason


def _short(words: str) -> str:
    bare = " ".join(words.split())
    return bare if len(bare) <= MOST_WORDS else bare[: MOST_WORDS - 1].rstrip() + "…"
