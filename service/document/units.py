"""Cuts judged blocks into units: one sentence or line each, with the role it plays in its ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from service.document import gherkin, limits, sentences
from service.document.model import PROSE, BlockKind, Piece, Placed, Role, Section, Unit, clip

_LETTER_BETWEEN = "x"
"""Between blocks, so that what is found in them together is found in one of them."""
_LETTER = re.compile(r"[^\W\d_]")
_WHOLE_GHERKIN = re.compile(r"\W{0,4}given\b.{1,500}\bwhen\b.{1,500}\bthen\b", re.IGNORECASE | re.DOTALL)
_HEADING = BlockKind.HEADING
_TITLED, _CRITERIA, _STEPS = Section.TITLE, Section.CRITERIA, Section.STEPS
_AS_TITLE, _AS_HEADING, _AS_NARRATIVE = Role.TITLE, Role.HEADING, Role.NARRATIVE
_ITEMS = {BlockKind.LIST_ITEM, BlockKind.TASK_ITEM, BlockKind.TABLE_CELL}


def of_blocks(blocks: Sequence[Placed]) -> tuple[list[Unit], int]:
    """The units of a ticket in reading order, and how many characters are left unread for its size."""
    texts = [each.block.text if each.block.kind in PROSE else "" for each in blocks]
    flat = _LETTER_BETWEEN.join(texts).replace("\n", " ").replace("\t", " ")
    scenario = _scenarios(texts) if "then" in flat.lower() else set()
    shortened = limits.shortener(flat)
    found = [
        _of_block(n, placed, _role(n, placed, scenario), shortened) for n, placed in enumerate(blocks) if texts[n]
    ]
    if len(flat) < limits.TOKENS:  # then it has fewer words and symbols
        return [unit for units in found for unit in units], 0
    return _within_limits(found, [text for text in texts if text])


def _within_limits(found: Iterable[list[Unit]], texts: Iterable[str]) -> tuple[list[Unit], int]:
    """The units that a parser may have, and how many characters of their blocks' texts it may not."""
    within: list[Unit] = []
    left, tokens, unread = limits.JUDGED, limits.TOKENS, 0
    for units, text in zip(found, texts, strict=True):
        if left <= 0 or tokens <= 0:
            unread += len(text)
            continue
        for unit in units:
            left -= len(unit.text)
            tokens -= limits.tokens(unit.text)
            if left < 0 or tokens < 0:
                unread += len(text) - unit.start
                left = 0
                break
            within.append(unit)
    return within, unread


def _of_block(n: int, placed: Placed, role: Role, shortened: limits.Shortener) -> list[Unit]:
    block, section = placed.block, placed.section
    text, masks, kind = block.text, block.masked, block.kind
    spans = [(0, len(text))] if role is _AS_HEADING else sentences.spans(text, masks)
    flat = text.replace("\n", " ").replace("\t", " ")
    units = []
    for low, high in _bounded(text, spans) if len(text) > limits.UNIT else spans:
        part = flat[low:high]
        if part[0].isalpha() or _LETTER.search(part):
            short, pieces = shortened(part)
            masked = clip(masks, low, high) if masks else ()
            masked = _moved(masked, pieces) if pieces else masked
            units.append(Unit(short, role, section, kind, n, low, masked, pieces))
    return units


def _bounded(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Parts of at most a unit's length, cut at white space where there is any."""
    for start, end in spans:
        begin = start
        while end - begin > limits.UNIT:
            longest = begin + limits.UNIT
            space = max(text.rfind(" ", begin + 1, longest), text.rfind("\n", begin + 1, longest))
            cut = space if space > begin else longest
            yield begin, cut
            begin = cut
        yield begin, end


def _moved(masked: tuple[tuple[int, int], ...], pieces: tuple[Piece, ...]) -> tuple[tuple[int, int], ...]:
    """Masks counted in the shortened text."""
    found = []
    for low, high in masked:
        inside = [
            (max(low, p.source) - p.source + p.text, min(high, p.source + p.length) - p.source + p.text)
            for p in pieces
            if p.source < high and p.source + p.length > low
        ]
        if inside:
            found.append((inside[0][0], inside[-1][1]))
    return tuple(found)


def _role(n: int, placed: Placed, scenario: set[int]) -> Role:
    kind, section = placed.block.kind, placed.section
    if section is _TITLED:
        return _AS_TITLE
    if kind is _HEADING or placed.block.row == 0:
        return _AS_HEADING
    if section is _CRITERIA or n in scenario:
        return Role.CRITERION
    if section is _STEPS and kind in _ITEMS:
        return Role.STEP
    return _AS_NARRATIVE


def _scenarios(texts: Sequence[str]) -> set[int]:
    """Blocks of Given … When … Then, whether on one line, in one paragraph or in several blocks."""
    found: set[int] = set()
    run: list[int] = []
    words: set[str] = set()
    for n, text in enumerate(texts):
        word = gherkin.word_of(text)
        if word and (_WHOLE_GHERKIN.match(text) or gherkin.in_lines(text)):
            found.add(n)
        if run and (not word or (word in {"given", "scenario", "feature", "background"} and "then" in words)):
            found |= _told(run, words)
            run, words = [], set()
        if word:
            run.append(n)
            words.add(word)
    return found | _told(run, words)


def _told(run: list[int], words: set[str]) -> set[int]:
    return set(run) if "then" in words and words & {"given", "when", "scenario"} and len(run) > 1 else set()
