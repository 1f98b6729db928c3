"""Comment tree ↔ plain JSON data, so that a tracker of our own can keep a comment as it was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from service.comment import CommentTree, Folded, Item, Items, Link, Mention, Paragraph, Quoted, Snippet, Words

_TYPES: Mapping[str, Callable[..., Any]] = {
    "comment": CommentTree,
    **{
        kind.__name__.lower(): kind
        for kind in (Paragraph, Items, Item, Snippet, Folded, Words, Quoted, Mention, Link)
    },
}


def to_json(tree: CommentTree) -> dict[str, Any]:
    """The tree as JSON data; each node names its type."""
    return {"type": "comment", "nodes": _plain(tree.nodes)}


def from_json(data: object) -> CommentTree:
    """The tree that `to_json` wrote. Raises ValueError where the data is none."""
    try:
        tree = _node(data)
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no comment tree: {type(error).__name__} {error}") from error
    if isinstance(tree, CommentTree):
        return tree
    raise ValueError(f"this is no comment tree but {type(tree).__name__}")


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__.lower(), **named}
    return value


def _node(value: object) -> object:
    if isinstance(value, list):
        return tuple(_node(part) for part in value)
    if isinstance(value, Mapping):
        return _TYPES[value["type"]](**{name: _node(part) for name, part in value.items() if name != "type"})
    return value
