"""What is wanted in a story sentence, up to the benefit: by its words, or by the verb of what one wants to do.

Where a way has both `words` and `verbs`, both must be there. A verb counts when the one who wishes is to do it
("I want to train …"), not what something else should do ("I want the page to train …").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._guard import KEYS, Guard, guarded, read_guard, read_signals
from service.matchers._scan import Scan
from service.matchers._story import KEYS as PARTS
from service.matchers._story import Parts, Story, joined, purpose, read_parts, told, verb
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Token

LEVEL = "unit"
ABSENCE = False
WAYS = ("words", "verbs", "through", "if_said", "unless_said")
Phrases = dict[str, list[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Way:
    """`through`: verbs that are only a means, so that the verb of their purpose counts ("use it to print")."""

    words: tuple[str, ...]
    verbs: frozenset[str]
    through: frozenset[str]
    if_said: tuple[str, ...]
    unless_said: tuple[str, ...]

    def speaks(self, sentence: Sentence) -> bool:
        """Whether the sentence gives the signals that this way asks for, and none that silences it."""
        heard = sentence.hits
        wanted = not self.if_said or any(heard.get(name) for name in self.if_said)
        return wanted and not any(heard.get(name) for name in self.unless_said)


@dataclass(frozen=True, slots=True)
class Spec:
    """Any of several ways of wanting it; the first that is found counts."""

    parts: Parts
    any_of: tuple[Way, ...]
    guard: Guard


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`wish`, `benefit`: signals; `any_of`: ways, each with words or verbs; and what silences it."""
    parts = dict(node.mapping(required=(*PARTS, "any_of"), optional=KEYS))
    ways = tuple(_way(item, signals) for item in parts["any_of"].items())
    return Spec(read_parts(parts, signals), ways, read_guard(parts, signals))


def _way(node: Node, signals: frozenset[str]) -> Way:
    parts = node.mapping(optional=WAYS)
    if "words" not in parts and "verbs" not in parts:
        raise node.error("a way holds words, verbs, or both.")
    texts = {key: parts[key].texts() if key in parts else () for key in ("words", "verbs", "through")}
    said = {key: read_signals(parts[key], signals) if key in parts else () for key in ("if_said", "unless_said")}
    return Way(texts["words"], frozenset(texts["verbs"]), frozenset(texts["through"]), **said)


def build(scan: Scan, spec: Spec) -> UnitMatcher:
    """Finds the first word, or the verb where no words are looked for."""
    ways = [(way, _phrases(scan.nlp, way.words)) for way in spec.any_of]
    wanted = [scan.words(way.words or way.verbs | way.through, lemmas=True) for way in spec.any_of]

    def find(sentence: Sentence) -> Iterable[Hit]:
        story = told(sentence, spec.parts)
        if story is None:
            return
        first = verb(story)
        for way, words in ways:
            hit = _found(story, first, way, words) if way.speaks(sentence) else None
            if hit:
                yield hit
                return

    return guarded(scan, spec.guard, find, frozenset(wanted))


def _found(story: Story, first: Token | None, way: Way, words: Phrases) -> Hit | None:
    does = _done(story, first, way) if way.verbs else None
    if way.verbs and does is None:
        return None
    if words:
        return _first(story, words)
    return (does.idx, does.idx + len(does)) if does else None


def _done(story: Story, first: Token | None, way: Way) -> Token | None:
    """The verb that is looked for, among what the one who wishes wants to do."""
    for found in joined(first) if first is not None else ():
        if found.lemma_.lower() in way.verbs:
            return found
        if found.lemma_.lower() in way.through:
            behind = purpose(found, story.goal)
            if behind is not None and behind.lemma_.lower() in way.verbs:
                return behind
    return None


def _phrases(nlp: Language, phrases: tuple[str, ...]) -> Phrases:
    """Phrases by their first word."""
    found: Phrases = {}
    for doc in map(nlp.make_doc, phrases):
        words = tuple(token.lower_ for token in doc)
        found.setdefault(words[0], []).append(words)
    return found


def _first(story: Story, phrases: Phrases) -> Hit | None:
    """The first phrase in the goal, as written or by lemma."""
    tokens = [story.doc[i] for i in story.goal]
    for at, token in enumerate(tokens):
        for word in {token.lower_, token.lemma_.lower()}:
            for phrase in phrases.get(word, ()):
                part = tokens[at : at + len(phrase)]
                if len(part) == len(phrase) and all(
                    wanted in (t.lower_, t.lemma_.lower()) for wanted, t in zip(phrase, part, strict=True)
                ):
                    return token.idx, part[-1].idx + len(part[-1])
    return None
