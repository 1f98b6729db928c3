"""Reads within paragraphs, whatever the markup: labels, list marks, pasted code and logs, unfilled prompts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from service.document import gherkin, labels, masks, meanings, noise
from service.document.model import PROSE, Block, BlockKind
from service.document.template import is_placeholder
from service.document.words import merged

_BULLET = re.compile(r"(?:[-*+•·‣▪◦–—●○■➢►➤]|->|=>)\s+(?=\S)|[•‣▪◦●○■](?=\w)")
_NUMBER = re.compile(
    r"(?:\(?\d{1,3}(?:\.\d{1,2}){0,2}[.)]|\(?[a-z]\)|#\d{1,2}[.:)]?|[Ss](?:tep|TEP) ?\d{1,2}[.:)-])\s+(?=\S)"
    r"|\d{1,2}[.)](?=[A-Z])|[1-9]\d?\s+(?=[A-Z][a-z])"
)
_CHECK = re.compile(r"\[([ xX]?)\]\s+(?=\S)|\(/\)\s+(?=\S)|[☐☑☒✅✔]\ufe0f?\s*(?=\S)")
_MARKS = frozenset("-*+•·‣▪◦–—●○■➢►➤=(#sS[☐☑☒✅✔0123456789")
"""What a mark begins with, unless it is a letter before a bracket."""
_SEQUENCE = re.compile(r"^\s*1 \S(?:.*\n){1,4}?\s*2 \S", re.MULTILINE)
_COUNTED = re.compile(r"[1-9]\d?\s+(?=\S)")
_DRAWN = "-=_*~#+"
_LONGEST_HEADING = 120
_SHORT = 120
_PARAGRAPH, _HEADING, _CODE = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.CODE
_PLACEHOLDER = BlockKind.PLACEHOLDER
_LOOSE = {BlockKind.PARAGRAPH, BlockKind.PANEL}
_LISTED = {BlockKind.LIST_ITEM, BlockKind.TASK_ITEM}


@dataclass(slots=True)
class _Line:
    """One line of a block. `start` is behind its indent and list mark; `noise` is CODE, LOG or None."""

    begin: int
    start: int
    end: int
    noise: BlockKind | None = None
    mark: re.Match[str] | None = None
    label: labels.Label | None = None
    waiting: bool = False


def refined(block: Block, own: meanings.Own = meanings.NO_NAMES) -> list[Block]:
    """The parts of one block of prose; other blocks come back as they are."""
    if block.kind not in PROSE:
        told = block.kind is _CODE and gherkin.is_feature(block.text)
        return [judged(block.like(_PARAGRAPH), waiting=False) if told else block]
    if block.kind is _HEADING:
        if "\n" not in block.text and len(block.text) <= _LONGEST_HEADING:
            return [_heading(block, own)]
        block = replace(block, kind=_PARAGRAPH, level=0)  # Markdown underlines it, and nobody meant that
    if block.kind not in _LOOSE and len(block.text) < 200 and "\n" not in block.text:
        return _item(block, own)
    found = _lines(block, own)
    if len(found) > 2:
        _fill(block.text, found)
    return [part for group in _groups(found) for part in _parts(block, group)]


def _heading(block: Block, own: meanings.Own) -> Block:
    """A heading that still holds its template's slot tells nothing."""
    waiting = _told(block.text, block.kind)[1] and meanings.meaning_to(own, block.text) is None
    return block.like(_PLACEHOLDER) if waiting else block


def _item(block: Block, own: meanings.Own) -> list[Block]:
    """A block of one line that no mark of its own begins, such as an item or a cell."""
    if own or block.strong or len(block.text) > _SHORT:
        label = labels.at(block, 0, len(block.text), own)
        return _labelled(block, label) if label else [judged(block, waiting=is_placeholder(block.text))]
    label, waiting, hidden = _told(block.text, block.kind)
    if label:
        return _labelled(block, label)
    if waiting:
        return [block.like(_PLACEHOLDER)]
    return [block.like(block.kind, merged([*block.masked, *hidden])) if hidden else block]


@lru_cache(maxsize=4096)
def _told(text: str, kind: BlockKind) -> tuple[labels.Label | None, bool, list[tuple[int, int]]]:
    """What an item tells by its words alone. The checklists of a template come again in every ticket."""
    label = labels.at(Block(kind, text, "", ()), 0, len(text))
    return label, is_placeholder(text), masks.hidden(text)


def _groups(lines: list[_Line]) -> list[list[_Line]]:
    """Lines that stay together: code and logs, an item with its continuation, a label, a paragraph."""
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and not _begins(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _fill(text: str, lines: list[_Line]) -> None:
    """A line between two of code or log that is no sentence is part of what was pasted."""
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        pasted = before.noise and after.noise and not line.noise and not line.label
        if pasted and not noise.is_sentence(text[line.start : line.end]):
            line.noise, line.start = before.noise, line.begin


def _begins(last: _Line, line: _Line) -> bool:
    if line.noise or last.noise:
        return not (line.noise and last.noise)
    alone = last.waiting or (last.label is not None and last.label.rest >= last.end)
    return alone or line.waiting or line.label is not None or line.mark is not None


def _lines(block: Block, own: meanings.Own) -> list[_Line]:
    """Every line that is not blank, read once."""
    text = block.text
    loose = block.kind in _LOOSE
    counted = "2 " in text and _SEQUENCE.search(text) is not None
    lines: list[_Line] = []
    at, previous = 0, None
    for raw in text.split("\n"):
        bare = raw.strip()
        if bare and not _is_rule(bare):
            begin = at + raw.index(bare[0])
            end = begin + len(bare)
            previous = noise.of_line(bare) or (previous if previous and noise.follows(raw) else None)
            if previous:
                lines.append(_Line(at, begin, end, previous))
            else:
                marked = (loose or at) and (text[begin] in _MARKS or text.startswith(")", begin + 1))
                mark = _mark(text, begin, end, counted=counted) if marked else None
                lines.append(_read(block, _Line(at, mark.end() if mark else begin, end, None, mark), own))
        at += len(raw) + 1
    return lines


def _is_rule(line: str) -> bool:
    """Whether a line is drawn and not written."""
    return line[0] in _DRAWN and len(line) > 1 and not line.strip(_DRAWN)


def _read(block: Block, line: _Line, own: meanings.Own) -> _Line:
    """The line with its label, or known to wait for its words."""
    text, mark, start, end = block.text, line.mark, line.start, line.end
    label = labels.at(block, start, end, own)
    # A checklist may name the sections that a ticket needs.
    may_wait = label is None or (mark is not None and mark.re is not _NUMBER and text[end - 1] not in ":：")
    line.waiting = may_wait and is_placeholder(text[start:end])
    line.label = None if line.waiting else label
    return line


def _mark(text: str, begin: int, end: int, *, counted: bool) -> re.Match[str] | None:
    found = _BULLET.match(text, begin, end) or _NUMBER.match(text, begin, end)
    if found is None and counted:
        found = _COUNTED.match(text, begin, end)
    return _CHECK.match(text, found.end() if found else begin, end) or found


def _parts(block: Block, group: list[_Line]) -> list[Block]:
    """One group as a block: code, a log, or prose with its label before it."""
    first, end = group[0], group[-1].end
    if first.noise:
        kinds = {line.noise for line in group}
        return [block.cut(first.begin, end, BlockKind.LOG if BlockKind.LOG in kinds else _CODE)]
    part = _shaped(block, first, end)
    if first.label is None:
        return [judged(part, waiting=first.waiting)]
    return _labelled(part, first.label, first.start)


def _labelled(block: Block, label: labels.Label, by: int = 0) -> list[Block]:
    """A label as a heading, and what it labels; the label is counted from `by` characters before the block."""
    name = block.cut(0, label.end - by, _HEADING, label.level)
    if name.checked is not None:
        name = replace(name, checked=None)
    rest = block.cut(label.rest - by, len(block.text))
    return [name, judged(rest, waiting=is_placeholder(rest.text))] if rest.text else [name]


def _shaped(block: Block, first: _Line, end: int) -> Block:
    """The group as the kind of block that its mark makes it; text after an item's first lines only follows it."""
    part = block if first.start == 0 and end == len(block.text) else block.cut(first.start, end)
    if first.mark is None:
        return part.like(_PARAGRAPH) if first.begin and part.kind in _LISTED else part
    typed = block.text[first.begin : first.start].strip()
    checked = None
    if first.mark.re is _CHECK:
        checked = typed[-1] in "☑☒✅✔\ufe0f" or typed[-2:].lower() in ("x]", "/)")
    indent = first.mark.start() - first.begin
    return replace(
        part,
        kind=BlockKind.LIST_ITEM if checked is None else BlockKind.TASK_ITEM,
        depth=block.depth + 1 + min(indent // 2, 9),
        ordered=bool(_NUMBER.match(typed + " x") or typed.isdigit()),
        checked=checked,
    )


def judged(block: Block, *, waiting: bool) -> Block:
    """The block with what its text shows to be masked, as a placeholder where it tells nothing."""
    if waiting or not block.text:
        return block.like(_PLACEHOLDER)
    masked = masks.with_masks(block)
    return block if masked == block.masked else block.like(block.kind, masked)
