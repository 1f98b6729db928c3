"""A benefit that only says the goal again: all that it names was named in the goal, or means nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, read_guard
from service.matchers._scan import Scan
from service.matchers._story import KEYS as PARTS
from service.matchers._story import Parts, read_parts, told
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LEVEL = "unit"
ABSENCE = False
SHORTEST = 4
NAMING = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM"})


@dataclass(frozen=True, slots=True)
class Spec:
    """`empty`: lemmas that add nothing to a goal, such as "do", "easily", "use"."""

    parts: Parts
    empty: frozenset[str]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`wish`, `benefit`: signals; `empty`: lemmas; and what silences it."""
    parts = dict(node.mapping(required=(*PARTS, "empty"), optional=KEYS))
    return Spec(read_parts(parts, signals), frozenset(parts["empty"].texts()), read_guard(parts, signals))


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the whole benefit."""

    def find(sentence: Sentence) -> Iterable[Hit]:
        story = told(sentence, spec.parts)
        if story is None or len(story.benefit) < SHORTEST:
            return
        new = _named(story.doc, story.benefit) - spec.empty - _named(story.doc, story.goal)
        if not new:
            first, last = story.doc[story.benefit.start], _last(story.doc)
            yield first.idx, last.idx + len(last)

    return guarded(scan, spec.guard, find, None)


def _named(doc: Doc, part: range) -> frozenset[str]:
    """The lemmas of the words that name something."""
    return frozenset(
        doc[i].lemma_.lower() for i in part if doc[i].pos_ in NAMING and doc[i].lower_ not in ("so", "order")
    )


def _last(doc: Doc) -> Token:
    """The last token that is no full stop."""
    return next((token for token in reversed(doc) if not token.is_punct), doc[-1])
