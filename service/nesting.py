"""How deep data is nested: JSON from elsewhere may be deeper than what reads it can follow."""

from __future__ import annotations


def deeper_than(value: object, levels: int) -> bool:
    """Whether objects and lists are nested more than so many levels deep. Walks level by level, never down."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        if not level:
            return False
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return bool(level)
