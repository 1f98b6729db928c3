"""Several needs in one wish: what is wanted, up to the benefit, joins two things by "and" or "or".

The parse decides: two verbs or two objects of the wish count. What stands in a clause beside it does not ("… when
the name and the date are known"), nor what somebody wants to find out ("how rent and heating are shared"), two
qualities of one thing, two words before one noun ("name and address fields"), examples, parts of one thing ("the
sum of net and tax", "the order and its history"), circumstances ("on Mondays and Fridays"), or what an action
is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, read_guard
from service.matchers._scan import Scan
from service.matchers._story import KEYS as PARTS
from service.matchers._story import Parts, Story, read_parts, told
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.tokens import Token

LEVEL = "unit"
ABSENCE = False
MOST_STEPS = 50
BESIDE = frozenset({"advcl"})
CLAUSES = frozenset({"ccomp", "pcomp"})
JOINING = frozenset({"and", "or", "and/or", "&"})
MODIFIERS = frozenset({"amod", "compound", "nmod", "advmod"})
WHOLE = frozenset({"of", "between", "among", "than", "as", "like", "including"})
CIRCUMSTANCE = frozenset({"on", "upon", "about", "across", "against", "beyond"})
ASKED = frozenset({"how", "when", "if", "what", "which", "why", "where", "who"})
THINGS = frozenset({"NOUN", "PROPN", "PRON", "NUM"})


@dataclass(frozen=True, slots=True)
class Spec:
    """`pairs`: phrases that are one thing; `moves` and `looks`: verbs that are one step ("open it and see");
    `through`: verbs whose purpose is no need of its own.
    """

    parts: Parts
    pairs: tuple[str, ...]
    moves: frozenset[str]
    looks: frozenset[str]
    through: frozenset[str]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`wish`, `benefit`: signals; `pairs`: phrases; `moves`, `looks`, `through`: lemmas; and what silences it."""
    parts = dict(node.mapping(required=PARTS, optional=("pairs", "moves", "looks", "through", *KEYS)))
    words = {key: parts[key].texts() if key in parts else () for key in ("pairs", "moves", "looks", "through")}
    return Spec(
        parts=read_parts(parts, signals),
        pairs=words["pairs"],
        moves=frozenset(words["moves"]),
        looks=frozenset(words["looks"]),
        through=frozenset(words["through"]),
        guard=read_guard(parts, signals),
    )


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the two things and what joins them."""
    joining, pairs = scan.words(JOINING, lemmas=False), scan.words(spec.pairs, lemmas=False)

    def find(sentence: Sentence) -> Iterable[Hit]:
        story = told(sentence, spec.parts)
        if story is None:
            return
        one_thing = {i for start, stop in sentence.found.get(pairs, ()) for i in range(start, stop)}
        for joint, first, second in _joints(story):
            if joint.i not in one_thing and not _is_one(first, second, spec):
                start = min(first.idx, joint.idx)
                yield start, second.idx + len(second)
                return

    return guarded(scan, spec.guard, find, frozenset({joining}))


def _joints(story: Story) -> Iterator[tuple[Token, Token, Token]]:
    """What joins two parts of the wish itself, and these parts."""
    for i in story.goal:
        token = story.doc[i]
        if token.lower_ not in JOINING or token.dep_ != "cc":
            continue
        second = next((other for other in token.head.conjuncts if other.i > i), None)
        if second is not None and _belongs(first := _partner(token.head, second), story):
            yield token, first, second


def _partner(first: Token, second: Token) -> Token:
    """What an infinitive is really joined to: in "see who is away and tell them", not "is" or "away" but "see"."""
    if second.tag_ != "VB":
        return first
    found = first
    while found.tag_ != "VB" and found.head != found:
        found = found.head
    return found if found.tag_ == "VB" else first


def _belongs(token: Token, story: Story) -> bool:
    """Whether the way up from the token leads to the wish, past no clause beside it and no indirect question."""
    for _ in range(MOST_STEPS):
        if token == story.anchor:
            return True
        if token.dep_ in BESIDE or token.head == token or _asks(token):
            return False
        token = token.head
    return False


def _asks(token: Token) -> bool:
    return token.dep_ in CLAUSES and any(child.lower_ in ASKED and child.i < token.i for child in token.children)


def _is_one(first: Token, second: Token, spec: Spec) -> bool:
    """Whether both together are one need."""
    root = first
    while root.dep_ == "conj" and root.head.i < root.i:
        root = root.head
    if root.dep_ in MODIFIERS and (root.pos_ != "PROPN" or root.is_lower):
        return True
    if second.lower_ in ASKED:
        return True
    if first.lemma_.lower() in spec.moves and second.lemma_.lower() in spec.looks:
        return True
    if first.pos_ not in THINGS:
        return False
    return _before_one_noun(first, second) or _is_its_own(second) or _within(root, spec.through)


def _before_one_noun(first: Token, second: Token) -> bool:
    """Two words before one noun, such as "name and address fields"; two names are two things."""
    if first.tag_ not in ("NN", "VBG") or not first.is_lower or any(child.i < first.i for child in first.children):
        return False
    return any(child.dep_ == "compound" and child.i == first.i + 2 for child in second.children)


def _is_its_own(second: Token) -> bool:
    """What belongs to the first: "the order and its history", "my account and all my data"."""
    words = {child.lower_ for child in second.children if child.i < second.i}
    return not words.isdisjoint(("its", "their", "all"))


def _within(root: Token, through: frozenset[str]) -> bool:
    """Whether it is part of a whole, an example, a circumstance, or what an action is for."""
    if root.dep_ == "pobj" and root.head.lower_ in WHOLE | CIRCUMSTANCE:
        return True
    verb = root.head if root.dep_ != "pobj" else root.head.head
    return verb.tag_ == "VB" and verb.dep_ in ("xcomp", "advcl", "acl") and verb.head.lemma_.lower() in through
