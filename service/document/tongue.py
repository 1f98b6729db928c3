"""Whether a ticket can be judged at all: it has text, the text can be read, and it is English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from service.document.model import PROSE, BlockKind, Document, Role
from service.document.stopwords import ENGLISH, LANGUAGES

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FOREIGN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u2bff\ufe00-\ufe0f\ufffd\U0001f000-\U0001faff\W\d_]")
_BODY = 12
"""Words from which a body is judged without its title."""
_ENOUGH = 2_000
"""Words that are looked at."""


def why_unjudged(document: Document) -> str:
    """Why the ticket gets no score, as the end of a sentence (“not in English”), or "" where it can be judged."""
    if not any(placed.block.text for placed in document.blocks):
        return "empty"
    text = _text(document)
    words = _WORD.findall(text)[:_ENOUGH]
    if not words:
        return _wordless(document)
    return "" if is_english(text, words) else "not in English"


def _wordless(document: Document) -> str:
    kinds = {placed.block.kind for placed in document.blocks}
    if kinds <= {BlockKind.PLACEHOLDER, BlockKind.HEADING}:
        return "empty but for its template"
    return "no readable text"


def _text(document: Document) -> str:
    """The body, or with a short one the title too."""
    body = " ".join(_bare(document, title=False))
    return body if len(_WORD.findall(body[:4_000])) >= _BODY else " ".join([*_bare(document, title=True), body])


def _bare(document: Document, *, title: bool) -> Iterator[str]:
    """Units without what is masked in them."""
    for unit in document.units:
        if (unit.role is Role.TITLE) is not title or unit.kind not in PROSE:
            continue
        at, parts = 0, []
        for low, high in unit.masked:
            parts.append(unit.text[at:low])
            at = high
        yield "".join([*parts, unit.text[at:]])


def is_english(text: str, words: list[str]) -> bool:
    """English unless its script, or the small words that hold sentences together, say otherwise.

    In doubt it is English: names, code terms and lists without small words are common in tickets.
    """
    letters = sum(map(len, words))
    foreign = len(_FOREIGN.findall(text))
    if foreign * 2 > letters:
        return False
    small = [word.replace("’", "'").casefold() for word in words]
    english = sum(word in ENGLISH for word in small)
    other = _strongest(small)
    if other >= 2 and other > english and other * 8 >= len(small):
        return False
    accented = sum(not word.isascii() for word in words)
    return not (accented * 6 > len(words) and english * 8 < len(words) and len(words) >= _BODY)


def _strongest(words: list[str]) -> int:
    """How many words belong to the other language that owns most of them, and not to English."""
    counts: Counter[str] = Counter()
    for word in words:
        counts.update(LANGUAGES.get(word, ()))
    return max(counts.values(), default=0)
