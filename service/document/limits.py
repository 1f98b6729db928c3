"""What is given to a parser, so that no text can stall it or fill the memory."""

from __future__ import annotations

import re
from collections.abc import Callable

from service.document.model import Piece

Shortener = Callable[[str], tuple[str, tuple[Piece, ...]]]

READ = 80_000
"""Characters of one ticket whose markup is read."""
JUDGED = 64_000
"""Characters of one ticket that are parsed."""
TOKENS = 10_000
"""Words and symbols of one ticket that are parsed."""
UNIT = 1_000
"""Characters of the longest unit."""
CHUNK = 256
"""Characters of the longest chunk without white space."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_RUNS = re.compile(
    r"(?P<run>([^\w\s])\2{3,})|(?P<space>\s{2,})|(?P<unseen>[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+)"
    r"|(?P<symbols>[^\w\s]{17,})"
)
_SYMBOLS = bytes(ord("!") if re.match(r"[^\w\s]", chr(n)) else n for n in range(256))
"""One symbol for all of ASCII's: so a run of them is found soonest."""
_CHUNKS = re.compile(r"(?P<chunk>(?<!\S)\S{257,})")
_KEPT = {"run": 3, "space": 1, "unseen": 0, "symbols": 16, "chunk": CHUNK}


def tokens(text: str) -> int:
    """At most how many words and symbols a parser will find."""
    return len(_TOKEN.findall(text))


def shortener(text: str) -> Shortener:
    """What gives any part of `text`, all on one line, as a parser may have it, and, where it cuts, the way back.

    In most texts nothing can be cut but long chunks, and this is seen soonest for all parts at once.
    """
    return _without_long_chunks if _is_plain(text) else _shortened


def _is_plain(text: str) -> bool:
    return "  " not in text and text.isascii() and b"!!!!" not in text.encode().translate(_SYMBOLS)


def _without_long_chunks(text: str) -> tuple[str, tuple[Piece, ...]]:
    return _cut(text, _CHUNKS) if len(text) > CHUNK else (text, ())


def _shortened(text: str) -> tuple[str, tuple[Piece, ...]]:
    kept, pieces = (text, ()) if _is_plain(text) else _cut(text, _RUNS)
    kept, chunks = _without_long_chunks(kept)
    return kept, _through(chunks, pieces) if chunks and pieces else chunks or pieces


def _cut(text: str, pattern: re.Pattern[str]) -> tuple[str, tuple[Piece, ...]]:
    """What is left of `text` when each match keeps its first characters only; no pieces where nothing matches."""
    pieces: list[Piece] = []
    size = at = 0
    for found in pattern.finditer(text):
        end = found.start() + _KEPT[found.lastgroup or "chunk"]
        if end > at:
            pieces.append(Piece(size, at, end - at))
            size += end - at
        at = found.end()
    if not at:
        return text, ()
    if at < len(text):
        pieces.append(Piece(size, at, len(text) - at))
    return "".join(text[p.source : p.source + p.length] for p in pieces), tuple(pieces)


def _through(outer: tuple[Piece, ...], inner: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Pieces of pieces: `outer` counts in the text that `inner` maps."""
    found = []
    for piece in outer:
        for under in inner:
            low = max(piece.source, under.text)
            high = min(piece.source + piece.length, under.text + under.length)
            if low < high:
                found.append(Piece(piece.text + low - piece.source, under.source + low - under.text, high - low))
    return tuple(found)
