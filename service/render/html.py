"""Comment tree → HTML for our own pages: elements of ours, everything else escaped.

No attribute ever holds a ticket's words, and nothing in it needs script or inline style.
"""

from __future__ import annotations

from html import escape

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


def render(tree: CommentTree) -> str:
    """The whole comment as HTML, without an element around it."""
    return "\n".join(map(_block, tree.nodes))


def _block(node: Node) -> str:
    match node:
        case Paragraph():
            return f"<p>{''.join(map(_inline, node.content))}</p>"
        case Snippet():
            return _verbatim(node.text)
        case Folded():
            title = escape(clean.words(node.title))
            return f"<details><summary>{title}</summary>{_verbatim(node.text)}</details>"
        case Items():
            tag = "ol" if node.ordered else "ul"
            items = "".join(f"<li>{''.join(map(_block, item.content))}</li>" for item in node.items)
            return f"<{tag}>{items}</{tag}>"


def _verbatim(text: str) -> str:
    return f"<pre><code>{escape(clean.block(text))}</code></pre>"


def _inline(part: Inline) -> str:
    match part:
        case Words():
            text = _marked(escape(clean.words(part.text)), "em" * part.emphasis)
            return _marked(text, "strong" * part.strong)
        case Quoted():
            text = f'<bdi class="quoted">“{escape(clean.quoted(part.text, whole=part.whole))}”</bdi>'
            return _marked(text, "strong" * part.strong)
        case Mention():
            return f'<span class="mention">@{escape(clean.words(part.id))}</span>'
        case Link():
            text = escape(clean.words(part.text))
            href = escape(part.href)
            return f'<a href="{href}" rel="noopener">{text}</a>' if clean.is_web_address(part.href) else text


def _marked(text: str, tag: str) -> str:
    return f"<{tag}>{text}</{tag}>" if tag else text
