"""The marks within a line of Jira's wiki markup: emphasis, links, mentions, pictures, escapes."""

from __future__ import annotations

import re
from html import unescape

from service.document.words import Words

_TOKEN = re.compile(
    r"(?P<break>\\\\(?=\s|$))"
    r"|(?P<escape>\\[*_{}\[\]|!+\-^~?#])"
    r"|\{\{(?P<mono>[^\n{}]{1,500})\}\}"
    r"|(?P<drop>\{(?:color|anchor|toc|[*_+^~-])(?::[^{}\n]{0,200})?\})"
    r"|\[(?P<link>[^\[\]\n]{1,1000})\]"
    r"|(?P<image>![^!\s|][^!\n|]{0,300}(?:\|[^!\n]{0,200})?!)"
    r"|(?P<url>(?:https?|ftp)://[^\s|\]}>]{1,2000})"
    r"|`(?P<tick>[^`\n]{1,500})`"
    r"|(?P<entity>&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);)"
    r"|(?P<mark>[*_+^~-])",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\\{\[!`*_+^~&-]|://")
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:|www\.|/|#|\^|~)", re.IGNORECASE)
_PICTURE = re.compile(r"://|\.[a-z0-9]{2,5}(?:\||!$)", re.IGNORECASE)


def inline(source: str, start: int, end: int, words: Words) -> list[tuple[int, int]]:
    """Add what a reader sees of `source[start:end]` to `words`; returns the ranges of pictures and attachments."""
    if not _MARKS.search(source, start, end):
        words.add(source[start:end], start)
        return []
    line = _Line(source, words)
    tokens = list(_TOKEN.finditer(source, start, end))
    line.pairs = _pairs(source, tokens, start, end)
    at = start
    for token in tokens:
        words.add(source[at : token.start()], at)
        _TAKES[token.lastgroup or ""](line, token)
        at = token.end()
    words.add(source[at:end], at)
    return line.aside


def _pairs(source: str, tokens: list[re.Match[str]], start: int, end: int) -> dict[int, bool]:
    """Emphasis marks that open (True) or close (False); a mark without a partner is text."""
    pairs: dict[int, bool] = {}
    waiting: dict[str, int] = {}
    for token in tokens:
        mark, at = token["mark"], token.start()
        if not mark:
            continue
        before = source[at - 1] if at > start else " "
        after = source[at + 1] if at + 1 < end else " "
        if mark in waiting and not before.isspace() and not after.isalnum():
            pairs[waiting.pop(mark)], pairs[at] = True, False
        elif not before.isalnum() and before != mark and not after.isspace() and after != mark:
            waiting[mark] = at
    return pairs


class _Line:
    def __init__(self, source: str, words: Words) -> None:
        self.source = source
        self.words = words
        self.aside: list[tuple[int, int]] = []
        self.pairs: dict[int, bool] = {}
        self.since: dict[str, int] = {}

    def newline(self, _token: re.Match[str]) -> None:
        self.words.put("\n")

    def escape(self, token: re.Match[str]) -> None:
        self.words.add(token[0][1], token.start() + 1)

    def hidden(self, token: re.Match[str]) -> None:
        group = token.lastgroup or ""
        self.muted(token.start(group), token.end(group))

    def muted(self, start: int, end: int) -> None:
        since = self.words.length
        self.words.add(self.source[start:end], start)
        self.words.masked.append((since, self.words.length))

    def drop(self, _token: re.Match[str]) -> None:
        """Colour and the like leave no text."""

    def link(self, token: re.Match[str]) -> None:
        inner, start = token["link"], token.start("link")
        text, bar, target = inner.partition("|")
        since = self.words.length
        if inner[0] == "^":
            self.aside.append(token.span())
        elif bar and _ADDRESS.match(target):
            self.words.add(text, start)
            self.words.links.append((since, self.words.length))
        elif _ADDRESS.match(inner) and " " not in text:
            skip = inner[0] in "~#"
            self.muted(start + skip, start + len(text))
            if inner[0] != "~":
                self.words.links.append((since, self.words.length))
        else:
            self.words.add(token[0], token.start())

    def image(self, token: re.Match[str]) -> None:
        if _PICTURE.search(token[0]):
            self.aside.append(token.span())
        else:
            self.words.add(token[0], token.start())

    def url(self, token: re.Match[str]) -> None:
        since = self.words.length
        self.muted(*token.span())
        self.words.links.append((since, self.words.length))

    def entity(self, token: re.Match[str]) -> None:
        self.words.put(unescape(token[0]).strip() or " ")

    def mark(self, token: re.Match[str]) -> None:
        opens = self.pairs.get(token.start())
        if opens is None:
            self.words.add(token[0], token.start())
        elif opens:
            self.since[token[0]] = self.words.length
        elif token[0] in "*-":
            ranges = self.words.strong if token[0] == "*" else self.words.masked
            ranges.append((self.since[token[0]], self.words.length))


_TAKES = {
    "break": _Line.newline,
    "escape": _Line.escape,
    "mono": _Line.hidden,
    "tick": _Line.hidden,
    "drop": _Line.drop,
    "link": _Line.link,
    "image": _Line.image,
    "url": _Line.url,
    "entity": _Line.entity,
    "mark": _Line.mark,
}
