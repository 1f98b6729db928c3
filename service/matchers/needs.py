"""Several needs in one wish: what is wanted, up to the benefit, joins two things by "and" or "or".

The parse decides: two verbs or two objects of the wish count; what stands in a clause beside it does not ("… when
the name and the date are known"), nor does a pair of adjectives of one noun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, read_guard
from service.matchers._required import Required, all_of
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

LEVEL = "unit"
ABSENCE = False
BESIDE = frozenset({"advcl"})
JOINING = frozenset({"and", "or", "and/or", "&"})
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Spec:
    """Verbs of wishing, the words that begin the benefit, and pairs that are one thing."""

    wish: frozenset[str]
    benefit: tuple[str, ...]
    pairs: tuple[str, ...]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`wish`: lemmas; `benefit`: phrases; `pairs`: phrases that are one thing; and what silences it."""
    parts = dict(node.mapping(required=("wish", "benefit"), optional=("pairs", *KEYS)))
    pairs = parts["pairs"].texts() if "pairs" in parts else ()
    return Spec(frozenset(parts["wish"].texts()), parts["benefit"].texts(), pairs, read_guard(parts, signals))


def required(nlp: Language, spec: Spec) -> Required:
    """A wish, and a word that joins."""
    return all_of(nlp, spec.wish, JOINING)


def build(nlp: Language, spec: Spec) -> UnitMatcher:
    """Finds the two things and what joins them."""
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 (rules are listed without spaCy)

    benefit = PhraseMatcher(nlp.vocab, attr="LOWER")
    benefit.add("benefit", [nlp.make_doc(phrase) for phrase in spec.benefit])
    pairs = PhraseMatcher(nlp.vocab, attr="LOWER")
    if spec.pairs:
        pairs.add("pairs", [nlp.make_doc(phrase) for phrase in spec.pairs])

    def find(sentence: Sentence) -> Iterable[Hit]:
        doc: Doc = sentence.doc
        wish = next(filter(_wishing, (token for token in doc if token.lemma_.lower() in spec.wish)), None)
        if wish is None:
            return
        end = min((start for _, start, _ in benefit(doc) if start > wish.i), default=len(doc))
        one_thing = {i for _, start, stop in pairs(doc) for i in range(start, stop)}
        for joint in _joints(wish, doc[wish.i + 1 : end]):
            if joint.i not in one_thing:
                yield _joined(joint)
                return

    return guarded(nlp, spec.guard, find)


def _wishing(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX") and any(child.dep_ == "nsubj" for child in token.children)


def _joints(wish: Token, goal: Iterable[Token]) -> Iterator[Token]:
    """The conjunctions that join two parts of the wish itself."""
    for token in goal:
        adjectives = token.head.dep_ == "amod"
        if token.lower_ in JOINING and token.dep_ == "cc" and not adjectives and _belongs(token.head, wish):
            yield token


def _belongs(token: Token, wish: Token) -> bool:
    """Whether the way up from the token leads to the wish, through no clause beside it."""
    for _ in range(MOST_STEPS):
        if token == wish:
            return True
        if token.dep_ in BESIDE or token.head == token:
            return False
        token = token.head
    return False


def _joined(joint: Token) -> Hit:
    """From the first of the two things to the head of the second."""
    second = next((token for token in joint.head.conjuncts if token.i > joint.i), joint)
    first = min(joint.head, joint, key=lambda token: token.idx)
    return first.idx, second.idx + len(second)
