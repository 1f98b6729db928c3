"""Strong and emphasised words in a markup whose marks are characters (Markdown, wiki)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of rendered text with the same marks."""

    text: str
    strong: bool = False
    emphasis: bool = False


def joined(runs: Iterable[Run], *, strong: str, emphasis: str) -> str:
    """One line of text with its marks set.

    Spaces are moved out of marks. Marks that the neighbouring characters would break are left out, as a word
    less stressed is better than a stray asterisk.
    """
    parts = [
        Run("".join(run.text for run in same), *marks)
        for marks, same in groupby(runs, key=lambda run: (run.strong, run.emphasis))
    ]
    line = ""
    for position, run in enumerate(parts):
        after = parts[position + 1].text if position + 1 < len(parts) else ""
        line += _marked(run, line, after, strong * run.strong + emphasis * run.emphasis)
    return line.strip(" ")


def _marked(run: Run, before: str, after: str, mark: str) -> str:
    text = run.text.strip(" ")
    if not (text and mark):
        return run.text
    lead, _, tail = run.text.partition(text)
    holds = _opens((before + lead)[-1:], text[0]) and _opens((tail + after)[:1], text[-1])
    return f"{lead}{mark}{text}{mark[::-1]}{tail}" if holds else run.text


def _opens(outside: str, inside: str) -> bool:
    """Whether a mark between these two characters is seen as one, in any Markdown and in wiki markup."""
    return outside in {"", " "} or (inside.isalnum() and outside in ".,;?()“”")
