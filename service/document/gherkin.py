"""Given … When … Then …: which lines of a text are steps of a scenario."""

from __future__ import annotations

import re
from string import ascii_letters

WORDS = frozenset({"given", "when", "then", "and", "but"})
STEP = re.compile(
    r"\W{0,4}(given|when|then|and|but|scenario(?: outline)?|examples|background|feature)\b", re.IGNORECASE
)
_OTHERS = frozenset(ascii_letters) - frozenset("gwtabsefGWTABSEF")
"""Letters that begin none of these words. Most lines begin with one, and need no expression to be told."""
_ASIDE = re.compile(r"\s*(?:\||#|@|\"\"\"|```)")


def word_of(line: str) -> str:
    """The word that makes a line a step or opens a scenario, in lower case; "" where it is neither."""
    if line[:1] in _OTHERS:
        return ""
    found = STEP.match(line)
    return found[1].casefold() if found else ""


def in_lines(text: str) -> bool:
    """Whether the lines of a text, or some of them, tell a scenario."""
    if "\n" not in text:
        return False
    words = {word_of(line) for line in text.split("\n")}
    return "then" in words and bool(words & {"given", "when"})


def is_feature(text: str) -> bool:
    """Whether a text is a scenario and little else, as people paste it between code fences."""
    if not in_lines(text):
        return False
    lines = [line for line in text.split("\n") if line.strip() and not _ASIDE.match(line)]
    return 2 * sum(bool(word_of(line)) for line in lines) > len(lines)
