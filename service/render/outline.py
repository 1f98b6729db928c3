"""A template's Markdown → wiki markup or ADF: headings, paragraphs and lists of one level, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from service.ticket import Markup

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"\s*[-*+]\s+(?:\[[ xX]\]\s+)?(.*)")
_NUMBERED = re.compile(r"\s*\d{1,9}[.)]\s+(.*)")


@dataclass(frozen=True, slots=True)
class _Line:
    """`kind` is heading, bullet, numbered or prose; `level` counts for headings."""

    kind: str
    text: str
    level: int = 0


def render(template: str, markup: Markup) -> str | dict[str, object]:
    """The template in this markup: a text, or an ADF document."""
    if markup is Markup.ADF:
        return {"type": "doc", "version": 1, "content": list(_adf(template))}
    if markup is Markup.WIKI:
        return "\n".join(_wiki(template)) + "\n"
    return template


def _lines(template: str) -> Iterator[_Line | None]:
    """Each line; None for an empty one, which ends a paragraph or a list."""
    for raw in template.splitlines():
        line = raw.strip()
        if not line:
            yield None
        elif found := _HEADING.fullmatch(line):
            yield _Line("heading", found[2], len(found[1]))
        elif found := _BULLET.fullmatch(raw):
            yield _Line("bullet", found[1])
        elif found := _NUMBERED.fullmatch(raw):
            yield _Line("numbered", found[1])
        else:
            yield _Line("prose", line)


def _wiki(template: str) -> Iterator[str]:
    """In wiki markup brackets make a link, so slots get others."""
    before = {"bullet": "* ", "numbered": "# ", "prose": ""}
    for line in _lines(template):
        if line is None:
            yield ""
            continue
        text = line.text.replace("[", "<").replace("]", ">").replace("{", "\\{")
        yield f"h{line.level}. {text}" if line.kind == "heading" else before[line.kind] + text


def _adf(template: str) -> Iterator[dict[str, object]]:
    for kind, group in groupby(_lines(template), key=lambda line: line.kind if line else ""):
        lines = [line for line in group if line]
        if kind == "heading":
            for line in lines:
                yield {"type": "heading", "attrs": {"level": line.level}, **_content(line.text)}
        elif kind == "prose":
            yield _paragraph(" ".join(line.text for line in lines))
        elif kind:
            items = [{"type": "listItem", "content": [_paragraph(line.text)]} for line in lines]
            yield {"type": "bulletList" if kind == "bullet" else "orderedList", "content": items}


def _paragraph(text: str) -> dict[str, object]:
    return {"type": "paragraph", **_content(text)}


def _content(text: str) -> dict[str, object]:
    """ADF knows no empty text."""
    return {"content": [{"type": "text", "text": text}] if text else []}
