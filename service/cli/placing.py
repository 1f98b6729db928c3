"""A finding → the place in the file that its words stand at."""

from __future__ import annotations

from dataclasses import dataclass

from service.cli.reading import Item, Origin
from service.verdict import Finding


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file, in code points: lines and columns from 1, `offset` from 0; an end is one further on.

    `exact` is false where the file cannot say more than the line that the ticket stands or begins at.
    """

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    offset: int = 0
    length: int = 0
    exact: bool = False


def place(item: Item, finding: Finding) -> Place:
    """Where the words of a finding stand; of an absence, or within JSON, where the ticket begins."""
    origin = item.origin or Origin("-")
    start = origin.starts.get(finding.field)
    if start is None or finding.start is None or finding.end is None:
        return Place(origin.line, 1, origin.line)
    first, last = start + finding.start, start + finding.end
    if origin.text[first:last] != finding.quote:
        return Place(origin.line, 1, origin.line)
    return Place(*_position(origin.text, first), *_position(origin.text, last), first, last - first, exact=True)


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
