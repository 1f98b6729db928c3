"""Small turns of phrase that the comment is put together from. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.comment import Inline, Quoted, Words

_SENTENCE_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][”\")]))\s+(?=[A-Z“\"0-9])")
_QUOTATION = re.compile(r"“([^“”]+)”")


def first_sentence(text: str) -> str:
    """The first sentence of our own prose, on one line."""
    return _SENTENCE_END.split(" ".join(text.split()), maxsplit=1)[0]


def in_words(rule: str) -> str:
    """A rule's id as words: a rule is named for its fault."""
    return rule.replace("-", " ").strip()


def authors(number: int) -> str:
    """So many authors."""
    return "1 author" if number == 1 else f"{number} authors"


def authors_have(number: int) -> str:
    """How a sentence begins that tells what so many authors have."""
    return f"{authors(number)} {'has' if number == 1 else 'have'}"


def listed(names: Sequence[str], *, most: int) -> str:
    """“a”, “a and b”, “a, b and c”; beyond `most` only how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def quoting(message: str, quote: str, *, strong: bool = False) -> tuple[Inline, ...]:
    """A rule's message with the ticket's words in it, “so”, told apart from ours.

    A message that names no words of the ticket is followed by them, if there are any.
    """
    if not quote:
        return (Words(message, strong=strong),)
    parts: list[Inline] = []
    place = 0
    for found in _QUOTATION.finditer(message):
        parts += [Words(message[place : found.start()], strong=strong), Quoted(found[1], strong)]
        place = found.end()
    parts.append(Words(message[place:], strong=strong))
    if len(parts) == 1:
        parts += [Words(" ", strong), Quoted(quote, strong)]
    return tuple(part for part in parts if not isinstance(part, Words) or part.text)
