"""Whether a ticket can be judged at all: it has text, the text can be read, and it is English."""

from __future__ import annotations

import re
from collections import Counter

from service.document.model import BlockKind, Document, Role, Unit
from service.document.stopwords import ENGLISH, LANGUAGES

_TITLE = Role.TITLE
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_LETTERS = {n: chr(n) if chr(n).islower() else " " for n in range(128)}
_FOREIGN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff\ufe00-\ufe0f\ufffd\U0001f000-\U0001faff\W\d_]")
_FOREIGN_WORDS = frozenset(LANGUAGES) - ENGLISH
_BODY = 12
"""Words from which a body is judged without its title."""
_ENOUGH = 2_000
"""Words that are looked at."""


def why_unjudged(document: Document) -> str:
    """Why the ticket gets no score, as the end of a sentence (“not in English”), or "" where it can be judged."""
    if not any(placed.block.text for placed in document.blocks):
        return "empty"
    text = " ".join(_bare(document, title=False))
    words = _words(text)
    if len(words) < _BODY:
        text = " ".join([*_bare(document, title=True), text])
        words = _words(text)
    if not words:
        return _wordless(document)
    return "" if _is_english(text, words[:_ENOUGH]) else "not in English"


def _words(text: str) -> list[str]:
    """The words of a text. In ASCII they are found sooner, and may be made small before."""
    if not text.isascii():
        return _WORD.findall(text)
    small = text.lower()
    return _SMALL_ASCII_WORD.findall(small) if "'" in small else small.translate(_LETTERS).split()


def _wordless(document: Document) -> str:
    kinds = {placed.block.kind for placed in document.blocks}
    if kinds <= {BlockKind.PLACEHOLDER, BlockKind.HEADING}:
        return "empty but for its template"
    return "no readable text"


def _bare(document: Document, *, title: bool) -> list[str]:
    """Units without what is masked in them."""
    return [
        _unmasked(unit) if unit.masked else unit.text for unit in document.units if (unit.role is _TITLE) is title
    ]


def _unmasked(unit: Unit) -> str:
    at, parts = 0, []
    for low, high in unit.masked:
        parts.append(unit.text[at:low])
        at = high
    return "".join([*parts, unit.text[at:]])


def _is_english(text: str, words: list[str]) -> bool:
    """English unless its script, or the small words that hold sentences together, say otherwise.

    In doubt it is English: names, code terms and lists without small words are common in tickets.
    """
    plain = text.isascii()
    if not plain and len(_FOREIGN.findall(text)) * 2 > sum(map(len, words)):
        return False
    small = words if plain else [word.replace("’", "'").casefold() for word in words]
    if plain and _FOREIGN_WORDS.isdisjoint(small):
        return True
    english = sum(map(ENGLISH.__contains__, small))
    other = _strongest(small, english)
    if other >= 2 and other > english and other * 8 >= len(small):
        return False
    accented = 0 if plain else sum(not word.isascii() for word in words)
    return not (accented * 6 > len(words) and english * 8 < len(words) and len(words) >= _BODY)


def _strongest(words: list[str], english: int) -> int:
    """How many words the other language has that owns most of them; 0 where it cannot be more than `english`."""
    owned = [word for word in words if word in LANGUAGES]
    if len(owned) <= english:
        return 0
    return max(Counter(language for word in owned for language in LANGUAGES[word]).values())
