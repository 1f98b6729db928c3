"""An example in a rule file: a small ticket, and where in it the rule is to fire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from service.rulefile import Node
from service.ticket import Kind, Markup, Text, Ticket, frozen

_MARK = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """`spans` are (field, quoted words) that must be found; without any, the rule must fire somewhere.

    `kind` is None where the example leaves it to the rule.
    """

    ticket: Ticket
    spans: tuple[tuple[str, str], ...]
    line: int
    text: str

    def shown(self) -> str:
        """The example as a person reads it."""
        parts = [f"title: {self.ticket.title}" if self.ticket.title else ""]
        parts += [f"{name}: {text.content}" for name, text in self.ticket.fields.items()]
        parts.append(str(self.ticket.description.content or "").strip())
        return "\n".join(part for part in parts if part)


def read_example(node: Node) -> Example:
    """A string is a description; a mapping gives its title, kind, markup, labels, fields and attachments too."""
    if isinstance(node.value, str):
        return _example(node, {"description": node}, Markup.MARKDOWN, None)
    parts = node.mapping(optional=("title", "description", "kind", "markup", "fields", "labels", "attachments"))
    texts = {key: parts[key] for key in ("title", "description") if key in parts}
    if "fields" in parts:
        texts |= {f"fields.{name}": value for name, (_, value) in parts["fields"].pairs().items()}
    markup = parts["markup"].choice(Markup) if "markup" in parts else Markup.MARKDOWN
    kind = parts["kind"].choice(Kind) if "kind" in parts else None
    lists = {key: parts[key].texts() for key in ("labels", "attachments") if key in parts}
    return _example(node, texts, markup, kind, lists)


def _example(
    node: Node,
    texts: dict[str, Node],
    markup: Markup,
    kind: Kind | None,
    lists: Mapping[str, tuple[str, ...]] = frozen({}),
) -> Example:
    spans: list[tuple[str, str]] = []
    plain = {}
    for name, value in texts.items():
        marked = value.text(empty=True)
        field = name.removeprefix("fields.")
        spans += [(field, found) for found in _MARK.findall(marked)]
        plain[name] = _MARK.sub(r"\1", marked)
        if "[[" in plain[name]:
            raise value.error("[[ opens here and is never closed by ]].")
    ticket = Ticket(
        id=f"{node.path}:{node.line}",
        title=plain.get("title", ""),
        description=Text(plain.get("description"), markup),
        kind=kind,
        fields=frozen(
            {k.removeprefix("fields."): Text(v, markup) for k, v in plain.items() if k.startswith("fields.")}
        ),
        labels=lists.get("labels", ()),
        attachments=lists.get("attachments", ()),
    )
    return Example(ticket, tuple(spans), node.line, "\n".join(v.text(empty=True) for v in texts.values()))
