"""The parts of a story sentence, from the signals that open them: whose it is, what is wanted, and what for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Sentence
from service.matchers._guard import read_signals
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

KEYS = ("wish", "benefit")
_LENT = frozenset(
    {"able", "ability", "possibility", "option", "chance", "opportunity", "way", "allowed", "possible"}
)
_GOALS = frozenset({"xcomp", "ccomp"})
_OTHERS = frozenset({"nsubj", "nsubjpass", "auxpass"})
_MODAL = frozenset({"aux", "auxpass"})


@dataclass(frozen=True, slots=True)
class Parts:
    """The signals that open the wish and its benefit."""

    wish: tuple[str, ...]
    benefit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """`anchor` is the verb of wishing or, after "I can", the verb itself; `goal` and `benefit` are tokens."""

    doc: Doc
    anchor: Token
    goal: range
    benefit: range


def read_parts(parts: dict[str, Node], signals: frozenset[str]) -> Parts:
    """Both signals, each of which must exist."""
    return Parts(read_signals(parts["wish"], signals), read_signals(parts["benefit"], signals))


def told(sentence: Sentence, parts: Parts) -> Story | None:
    """The story of this sentence, if anybody wishes for anything in it."""
    if sentence.hits.keys().isdisjoint(parts.wish):
        return None
    wish = min(hit for name in parts.wish for hit in sentence.hits.get(name, ()))
    doc: Doc = sentence.doc
    start = next((token.i + 1 for token in reversed(doc) if token.idx < wish[1]), 0)
    opens = [hit[0] for name in parts.benefit for hit in sentence.hits.get(name, ()) if hit[0] >= wish[1]]
    end = next((token.i for token in doc if token.idx >= min(opens)), len(doc)) if opens else len(doc)
    anchor = doc[start - 1]
    if anchor.dep_ in _MODAL:
        anchor = anchor.head
    return Story(doc, anchor, range(start, end), range(end, len(doc)))


def verb(story: Story) -> Token | None:
    """What the one who wishes wants to do himself: no noun, and not what somebody or something else should do."""
    found = story.anchor if story.anchor.i in story.goal else _complement(story.anchor, story.goal)
    for _ in range(3):
        lent = _lent(found, story.goal) if found is not None else None
        if lent is None:
            break
        found = lent
    if found is None or any(child.dep_ in _OTHERS for child in found.children if found is not story.anchor):
        return None
    return found


def joined(found: Token) -> Iterator[Token]:
    """The verb and those joined to it by "and" or "or"."""
    yield found
    yield from found.conjuncts


def purpose(found: Token, goal: range) -> Token | None:
    """The verb that another is a means to, as "print" in "use the form to print"."""
    for child in found.subtree:
        if child.i > found.i and child.i in goal and child.tag_ == "VB" and _has_to(child):
            return child
    return None


def _complement(token: Token, goal: range) -> Token | None:
    return next((child for child in token.children if child.i in goal and child.dep_ in _GOALS), None)


def _lent(found: Token, goal: range) -> Token | None:
    """The verb behind "be able to", "have the option to", "be allowed to"."""
    if found.lemma_ not in ("be", "have", "allow"):
        return None
    lender = found if found.lower_ == "allowed" else next((t for t in found.children if t.lower_ in _LENT), None)
    if lender is None:
        return None
    return next((t for t in lender.children if t.i in goal and t.pos_ == "VERB" and _has_to(t)), None)


def _has_to(token: Token) -> bool:
    return any(child.lower_ == "to" and child.i < token.i for child in token.children)
