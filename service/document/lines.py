"""Reads within paragraphs, whatever the markup: labels, list marks, pasted code and logs, unfilled prompts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from service.document import masks, meanings, noise
from service.document.model import PROSE, Block, BlockKind, Section
from service.document.template import is_placeholder

_BULLET = re.compile(r"(?:[-*+•·‣▪◦–—●○■➢►➤]|->|=>)\s+(?=\S)|[•‣▪◦●○■](?=\w)")
_NUMBER = re.compile(
    r"(?:\(?\d{1,3}(?:\.\d{1,2}){0,2}[.)]|\(?[a-z]\)|#\d{1,2}[.:)]?|(?:Step|STEP|step) ?\d{1,2}[.:)-])\s+(?=\S)|\d{1,2}[.)](?=[A-Z])|[1-9]\d?\s+(?=[A-Z][a-z])"
)
_CHECK = re.compile(r"\[([ xX]?)\]\s+(?=\S)|[☐☑☒✅✔]\ufe0f?\s*(?=\S)")
_COLON = re.compile(r"\s*(?::|=>|->|[-–—](?=\s)|\s-(?=\S))[\s*_]*")
_LOOSE = {BlockKind.PARAGRAPH, BlockKind.PANEL}
_LISTED = {BlockKind.LIST_ITEM, BlockKind.TASK_ITEM}
_SELF_TOLD = {Section.OTHER, Section.PROBLEM, Section.SOLUTION, Section.SCOPE, Section.TEST, Section.DESCRIPTION}
LINE, LABEL = 7, 8
"""Levels of headings that are no headings in their markup: a line of its own, a label before text."""


def refined(block: Block) -> Iterator[Block]:
    """The parts of one block of prose; other blocks come back as they are."""
    if block.kind is BlockKind.HEADING:
        yield _heading(block)
        return
    if block.kind not in PROSE:
        yield block
        return
    for part in _grouped(block, _classified(block)):
        yield from _labelled(part) if part.kind in PROSE else (part,)


def _heading(block: Block) -> Block:
    """A heading is one line, and one that still holds its template's slot tells nothing."""
    kind = (
        BlockKind.PLACEHOLDER
        if is_placeholder(block.text) and meanings.meaning(block.text) is None
        else block.kind
    )
    return replace(block, kind=kind)


def _classified(block: Block) -> Iterator[tuple[int, int, BlockKind | None]]:
    """Start, end and kind of each line; None where the line is the block's own kind."""
    text, at = block.text, 0
    previous: BlockKind | None = None
    for line in text.split("\n"):
        bare = line.strip()
        if bare:
            first_of_item = at == 0 and block.kind not in _LOOSE
            kind = None if first_of_item and "\n" not in text and len(bare) < 200 else noise.of_line(bare)
            if kind is None and previous is not None and noise.follows(previous, line):
                kind = previous
            previous = kind
            yield at, at + len(line), kind
        at += len(line) + 1


def _grouped(block: Block, lines: Iterable[tuple[int, int, BlockKind | None]]) -> Iterator[Block]:
    """Neighbouring lines of code or log are one block; each list mark and each label begins a block."""
    start = end = -1
    now: BlockKind | None = None
    for begin, stop, kind in lines:
        same = kind is now or {kind, now} == {BlockKind.LOG, BlockKind.CODE}
        if start >= 0 and (not same or (kind is None and _begins(block, begin, stop))):
            yield _part(block, start, end, now)
            start, now = -1, None
        if start < 0:
            start, now = begin, kind
        now = BlockKind.LOG if BlockKind.LOG in {kind, now} else now
        end = stop
        if kind is None and _stands_alone(block, begin, stop):
            yield _part(block, start, end, now)
            start, now = -1, None
    if start >= 0:
        yield _part(block, start, end, now)


def _line(block: Block, begin: int, stop: int) -> str:
    return block.text[begin:stop].strip()


def _begins(block: Block, begin: int, stop: int) -> bool:
    line = _line(block, begin, stop)
    return bool(_mark(line)) or _label(block, begin, stop) is not None or is_placeholder(line)


def _stands_alone(block: Block, begin: int, stop: int) -> bool:
    """A line that serves as a heading, or that still waits to be filled in, ends with itself."""
    if stop - begin == len(block.text):
        return False
    found = _label(block, begin, stop)
    return (found is not None and found[1] >= stop) or is_placeholder(_line(block, begin, stop))


def _mark(line: str) -> re.Match[str] | None:
    return _BULLET.match(line) or _NUMBER.match(line) or _CHECK.match(line)


def _part(block: Block, start: int, end: int, kind: BlockKind | None) -> Block:
    """One group of lines as a block; a typed list mark makes it a list item."""
    part = block.cut(start, end, kind)
    if kind is not None or (part.kind not in _LOOSE and start == 0):
        return part
    mark = _mark(part.text)
    if mark is None:
        return replace(part, kind=BlockKind.PARAGRAPH) if start and part.kind in _LISTED else part
    check = _CHECK.match(part.text, mark.end()) or _CHECK.match(part.text)
    item = part.cut((check or mark).end(), len(part.text), BlockKind.TASK_ITEM if check else BlockKind.LIST_ITEM)
    indent = len(block.text[start:end]) - len(block.text[start:end].lstrip())
    checked = None if not check else check[0][0] in "☑☒✅✔" or (check[1] or "").lower() == "x"
    return replace(
        item, depth=block.depth + 1 + min(indent // 2, 9), ordered=bool(_NUMBER.match(part.text)), checked=checked
    )


def _label(block: Block, begin: int, stop: int) -> tuple[int, int, int] | None:
    """Where the label of a line ends, where the text after it begins, and the heading's level; None if it has none."""
    line = block.text[begin:stop].rstrip()
    indent = len(line) - len(line.lstrip())
    bold = _bold_until(block, begin + indent)
    if bold > begin + indent:
        return _bold_label(block, begin + indent, begin + len(line), bold)
    if len(line) - indent <= meanings.LONGEST + 20 and (whole := _whole_line(block, line.strip())):
        return begin + len(line), begin + len(line), whole
    for colon in _COLON.finditer(line, indent + 2, min(len(line), indent + 70)):
        rest = begin + colon.end()
        if _names(line[indent : colon.start()], exact=":" not in colon[0]):
            return begin + colon.start(), rest, LABEL if rest < begin + len(line) else LINE
        if ":" in colon[0]:
            break
    return None


def _bold_until(block: Block, start: int) -> int:
    """Where bold type that begins at `start` ends; typed asterisks count where the markup has none."""
    for low, high in block.strong:
        if low <= start < high:
            return high
        if low > start:
            break
    if block.text.startswith("**", start):
        return max(block.text.find("**", start + 2, start + 120) + 2, 0)
    return 0


def _bold_label(block: Block, start: int, stop: int, bold: int) -> tuple[int, int, int] | None:
    after = _COLON.match(block.text, bold, stop)
    name = block.text[start:bold].strip(" *:")
    ends = block.text[start:bold].rstrip(" *").endswith(":") or after is not None
    rest = after.end() if after else bold
    rest += len(block.text[rest:stop]) - len(block.text[rest:stop].lstrip())
    if rest >= stop:
        return (stop, stop, LINE) if _could_head(block, name) or _names(name, exact=False) else None
    if meanings.exactly(meanings.name_of(name)) is not None and (ends or block.text[rest].isupper()):
        return bold, rest, LABEL
    return (bold, rest, LABEL) if ends and _names(name, exact=False) else None


def _could_head(block: Block, name: str) -> bool:
    """A line in bold alone heads what follows, unless it is an item of a list or a whole sentence."""
    return block.kind in _LOOSE and len(name) <= meanings.LONGEST and not name.endswith((".", "!"))


def _whole_line(block: Block, line: str) -> int:
    """The level of a line that is a known name and nothing else."""
    name = meanings.name_of(line)
    if line.endswith((":", "?", "：")) or line.rstrip("*_ ").endswith(":"):
        known = len(name.split()) <= 8 and meanings.meaning(line) is not None
        return LINE if known and not line.endswith("?") or meanings.exactly(name) is not None else 0
    alone = block.kind in _LOOSE and not line.endswith((",", ";")) and line[:1] not in "-*+•"
    found = meanings.exactly(name) if alone else None
    if found is None and alone and len(name.split()) <= 6 and line[:1].isupper() and not line.endswith("."):
        found = (
            meanings.meaning(line)
            if name.startswith(("steps to", "expected", "actual", "observed", "acceptance"))
            else None
        )
    return LINE if found is not None and (found not in _SELF_TOLD or line[:1].isupper()) else 0


def _names(text: str, *, exact: bool) -> bool:
    """Whether text before a colon or dash names a section."""
    name = meanings.name_of(text)
    if not name or len(name.split()) > 7:
        return False
    if meanings.exactly(name) is not None:
        return not exact or text[:1].isupper()
    return not exact and meanings.meaning(text) not in {None, *_SELF_TOLD}


def _labelled(part: Block) -> Iterator[Block]:
    """A block whose first line begins with a label, as the label and the rest."""
    line = part.text.find("\n")
    found = _label(part, 0, len(part.text) if line < 0 else line)
    if found is None:
        yield _judged(part)
        return
    end, rest, level = found
    yield replace(part.cut(0, end, BlockKind.HEADING, level), checked=None)
    if rest < len(part.text):
        remainder = part.cut(rest, len(part.text))
        if remainder.text:
            yield _judged(remainder)


def _judged(block: Block) -> Block:
    """The block with its masks, as a placeholder where it tells nothing."""
    if not block.text or is_placeholder(block.text):
        return replace(block, kind=BlockKind.PLACEHOLDER)
    masked = masks.with_masks(block)
    return block if masked == block.masked else replace(block, masked=masked)
