"""Comment tree → Markdown, for Linear, GitHub and files.

Our own words are escaped by backslashes. Quoted words that hold anything but plain writing stand in a code span,
the one place where no reader of Markdown makes links, mentions, emoji or issue references.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from itertools import count

from service.comment import (
    CommentTree,
    Folded,
    Inline,
    Items,
    Link,
    Mention,
    Paragraph,
    Quoted,
    Snippet,
    Words,
)
from service.render import clean
from service.render.marks import Run, joined

_PLAIN = re.compile(r"(?:[^\W_]|[ ,'’?;()%/–—…⟨⟩]|\.(?= |$)|-(?!\d))+")
_SPECIAL = re.compile(r"[\\`*_\[\]<>~^|&$@#{}!]|:(?=\S)|(?<=:)/|(?<=:/)/|(?<=\w)\.(?=\w)|(?<=\w)-(?=\d)|-(?=-)")
_PROFILE = re.compile(r"https://linear\.app/[\w-]{1,100}/profiles/[\w.%-]{1,200}", re.ASCII)
_BLOCK_START = re.compile(r"^(\d{1,9})(?=[.)])|^(?=[-+=:~])")


Fold = Callable[[str, str], str]


def unfolded(title: str, block: str) -> str:
    """A title and the block beneath it, as Markdown by itself has nothing that folds."""
    return "\n\n".join(filter(None, (_paragraph((Words(title, strong=True),)), block)))


def folded_on_github(title: str, block: str) -> str:
    """As GitHub folds: docs.github.com/get-started/writing-on-github, "organizing information"."""
    return f"<details><summary>{escape(clean.words(title))}</summary>\n\n{block}\n\n</details>"


def folded_on_linear(title: str, block: str) -> str:
    """As Linear writes its collapsible sections in Markdown; it shows no HTML."""
    return f"+++ {_escaped(title)}\n\n{block}\n\n+++"


def render(tree: CommentTree, fold: Fold = unfolded) -> str:
    """The whole comment as Markdown, without a newline at its end; `fold` folds a block away under its title."""
    nodes = (_folded(node, fold) if isinstance(node, Folded) else _block(node) for node in tree.nodes)
    return "\n\n".join(text for text in nodes if text)


def _folded(node: Folded, fold: Fold) -> str:
    return fold(node.title, _fenced(clean.block(node.text)))


def _blocks(nodes: tuple[Paragraph | Snippet, ...]) -> str:
    return "\n\n".join(text for text in map(_block, nodes) if text)


def _block(node: Paragraph | Items | Snippet) -> str:
    match node:
        case Paragraph():
            return _paragraph(node.content)
        case Snippet():
            return _fenced(clean.block(node.text))
        case Items():
            markers = (f"{number}. " for number in count(1)) if node.ordered else ("- " for _ in count())
            items = (_blocks(item.content) for item in node.items)
            return "\n\n".join(_hanging(marker, text) for marker, text in zip(markers, items, strict=False))


def _hanging(marker: str, text: str) -> str:
    indent = " " * len(marker)
    return marker + "\n".join(indent + line if line else "" for line in text.split("\n")).removeprefix(indent)


def _fenced(text: str) -> str:
    fence = _longer_than(text, least=3)
    return f"{fence}\n{text}\n{fence}"


def _longer_than(text: str, *, least: int) -> str:
    """A run of backticks that does not occur in the text."""
    return "`" * max(least, 1 + max((len(run) for run in re.findall("`+", text)), default=0))


def _paragraph(content: tuple[Inline, ...]) -> str:
    line = joined(map(_run, content), strong="**", emphasis="_")
    return _BLOCK_START.sub(lambda found: f"{found[1] or ''}\\", line)


def _run(part: Inline) -> Run:
    match part:
        case Words():
            return Run(_escaped(part.text), part.strong, part.emphasis)
        case Quoted():
            return Run(_quotation(clean.quoted(part.text, whole=part.whole)), part.strong)
        case Mention():
            return Run(_mention(part.id))
        case Link():
            if not clean.is_web_address(part.href):
                return Run(_escaped(part.text))
            return Run(f"[{_escaped(part.text)}]({part.href.replace('&', '&amp;')})")


def _mention(who: str) -> str:
    """Linear takes the bare address of a profile for a mention; “@name” mentions nobody there."""
    return who if _PROFILE.fullmatch(who) else "@" + re.sub(r"[^\w.\-]", "", who, flags=re.ASCII)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", clean.words(text))


def _quotation(text: str) -> str:
    if not text or _PLAIN.fullmatch(text):
        return f"“{text}”"
    fence = _longer_than(text, least=1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"“{fence}{pad}{text}{pad}{fence}”"
