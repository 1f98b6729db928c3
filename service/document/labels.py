"""Finds a label at the beginning of a line: “Expected: …”, a bold name, a line that is a known name alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from service.document import meanings
from service.document.model import Block, BlockKind, Section

LINE, LABEL = 7, 8
"""Levels of headings that are no headings in their markup: a line of its own, a label before text."""

_COLON = re.compile(r"\s*(?::(?!//)|=>|->|[-–—](?=\s)|\s-(?=\S)|\s=(?=\s))[\s*_]*")
_MARK = re.compile(r"[:=–—-](?:(?<=:)(?!//)|(?=>)|(?<=[-–—])(?=\s)|(?<=\s[-=]))")
"""The mark in whatever `_COLON` finds, and in little else."""
_TELLS = re.compile(r"\b(?:is|are|was|were|should)\b")
_LOOSE = {BlockKind.PARAGRAPH, BlockKind.PANEL}
_VAGUE = {Section.OTHER, Section.PROBLEM, Section.SOLUTION, Section.SCOPE, Section.TEST, Section.DESCRIPTION}
_ENDS = (":", "?", "：", ":*", ":**", ":_")
_LAST = frozenset(end[-1] for end in _ENDS)
_PLAIN_LEADS = ("steps to", "expected", "actual", "observed", "acceptance")


class Label(NamedTuple):
    """Where a label ends, where the text after it begins, and the level it has as a heading."""

    end: int
    rest: int
    level: int


def at(block: Block, start: int, end: int, own: meanings.Own = meanings.NO_NAMES) -> Label | None:
    """The label of the line `block.text[start:end]`, which has no white space at its ends."""
    if own and (label := _owned(block, start, end, own)):
        return label
    text = block.text
    if (block.strong or text.startswith("**", start)) and (bold := _bold_until(block, start)) > start:
        return _bold(block, start, end, bold)
    found = _of_line(text[start:end], block.kind)
    return found and Label(start + found.end, start + found.rest, found.level)


def _of_line(line: str, kind: BlockKind) -> Label | None:
    """The label that a line has by its words alone, in a block of this kind."""
    size = len(line)
    if line[0] == "[" and line[-1] == "]" and meanings.exactly(meanings.name_of(line)):
        return Label(size, size, LINE)
    if size <= meanings.LONGEST and _is_name(line, kind):
        return Label(size, size, LINE)
    return _before_colon(line)


def _before_colon(line: str) -> Label | None:
    """A name before a colon or a dash. `_COLON` is dear, and asked only from the white space before a mark."""
    at = 2
    while mark := _MARK.search(line, at, 70):
        colon = _COLON.match(line, max(at, len(line[: mark.start()].rstrip())), 70)
        at = (colon or mark).end()
        typed = colon is not None and ":" in colon[0]
        if colon and _names(line[: colon.start()], exact=not typed):
            return Label(colon.start(), colon.end(), LABEL if colon.end() < len(line) else LINE)
        if typed:
            break
    return None


def _owned(block: Block, start: int, end: int, own: meanings.Own) -> Label | None:
    """A label that only this team knows: the whole line, or what stands before a colon."""
    text = block.text
    whole = block.kind in _LOOSE or text.endswith(_ENDS, start, end)
    if whole and end - start <= meanings.LONGEST and meanings.name_of(text[start:end]) in own:
        return Label(end, end, LINE)
    colon = text.find(":", start, min(end, start + meanings.LONGEST))
    after = _COLON.match(text, colon, end) if colon > start else None
    if after and meanings.name_of(text[start:colon]) in own:
        return Label(colon, after.end(), LABEL if after.end() < end else LINE)
    return None


def _bold_until(block: Block, start: int) -> int:
    """Where bold type that begins at `start` ends; typed asterisks count where the markup has none."""
    if block.strong:
        low, high = block.strong[max(0, bisect_right(block.strong, (start, len(block.text))) - 1)]
        if low <= start < high:
            return high
    if block.text.startswith("**", start):
        return block.text.find("**", start + 2, start + 120) + 2
    return 0


def _bold(block: Block, start: int, end: int, bold: int) -> Label | None:
    after = _COLON.match(block.text, bold, end)
    typed = block.text[start:bold]
    name = typed.strip(" *:")
    ends = after is not None or typed.rstrip(" *").endswith(":")
    rest = after.end() if after else bold
    rest += len(block.text[rest:end]) - len(block.text[rest:end].lstrip())
    if rest >= end:
        return Label(end, end, LINE) if _heads(block, name) or _names(name, exact=False) else None
    known = meanings.exactly(meanings.name_of(name)) is not None
    if (known and (ends or block.text[rest].isupper())) or (ends and _names(name, exact=False)):
        return Label(bold, rest, LABEL)
    return None


def _heads(block: Block, name: str) -> bool:
    """A line in bold alone heads what follows, unless it is an item of a list or a whole sentence."""
    return block.kind in _LOOSE and len(name) <= meanings.LONGEST and not name.endswith((".", "!"))


def _is_name(line: str, kind: BlockKind) -> bool:
    """Whether a line is a known name and nothing else."""
    if line[-1] in _LAST and line.endswith(_ENDS):
        return _is_name_with_mark(line)
    return kind in _LOOSE and meanings.may_name(line) and _is_name_alone(line)


def _is_name_with_mark(line: str) -> bool:
    name = meanings.name_of(line)
    if meanings.exactly(name) is not None:
        return True
    return line[-1] != "?" and len(name.split()) <= 8 and meanings.meaning(line) is not None


def _is_name_alone(line: str) -> bool:
    if line.endswith((",", ";")):
        return False
    name = meanings.name_of(line)
    found = meanings.exactly(name)
    if line[-1] == "." and (found in _VAGUE or " " not in name):
        return False
    if found is None and name.startswith(_PLAIN_LEADS) and _heads_alone(line, name):
        found = meanings.meaning(line)
    return found is not None and (found not in _VAGUE or line[:1].isupper())


def _heads_alone(line: str, name: str) -> bool:
    """Whether a line whose first words lead to a meaning is short and complete, and no sentence."""
    alone = line[:1].isupper() and line[-1] != "." and not _COLON.search(line)
    return alone and len(name.split()) <= 6 and not _TELLS.search(name)


def _names(text: str, *, exact: bool) -> bool:
    """Whether text before a colon or dash names a section."""
    if not meanings.may_name(text):
        return False
    name = meanings.name_of(text)
    if not name or len(name.split()) > 7:
        return False
    if meanings.exactly(name) is not None:
        return not exact or text[:1].isupper()
    return not exact and meanings.meaning(text) not in {None, *_VAGUE}
