"""Comment tree → Jira wiki markup, for Data Center and for REST API v2.

Whatever wiki markup could read as its own is written as a numeric character reference, which Jira hands through
to the browser: no backslash does that for links, macros, mentions, emoticons and issue keys alike.
"""

from __future__ import annotations

import re

from service.comment import (
    CommentTree,
    Folded,
    Inline,
    Items,
    Link,
    Mention,
    Node,
    Paragraph,
    Quoted,
    Snippet,
    Words,
)
from service.render import clean
from service.render.marks import Run, joined

# Plain: letters, digits, spaces, and punctuation that means nothing where it stands.
_ALIVE = re.compile(r"(?:(?![ ,'%])[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e])")
_HARMLESS = re.compile(r"(?<=[a-z])-(?=[a-z])|(?<=\w)[.:;?](?=\s|$)|^\.(?=\s|$)|(?<=[a-z])/(?=[a-z])")
_HEADING = re.compile(r"^(h[1-6]|bq)\.")
_NOFORMAT = re.compile(r"\{(?=noformat)", re.IGNORECASE)


def render(tree: CommentTree) -> str:
    """The whole comment as wiki markup, without a newline at its end."""
    return "\n\n".join(text for text in map(_block, tree.nodes) if text)


def _block(node: Node) -> str:
    match node:
        case Paragraph():
            return _paragraph(node)
        case Snippet():
            return _verbatim(node.text)
        case Folded():
            # Jira's wiki markup has nothing that folds: Confluence's expand macro is unknown there.
            return f"{_paragraph(Paragraph((Words(node.title),)))}\n\n{_verbatim(node.text)}"
        case Items():
            marker = "# " if node.ordered else "* "
            return "\n".join(marker + _item(item.content) for item in node.items)


def _verbatim(text: str) -> str:
    return "{noformat}\n" + _NOFORMAT.sub("{\u200b", clean.block(text)) + "\n{noformat}"


def _item(content: tuple[Paragraph | Snippet, ...]) -> str:
    """An item stays on one line, but for its snippets: an empty line would end the list."""
    line = ""
    for node in content:
        between = "" if not line else " \\\\ " if isinstance(node, Paragraph) else "\n"
        line += between + _block(node)
    return line


def _paragraph(node: Paragraph) -> str:
    line = joined(map(_run, node.content), strong="*", emphasis="_")
    return _HEADING.sub(r"\1&#46;", line)


def _run(part: Inline) -> Run:
    match part:
        case Words():
            return Run(_inert(clean.words(part.text)), part.strong, part.emphasis)
        case Quoted():
            return Run(f"“{_inert(clean.quoted(part.text, whole=part.whole))}”", part.strong)
        case Mention():
            return Run("[~" + re.sub(r"[^\w.@:-]", "", part.id) + "]")
        case Link():
            text = _inert(clean.words(part.text))
            return Run(f"[{text}|{part.href}]" if clean.is_web_address(part.href) else text)


def _inert(text: str) -> str:
    harmless = {found.start() for found in _HARMLESS.finditer(text)}
    return _ALIVE.sub(
        lambda found: found[0] if found.start() in harmless else f"&#{ord(found[0])};",
        text,
    )
