"""What stands in a ticket's sections, told from the blocks alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from service.document.model import PROSE, BlockKind, Document, Placed, Section

_HOLLOW = re.compile(
    r"tb[acdf]|todo|to do|fixme|n/?a|not applicable|none( yet)?|nothing( yet)?|pending|wip|unknown|same|idk|"
    r"to be (defined|done|determined|decided|discussed|confirmed|added|filled( in)?|written)( later)?|"
    r"not yet( (defined|known|clear))?|will follow|(coming )?(soon|later)|see (above|below)|placeholder|"
    r"(please )?(add|fill|write|describe|list|enter|insert) .{0,60}(here|below)|criteria( go)? here|"
    r"(item|step|criterion|criteria|scenario|condition|requirement) ?[#\d]{0,2}",
    re.IGNORECASE,
)
_TRIM = re.compile(r"^[\W_]+|[\W_]+$")
ENOUGH = 1000
EVIDENCE = frozenset({BlockKind.CODE, BlockKind.LOG, BlockKind.IMAGE, BlockKind.LINK, BlockKind.QUOTE})


def says_something(text: str) -> bool:
    """Whether words are more than a promise of words: "TBD", "n/a", "…", "-" and "?" say nothing."""
    bare = _TRIM.sub("", text)
    return any(character.isalnum() for character in bare) and not _HOLLOW.fullmatch(bare)


def is_real(placed: Placed) -> bool:
    """Whether a block tells a reader something."""
    kind = placed.block.kind
    if kind in (BlockKind.HEADING, BlockKind.PLACEHOLDER):
        return False
    return kind in EVIDENCE or (kind in PROSE and says_something(placed.block.text))


def real(document: Document, sections: Iterable[Section]) -> list[Placed]:
    """The blocks with something to say in these sections; a table belongs to the section it stands in."""
    wanted = frozenset(sections)
    found, around = [], Section.NONE
    for placed in document.blocks:
        if placed.block.kind is not BlockKind.TABLE_CELL:
            around = placed.section
        if (placed.section in wanted or around in wanted) and is_real(placed):
            found.append(placed)
    return found


def words(blocks: Iterable[Placed]) -> int:
    """How many words there are; evidence such as an image or a link says enough by itself."""
    return sum(ENOUGH if placed.block.kind in EVIDENCE else len(placed.block.text.split()) for placed in blocks)
