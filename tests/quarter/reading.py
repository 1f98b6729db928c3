"""What a comment says of each rule, to somebody who reads it."""

import re

from service.coaching import Depth
from service.comment import Items, Quoted
from service.phrases import in_words

COUNTED = re.compile("And (a slip|slips) in what you usually do right: ")

EXAMPLE = re.compile(r"A good one from your project: ([A-Z]+-\d+)\.")


class Reader:
    """Knows what each rule's message looks like, whatever words of a ticket it quotes."""

    def __init__(self, rules):
        self._messages = {
            name: re.compile(r"(\+\d+ · )?" + re.escape(rule.message).replace(re.escape("{match}"), ".+"))
            for name, rule in rules.items()
        }

    def points(self, tree):
        """How much the comment says of each rule that it speaks of."""
        found = {}
        for node in tree.nodes:
            if isinstance(node, Items):
                for item in node.items:
                    if rule := self._rule(_flat(item.content[0])):
                        found[rule] = Depth.EXPLAIN if len(item.content) > 1 else Depth.BRIEF
            elif COUNTED.match(words := _flat(node)):
                found |= {rule: Depth.COUNT for rule in self._messages if in_words(rule) in words}
        return found

    def examples(self, tree):
        """The keys of the good tickets that the comment shows."""
        items = (item for node in tree.nodes if isinstance(node, Items) for item in node.items)
        return [key for item in items for part in item.content for key in EXAMPLE.findall(_flat(part))]

    def _rule(self, words):
        return next((rule for rule, message in self._messages.items() if message.match(words)), "")


def _flat(paragraph):
    parts = getattr(paragraph, "content", ())
    return "".join(f"“{part.text}”" if isinstance(part, Quoted) else getattr(part, "text", "@") for part in parts)
