"""Comment tree → Markdown, for Linear and for files.

Our own words are escaped by backslashes. Quoted words that hold anything but plain writing stand in a code span,
the one place where no reader of Markdown makes links, mentions, emoji or issue references.
"""

from __future__ import annotations

import re
from itertools import count

from service.comment import CommentTree, Inline, Items, Link, Mention, Node, Paragraph, Quoted, Snippet, Words
from service.render import clean
from service.render.marks import Run, joined

_PLAIN = re.compile(r"(?:[^\W_]|[ ,'’?;()%/–—…⟨⟩]|\.(?= |$)|-(?!\d))+")
_SPECIAL = re.compile(r"[\\`*_\[\]<>~^|&$@#{}!]|:(?=\S)|(?<=:)/|(?<=:/)/|(?<=\w)\.(?=\w)|(?<=\w)-(?=\d)|-(?=-)")
_PROFILE = re.compile(r"https://linear\.app/[\w-]{1,100}/profiles/[\w.%-]{1,200}", re.ASCII)
_BLOCK_START = re.compile(r"^(\d{1,9})(?=[.)])|^(?=[-+=:~])")


def render(tree: CommentTree) -> str:
    """The whole comment as Markdown, without a newline at its end."""
    return _blocks(tree.nodes)


def _blocks(nodes: tuple[Node, ...]) -> str:
    return "\n\n".join(text for text in map(_block, nodes) if text)


def _block(node: Node) -> str:
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
            return Run(_quotation(clean.quoted(part.text)), part.strong)
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
