"""What a person does: instructions, what somebody did, a gerund as the cause, a passive in a condition.

"Open the map, then press print", "I opened the map and pressed print", "Pressing print shows …", "when print is
pressed": each verb of doing is a hit, so that a rule can count steps in free prose. One walk over the parse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, read_guard
from service.matchers._scan import Scan
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.tokens import Token

LEVEL = "unit"
ABSENCE = False
LEADS = frozenset(
    {"then", "now", "next", "first", "finally", "and", "also", "simply", "just", "again", "immediately"}
)
JOINS = frozenset({",", ";", ">", "->", "→", "-", "and", "then", "or"})
INSTRUCTING = frozenset({"VB", "VBP", "NN", "NNP", "JJ", "RB", "UH", "VBN", "VBD"})
NOUNS = frozenset({"NN", "NNP"})
FINITE = frozenset({"VBZ", "VBD", "VBP", "MD"})
CONDITIONS = frozenset({"when", "if", "after", "once", "whenever", "while"})
CARRIERS = frozenset({"try", "attempt", "begin", "start", "go", "continue"})
MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Spec:
    """Verbs of doing, as lemmas; who may do it; and verbs that tell nothing in the mouth of a person."""

    verbs: frozenset[str]
    people: frozenset[str]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`verbs`: lemmas; `people`: who does it, in lower case; and what silences it."""
    parts = dict(node.mapping(required=("verbs", "people"), optional=KEYS))
    verbs, people = frozenset(parts["verbs"].texts()), frozenset(parts["people"].texts())
    return Spec(verbs, people, read_guard(parts, signals))


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds each verb of doing."""
    verbs = scan.words(spec.verbs, lemmas=True)

    lemmas, people, joins = scan.ids(spec.verbs), scan.ids(spec.people), scan.ids(JOINS)

    def acts(sentence: Sentence) -> Iterator[Token]:
        """Verbs that open a sentence, verbs of a person, and those that go on from there: "…, then press"."""
        doc, words = sentence.doc, sentence.ids("LOWER")
        by_people = not people.isdisjoint(words)
        opening, going_on = True, False
        for i, (lemma, word) in enumerate(zip(sentence.ids("LEMMA"), words, strict=True)):
            is_verb, first = lemma in lemmas, opening and _opens(doc[i])
            if first:
                opening = False
            instructs = first and (is_verb or word in lemmas) and _instructs(doc[i], spec.verbs)
            if instructs or (is_verb and (_done(doc[i]) or (by_people and _by_one_of(spec.people, doc[i])))):
                yield doc[i]
                going_on = True
            elif going_on and word in joins:
                opening = True

    def find(sentence: Sentence) -> Iterable[Hit]:
        return [(token.idx, token.idx + len(token)) for token in acts(sentence)]

    return guarded(scan, spec.guard, find, frozenset({verbs}))


def _opens(token: Token) -> bool:
    return not (token.is_punct or token.is_space or token.like_num or token.lower_ in LEADS)


def _instructs(token: Token, verbs: frozenset[str]) -> bool:
    """An instruction; later in a sentence, a past tense too: "I opened it, tapped on print"."""
    told = token.lower_ in verbs and token.tag_ in INSTRUCTING
    past = token.lemma_ in verbs and token.pos_ == "VERB" and token.i > 0
    return (told or past) and not _names(token)


def _names(token: Token) -> bool:
    """Whether what looks like an instruction names something: "Build 12", "Search results are empty"."""
    doc, after = token.doc, token.i + 1
    following = doc[after] if after < len(doc) else None
    if following is not None and (following.tag_ in ("VBZ", "VBD", "MD", "HYPH") or following.text == ":"):
        return True
    if token.tag_ in NOUNS and (_labels(token) or (following is not None and following.like_num)):
        return True
    return _in_subject(token)


def _labels(token: Token) -> bool:
    """Whether a colon follows after nothing but names: "Build identifier: 7"."""
    for following in token.doc[token.i + 1 : token.i + MOST_STEPS]:
        if following.text == ":":
            return True
        if following.pos_ not in ("NOUN", "PROPN", "PUNCT", "X"):
            return False
    return False


def _done(token: Token) -> bool:
    """Whether it is done, whoever does it."""
    return (token.tag_ == "VBG" and _causes(token)) or (token.tag_ == "VBN" and _in_condition(token))


def _by_one_of(people: frozenset[str], token: Token) -> bool:
    head = _carrier(token)
    subject = next((child for child in head.children if child.dep_ == "nsubj"), None)
    return subject is not None and subject.lower_ in people and not (_unreal(head) or _unreal(token))


def _carrier(token: Token) -> Token:
    """The verb that has the subject: "I *opened* it and pressed", "I *tried* to press"."""
    for _ in range(MOST_STEPS):
        carried = token.dep_ == "conj" or (token.dep_ == "xcomp" and token.head.lemma_ in CARRIERS)
        if not carried or token.head.pos_ not in ("VERB", "AUX"):
            return token
        token = token.head
    return token


def _unreal(verb: Token) -> bool:
    return any(child.tag_ == "MD" or child.dep_ == "neg" for child in verb.children)


def _causes(token: Token) -> bool:
    """A gerund that opens its sentence or is the subject of another verb: "Pressing print shows a white page"."""
    if token.dep_ in ("csubj", "csubjpass"):
        return True
    return token.i == 0 and any(later.tag_ in FINITE for later in token.doc[1:])


def _in_condition(token: Token) -> bool:
    words = {child.lower_ for child in token.children}
    return not words.isdisjoint(CONDITIONS) and any(child.dep_ == "auxpass" for child in token.children)


def _in_subject(token: Token) -> bool:
    """Whether it belongs to the subject of a later verb, with no comma between."""
    top = token
    for _ in range(MOST_STEPS):
        if top.dep_ in ("nsubj", "nsubjpass"):
            return not any(between.text == "," for between in token.doc[token.i : top.head.i])
        if top.head == top:
            return False
        top = top.head
    return False
