"""What stands in a ticket's sections, told from the blocks alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from service.document.meanings import name_of
from service.document.model import PROSE, BlockKind, Placed, Section

_PROMISED = (
    "defined|done|determined|decided|discussed|confirmed|added|filled( in| out)?|written|agreed|clarified"
    "|specified|provided|refined|completed|listed|detailed|created"
)
_HOLLOW = re.compile(
    r"tb[acdf]|todo|to do|fixme|n/?a|not applicable|none( yet)?|nothing( yet)?|pending|wip|unknown|same|idk"
    rf"|((still |yet |needs? |will (have )?|has |have )?to|will|shall|should|must) be ({_PROMISED})"
    r"( (later|soon|here))?( (in|by|with|after|once|when|before|during|at|as|on|from)\b.{0,60})?"
    rf"|not( yet)?( ({_PROMISED}|known|clear))?( yet)?|not applicable (for|to|here)\b.{{0,40}}"
    r"|(needs|waiting for|awaiting) (refinement|grooming|input|details?|clarification"
    r"|(the )?(po|pm|product|design|qa))"
    r"|(the )?(po|pm|qa|ba|product|design|@\w+) (to|will) (add|fill( in)?|write|define|provide|confirm"
    r"|decide)( .{0,40})?"
    r"|will follow|(coming )?(soon|later)|see (above|below)|same as (above|below|parent|before)|placeholder"
    r"|(please )?(add|fill|write|describe|list|enter|insert) .{0,60}(here|below)|criteria( go)? here"
    r"|(item|step|criterion|criteria|scenario|condition|requirement) ?[#\d]{0,2}"
)
"""In small letters: without regard to case it takes twice as long."""
_MENTION = re.compile(r"@\w[\w.-]{0,40}(?: \w[\w.-]{0,40}){0,2}")
_TRIM = re.compile(r"^[\W_]+|[\W_]+$")
_MARKS = " \n.,:;!?\"'()[]*_-"
_RUN = re.compile(
    r"^[ \t]{0,8}(?:[\w.~/@:\[\]-]{0,60} ?[$#»>] ?[a-z./]|(?:sudo |time )?(?:docker|git|npm|npx|yarn|curl|wget|pip"
    r"|python3?|node|java|mvn|gradle|make|go|cargo|kubectl|helm|psql|mysql|apt-get|brew|ssh) [\w./-])",
    re.MULTILINE,
)
_STATEMENT = re.compile(
    r"[;{}][ \t]*$|^[ \t]{0,40}(?:import|from|def|class|public|private|var|let|const|function|SELECT|FROM|RUN|COPY"
    r"|ADD|CMD|<[a-z]\w*)\b|^[ \t]{0,40}[\w.]{1,60} ?= ?\S|^[ \t]{0,40}[\w.]{1,60}\([^()\n]{0,200}\)[ \t]*$",
    re.MULTILINE,
)
ENOUGH = 1000
_TITLE, _TABLE_CELL = Section.TITLE, BlockKind.TABLE_CELL
EVIDENCE = frozenset({BlockKind.CODE, BlockKind.LOG, BlockKind.IMAGE, BlockKind.LINK, BlockKind.QUOTE})
WRITTEN = (PROSE | {BlockKind.CODE, BlockKind.LOG, BlockKind.QUOTE}) - {BlockKind.HEADING}

_STEP = re.compile(r"\W{0,4}(when|then|and|but)\b", re.IGNORECASE)
_START = re.compile(r"^\W{0,4}(?:given|scenario)\b", re.IGNORECASE | re.MULTILINE)
_LISTED = frozenset({BlockKind.LIST_ITEM, BlockKind.TASK_ITEM})


def says_something(text: str) -> bool:
    """Whether words are more than a promise of words: "TBD", "n/a", "…", "?" and a name say nothing."""
    if "@" in text and _MENTION.fullmatch(text.strip()):
        return False
    bare = _trimmed(text)
    return bare != "" and not _HOLLOW.fullmatch(bare.casefold())


def _trimmed(text: str) -> str:
    """From the first letter or digit to the last."""
    bare = text.strip(_MARKS)
    return bare if bare[:1].isalnum() and bare[-1:].isalnum() else _TRIM.sub("", bare)


def is_real(placed: Placed) -> bool:
    """Whether a block tells a reader something."""
    block = placed.block
    if block.kind not in WRITTEN:
        return block.kind in EVIDENCE
    if block.kind is _TABLE_CELL and placed.heading == name_of(block.text):
        return False  # it heads its column or row
    return says_something(block.text)


def characters(blocks: Iterable[Placed]) -> int:
    """How many characters there are; evidence such as an image or a link says enough by itself."""
    return sum(ENOUGH if placed.block.kind in EVIDENCE else len(placed.block.text) for placed in blocks)


def has_words(blocks: Iterable[Placed], least: int) -> bool:
    """Whether there are so many words; evidence such as an image or a link says enough by itself."""
    spoken = 0
    for placed in blocks:
        spoken += ENOUGH if _points_elsewhere(placed) else len(placed.block.text.split())
        if spoken >= least:
            return True
    return False


def _points_elsewhere(placed: Placed) -> bool:
    return placed.block.kind in EVIDENCE or "://" in placed.block.text


def items(section: Iterable[Placed]) -> int:
    """How many things a section lists: its outermost items, the rows of its tables, its scenarios."""
    inside = [placed.block for placed in section]
    listed = [block for block in inside if block.kind in _LISTED and not _STEP.match(block.text)]
    outermost = min((block.depth for block in listed), default=0)
    rows = {(block.field, block.row) for block in inside if block.row > 0}
    scenarios = sum(len(_START.findall(block.text)) for block in inside if block.kind not in _LISTED)
    return sum(block.depth == outermost for block in listed) + len(rows) + scenarios


def bare(telling: Iterable[tuple[int, Placed]], kinds: frozenset[BlockKind], most: int) -> list[int]:
    """Of blocks that tell something those of these kinds, where all beside them is less than `most` words."""
    found, spoken = [], 0
    for i, placed in telling:
        block = placed.block
        if placed.section is _TITLE:
            continue
        if block.kind in kinds:
            found.append(i)
        elif block.kind not in PROSE:
            return []
        else:
            spoken += len(_unmasked(block.text, block.masked).split())
            if spoken >= most:
                return []
            if BlockKind.LINK in kinds and "://" in block.text:
                found.append(i)
    return found


def _unmasked(text: str, masked: Iterable[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in masked:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])


def runs(text: str) -> bool:
    """Whether somebody could run a block of code: commands or statements, and not only what a program printed."""
    return _RUN.search(text) is not None or sum(1 for _ in islice(_STATEMENT.finditer(text), 2)) == 2
