"""Cuts a block's text into sentences and lines. Linear: one pass for ends, one look around each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.document import stories

_END = re.compile(r"[.!?…。！？](?:[.!?…。！？]*[\"'”’)\]»*_]{0,4}(?=\s)|(?<=[。！？]))")
_BEFORE = re.compile(r"(?:^|[\s(\[\"“])((?:[A-Za-z]\.){1,5}|[A-Za-z]{1,7}\.|\d{1,3}\.|\d{1,2}\.\d{1,2}\.)$")
_SHORT = frozenset(
    """e.g eg i.e ie vs cf approx no nos nr fig figs incl excl resp ca mr mrs ms dr prof st max min sec est ver esp
    jan feb mar apr jun jul aug sep sept oct nov dec inc ltd co corp al ed vol ch pp p para dept tel ext op viz
    a.k.a aka q.v n.b nb w.r.t wrt""".split()
)
_MARK = re.compile(
    r"\s*(?:[-*•–—+·‣▪◦]\s|\d{1,3}[.)]\s|\(?[a-z]\)\s|[☐☑✅✓➔→]|(?:given|when|then|and|but|scenario)\b)",
    re.IGNORECASE,
)
_WRAP = range(45, 131)


def spans(text: str, masked: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Start and end of each sentence or line of `text`, without white space around it."""
    if "\n" not in text and not _END.search(text):
        return _trimmed(text, 0, len(text))
    found: list[tuple[int, int]] = []
    for start, end in _lines(text) if "\n" in text else [(0, len(text))]:
        begin = start
        for stop in _stops(text, start, end, masked):
            found += _trimmed(text, begin, stop)
            begin = stop
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines, with those put together again that were only wrapped, or tell one story ("As a …", "I want …")."""
    lines = text.split("\n")
    width = max(map(len, lines))
    start = at = 0
    for n, line in enumerate(lines):
        at += len(line) + 1
        if n + 1 < len(lines):
            bare, following = line.rstrip(), lines[n + 1].lstrip()
            if _wrapped(bare, following, width):
                continue
            if stories.goes_on(bare, following) and stories.opens(text[start:at]):
                continue
        yield start, at - 1
        start = at


def _wrapped(line: str, following: str, width: int) -> bool:
    """Whether a line was broken for width alone: the next word would not have fitted."""
    if not line or not following or len(line) not in _WRAP or line[-1] in ".!?:;…" or _MARK.match(following):
        return False
    if following[0].islower() or line[-1] in ",(":
        return True
    word = following.split(None, 1)[0]
    return width in _WRAP and len(line) + 1 + len(word) > width


def _stops(text: str, start: int, end: int, masked: tuple[tuple[int, int], ...]) -> list[int]:
    """Where the sentences of a line end."""
    stops = []
    hidden = iter(masked)
    mask = next(hidden, None)
    at = start
    while found := _END.search(text, at, end):
        at = found.end()
        while mask and mask[1] < at:
            mask = next(hidden, None)
        if not (mask and mask[0] < at - 1 and at < mask[1]) and _ends(text, start, found, end):
            stops.append(at)
            start = at
    stops.append(end)
    return stops


def _ends(text: str, start: int, found: re.Match[str], end: int) -> bool:
    at = found.end()
    following = text[at : min(at + 40, end)].lstrip()
    if not following:
        return True
    if following[0].islower() or following[0] in ",;)":
        return False
    if found[0] != ".":
        return True
    before = _BEFORE.search(text[max(start, at - 16) : at])
    if not before:
        return True
    word = before[1].rstrip(".").casefold()
    if word.isdigit() or word.replace(".", "").isdigit():
        return start + len(before[0]) < at
    return not (word in _SHORT or "." in word or (len(word) == 1 and before[1][0].isupper() and word != "i"))


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    part = text[start:end].rstrip()
    end = start + len(part)
    size = len(part.lstrip())
    return [(end - size, end)] if size else []
