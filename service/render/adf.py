"""Comment tree → Atlassian Document Format, version 1, for Jira Cloud's REST API v3.

Every document is valid against the vendor's schema, which forbids empty text nodes. Text in ADF is inert, so
quoted words need no escaping. https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from service.comment import (
    CommentTree,
    Folded,
    Inline,
    Items,
    Link,
    Mention,
    Node,
    Paragraph,
    Quoted,
    Snippet,
    Words,
)
from service.render import clean

Adf = dict[str, Any]


def render(tree: CommentTree) -> Adf:
    """The whole comment as an ADF document."""
    return {"type": "doc", "version": 1, "content": _blocks(tree.nodes)}


def _blocks(nodes: Iterable[Node]) -> list[Adf]:
    return [block for block in map(_block, nodes) if block is not None]


def _block(node: Node) -> Adf | None:
    match node:
        case Paragraph():
            return {"type": "paragraph", "content": _inlines(node.content)}
        case Snippet():
            return _code(node.text)
        case Folded():
            return {"type": "expand", "attrs": {"title": clean.words(node.title)}, "content": [_code(node.text)]}
        case Items():
            items = [{"type": "listItem", "content": _blocks(item.content)} for item in node.items if item.content]
            return {"type": "orderedList" if node.ordered else "bulletList", "content": items} if items else None


def _code(told: str) -> Adf:
    text = clean.block(told)
    return {"type": "codeBlock", "content": [{"type": "text", "text": text}] if text else []}


def _inlines(content: Iterable[Inline]) -> list[Adf]:
    nodes: list[Adf] = []
    for node in map(_inline, content):
        if node.get("text") == "":
            continue
        if nodes and nodes[-1]["type"] == node["type"] == "text" and nodes[-1].get("marks") == node.get("marks"):
            nodes[-1]["text"] += node["text"]
        else:
            nodes.append(node)
    return nodes


def _inline(part: Inline) -> Adf:
    match part:
        case Words():
            marks = ["strong"] * part.strong + ["em"] * part.emphasis
            return _text(clean.words(part.text), *({"type": mark} for mark in marks))
        case Quoted():
            return _text(f"“{clean.quoted(part.text, whole=part.whole)}”", *[{"type": "strong"}] * part.strong)
        case Mention():
            return {"type": "mention", "attrs": {"id": clean.words(part.id)}}
        case Link():
            mark = {"type": "link", "attrs": {"href": part.href}}
            return _text(clean.words(part.text), *[mark] * clean.is_web_address(part.href))


def _text(text: str, *marks: Adf) -> Adf:
    return {"type": "text", "text": text} | ({"marks": list(marks)} if marks else {})
