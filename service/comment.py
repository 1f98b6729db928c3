"""The comment tree: what we say, before any tracker's markup.

Words of ours are `Words`; words of a ticket are `Quoted`; a person is a `Mention`. They are distinct types, so
that a renderer can never bring quoted text alive: no mention, link, macro, emoji or HTML in it works.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Our own words. Plain text: nothing in it is markup."""

    text: str
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words taken from a ticket, shown as a quotation within a sentence, on one line; shortened unless `whole`."""

    text: str
    strong: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A person of the tracker. `id` is what its mentions go by: a user id, a name, a profile's address."""

    id: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of ours to an https or http address."""

    text: str
    href: str


Inline = Words | Quoted | Mention | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    content: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: paragraphs, and perhaps a ready-made text to copy."""

    content: tuple[Paragraph | Snippet, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A bullet list, or a numbered one."""

    items: tuple[Item, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text to copy, shown verbatim in a block of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Folded:
    """Text to copy as in a snippet, folded away under a title of ours where the tracker can."""

    title: str
    text: str


Node = Paragraph | Items | Snippet | Folded


@dataclass(frozen=True, slots=True)
class CommentTree:
    """A whole comment."""

    nodes: tuple[Node, ...]
