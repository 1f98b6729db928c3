"""What stands in prose and is not the author's own wording: quotations, addresses, paths, identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.document.model import Block
from service.document.words import merged

# What hides begins in a run without white space that is no plain word and shows a mark, at a word or a mark in it.
_RUN = re.compile(r"(?<!\S)(?![A-Za-z]?[a-z]*[.,;:!?)]{0,3}(?!\S))\S+")
_GATE = re.compile(r"[\"“«„'‘/\\@_`{$]|\w\.\w|\w\(|[a-z][A-Z]|--\w|www\.")
_BEGIN = re.compile(r"\b\w|[^\w\s]")
_HIDDEN = re.compile(
    r"“[^“”\n]{1,300}”|(?<!\w)\"[^\"\n]{1,300}\"|«[^«»\n]{1,300}»|„[^“”\n]{1,300}[“”]"
    r"|(?<![\w'’‘])['‘](?=[^\s'‘’])[^'‘’\n]{1,150}(?:['’](?=\w)[^'‘’\n]{1,150}){0,2}['’](?!\w)"
    r"|`[^`\n]{1,300}`|\{\{[^{}\n]{1,300}\}\}|\$\{[^{}\n]{1,100}\}"
    r"|(?<!\w)(?:https?|ftp|file|ssh|git|wss?)://[^\s<>\"”)\]|]{1,2000}|(?<!\w)www\.[^\s<>\"”)\]|]{3,300}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|(?<![\w@])@\w[\w.-]{1,60}"
    r"|(?<![\w./\\])(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.@$-]{1,100}(?:[/\\][\w.@$:{}-]{1,100}){1,30}[/\\]?"
    r"|(?<![\w./])(?:[\w.-]{1,64}/){1,20}[\w-]{1,64}\.[A-Za-z]{1,5}(?!\w)"
    r"|(?<!\w)[A-Za-z]\w{0,80}_\w{1,80}|(?<!\w)[A-Za-z]\w{0,60}(?:\.\w{1,60}){0,6}\([^()\s]{0,60}\)"
    r"|(?<![\w.])[A-Za-z]\w{1,60}(?:\.[A-Za-z_]\w{0,60}){2,8}(?![\w])|(?<!\w)[a-z]{2,40}[A-Z]\w{0,80}"
    r"|(?<![\w-])--[a-z][\w-]{1,60}"
)


def with_masks(block: Block) -> tuple[tuple[int, int], ...]:
    """The block's masked ranges: those its markup told, and those its text shows."""
    found = [*_hidden(block.text)]
    return merged([*block.masked, *found]) if found else block.masked


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """What `_HIDDEN` finds. It is dear, and asked only where one of its alternatives can begin."""
    at = 0
    for run in _RUN.finditer(text):
        if not _GATE.search(run[0]):
            continue
        for begin in _BEGIN.finditer(text, run.start(), run.end()):
            found = _HIDDEN.match(text, begin.start()) if begin.start() >= at else None
            if found:
                at = found.end()
                yield found.span()
