"""Words that point at something not named before them in their sentence: "it", "this call", "other towns".

A pronoun is found where no noun comes before it, a determiner with its noun where that noun was not named yet.
Whether an earlier sentence answers them, `antecedent` tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._columns import LOWER_LEMMA
from service.matchers._guard import KEYS, Guard, guarded, read_guard
from service.matchers._scan import Scan
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.tokens import Token

LEVEL = "unit"
ABSENCE = False
NAMES = frozenset({"NOUN", "PROPN"})
CLAUSES = frozenset({"ccomp", "xcomp", "csubj", "advcl"})
BEFORE_ITS_NOUN = frozenset({"det", "predet", "amod"})
LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Spec:
    """Pronouns; determiners that point back; and nouns that need no naming ("this ticket", "that way")."""

    pronouns: frozenset[str]
    determiners: frozenset[str]
    known: frozenset[str]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`pronouns`, `determiners`: words; `known`: lemmas of nouns; and what silences it."""
    parts = dict(node.mapping(required=("pronouns", "determiners"), optional=("known", *KEYS)))
    known = parts["known"].texts() if "known" in parts else ()
    return Spec(
        frozenset(parts["pronouns"].texts()),
        frozenset(parts["determiners"].texts()),
        frozenset(known),
        read_guard(parts, signals),
    )


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the pronoun, or the determiner with all up to its noun."""
    pointing = scan.words(spec.pronouns | spec.determiners, lemmas=False)

    names, known = scan.ids(NAMES), scan.ids(spec.known)
    determiners, pronouns = scan.ids(spec.determiners), scan.ids(spec.pronouns)

    def find(sentence: Sentence) -> Iterator[Hit]:
        doc, lemmas = sentence.doc, sentence.ids(LOWER_LEMMA)
        named: set[int] = set()
        for i, (kind, word) in enumerate(zip(sentence.ids("POS"), sentence.ids("LOWER"), strict=True)):
            if kind in names:
                named.add(lemmas[i])
            elif word in determiners and (noun := _noun(doc[i])) is not None:
                if lemmas[noun.i] not in named and lemmas[noun.i] not in known:
                    yield doc[i].idx, noun.idx + len(noun)
            elif word in pronouns and not named and _refers(doc[i]):
                yield doc[i].idx, doc[i].idx + len(doc[i])

    return guarded(scan, spec.guard, find, frozenset({pointing}))


def _noun(token: Token) -> Token | None:
    """The noun that a determiner points at with."""
    head = token.head
    near = token.i < head.i <= token.i + LONGEST_PHRASE
    return head if near and head.pos_ in NAMES and token.dep_ in BEFORE_ITS_NOUN else None


def _refers(token: Token) -> bool:
    """Whether a pronoun stands for a thing: not in “it is possible to …”, not before its noun."""
    if token.pos_ != "PRON" or token.dep_ in {"expl", "det", "mark"} or token.tag_ in {"WDT", "WP"}:
        return False
    return token.lower_ != "it" or not any(child.dep_ in CLAUSES for child in _children(token.head))


def _children(token: Token) -> Iterable[Token]:
    children: Iterable[Token] = token.children
    return children
