"""What stands in prose and is not the author's own wording: quotations, addresses, paths, identifiers."""

from __future__ import annotations

import re

from service.document.model import Block
from service.document.words import merged

# One of these marks stands in whatever hides, before any space in it. By the set a search skips the rest.
_MARK = re.compile(
    r"[\"“«„'‘`{/\\@_(.A-Z-](?:(?<=[a-z]{2}[A-Z])|(?<![A-Z])(?:"
    r"(?<=[“«„`{/\\@_])|(?<=\")(?<!\w\")|(?<=['‘])(?<![\w'’‘]['‘])|(?<=\w\()"
    r"|(?<=\w\.)(?=[A-Za-z_]\w{0,60}\.)|(?<=www\.)|(?<=-)(?=-\w)))"
)
_HIDDEN = re.compile(
    r"“[^“”\n]{1,300}”|«[^«»\n]{1,300}»|„[^“”\n]{1,300}[“”]|`[^`\n]{1,300}`"
    r"|\{\{[^{}\n]{1,300}\}\}|\$\{[^{}\n]{1,100}\}"
    r"|(?<!\w)(?:\"[^\"\n]{1,300}\""
    r"|(?<!['’‘])['‘](?=[^\s'‘’])[^'‘’\n]{1,150}(?:['’](?=\w)[^'‘’\n]{1,150}){0,2}['’](?!\w)"
    r"|(?:https?|ftp|file|ssh|git|wss?)://[^\s<>\"”)\]|]{1,2000}|www\.[^\s<>\"”)\]|]{3,300}"
    r"|(?<![.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|(?<!@)@\w[\w.-]{1,60}"
    r"|(?<![./\\])(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.@$-]{1,100}(?:[/\\][\w.@$:{}-]{1,100}){1,30}[/\\]?"
    r"|(?<![./])(?:[\w.-]{1,64}/){1,20}[\w-]{1,64}\.[A-Za-z]{1,5}(?!\w)"
    r"|[A-Za-z]\w{0,80}_\w{1,80}|[A-Za-z]\w{0,60}(?:\.\w{1,60}){0,6}\([^()\s]{0,60}\)"
    r"|(?<!\.)[A-Za-z]\w{1,60}(?:\.[A-Za-z_]\w{0,60}){2,8}(?![\w])|[a-z]{2,40}[A-Z]\w{0,80}"
    r"|(?<!-)--[a-z][\w-]{1,60})"
)
_HIDDEN_OR_SPACE = re.compile(f"{_HIDDEN.pattern}| ")


def with_masks(block: Block) -> tuple[tuple[int, int], ...]:
    """The block's masked ranges: those its markup told, and those its text shows."""
    found = hidden(block.text)
    return merged([*block.masked, *found]) if found else block.masked


def hidden(text: str) -> list[tuple[int, int]]:
    """What `_HIDDEN` finds. It is dear, and asked only from a space before a mark to the next space."""
    ranges: list[tuple[int, int]] = []
    at = 0
    while mark := _MARK.search(text, at):
        at = max(at, text.rfind(" ", at, mark.start()) + 1)
        found = _HIDDEN_OR_SPACE.search(text, at)
        if not found:
            break
        at = found.end()
        if found[0] != " ":
            ranges.append(found.span())
    return ranges
