"""What every renderer does to a text first: nothing invisible, nothing that no tracker can store.

Control characters, lone surrogates, noncharacters, and characters that reorder or hide text are left out.
"""

from __future__ import annotations

import re

QUOTE_LENGTH = 140

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0010fffe\U0010ffff]"
)
_SPACES = re.compile(r"\s+")
_LINE_END = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")


def words(text: str) -> str:
    """Our own words on one line; a space at either end stays."""
    return _SPACES.sub(" ", _UNSEEN.sub("", text))


def quoted(text: str, *, whole: bool = False) -> str:
    """A ticket's words on one line, for quotation marks; unless `whole`, shortened at a word's end."""
    line = words(text).strip()
    if len(line) > QUOTE_LENGTH and not whole:
        cut = line[: QUOTE_LENGTH - 1]
        head, _, _ = cut.rpartition(" ")
        line = (head if len(head) > QUOTE_LENGTH // 2 else cut).rstrip() + "…"
    return line


def block(text: str) -> str:
    """Text to copy: lines and tabs stay."""
    return _UNSEEN.sub("", _LINE_END.sub("\n", text)).strip("\n")


def is_web_address(href: str) -> bool:
    """Whether a link leads to http or https and holds nothing that could end it early."""
    return re.fullmatch(r"https?://[A-Za-z0-9\-._~:/?#@!$&*+,;=%]+", href) is not None
