"""What an author's first comment opens with: a kind word, and the template for the next ticket. Pure."""

from __future__ import annotations

from service.comment import Folded, Node, Paragraph, Words
from service.render import outline
from service.ticket import Kind, Markup

_WORDS = (
    "Welcome, and thank you for this ticket! Below is what would help whoever builds it: mend what is useful, and "
    "leave what is not."
)
_TEMPLATE = "The next one may be easier to write from this template."


def welcome(kind: Kind | None, template: str, markup: Markup) -> tuple[Node, ...]:
    """The lines and the template (Markdown; "" for none), as it is pasted into a ticket in this markup.

    An editor of ADF takes Markdown when it is pasted.
    """
    if not template or kind is None:
        return (Paragraph((Words(_WORDS),)),)
    pasted = outline.render(template, Markup.WIKI if markup is Markup.WIKI else Markup.MARKDOWN)
    told = Paragraph((Words(f"{_WORDS} {_TEMPLATE}"),))
    return told, Folded(f"Template for {_A[kind]}", str(pasted))


_A = {Kind.STORY: "a story", Kind.TASK: "a task", Kind.BUG: "a bug report", Kind.EPIC: "an epic"}
