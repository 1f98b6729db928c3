"""What a sentence must hold before a pattern can match in it at all.

Most patterns hang on words that most sentences lack. One look at the ids of a sentence's words, and one at its
text for all regular expressions together, therefore spares nearly all patterns their matcher. What is found is the
same: where it cannot be told what a pattern needs, its matcher is always asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from service.matchers._expressions import Expression, Together
from service.matchers._tokens import Pattern, Token

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.strings import StringStore
    from spacy.tokens import Doc


@dataclass(frozen=True, slots=True)
class Words:
    """Of each of these sets the sentence must hold an id. The rarest set comes first; there is at least one."""

    each: tuple[frozenset[int], ...]


Required = tuple[Words | Expression, ...]
"""Alternatives, one of which must be met; () where nothing can be told."""

ANYTHING: Required = ()
CLASSES = ("POS", "TAG", "DEP")
READ = ("LOWER", "LEMMA", *CLASSES, "SENT_START")
_AT_LEAST_ONE = re.compile(r"\+|\{0*[1-9]\d*(,\d*)?\}")
# Roughly how many of 10,000 tokens are this word, or of this class.
RARE, COMMON, CLASS = 3, 60, 500


def columns_of(doc: Doc) -> list[list[int]]:
    """For each attribute in READ its ids, token by token."""
    from spacy import attrs  # noqa: PLC0415 (rules are listed without spaCy)

    columns: list[list[int]] = doc.to_array([attrs.IDS[name] for name in READ]).T.tolist()
    return columns


def ids_of(columns: list[list[int]], strings: StringStore) -> frozenset[int]:
    """The ids of what patterns ask of a sentence's tokens; lemmas also in lower case, first words also negated."""
    lower, lemmas, *classes, starts = columns
    first = [-word for word, start in zip(lower, starts, strict=True) if start == 1]
    return frozenset(lower).union(lemmas, *classes, first, [_in_lower_case(word, strings) for word in lemmas])


@lru_cache(maxsize=1 << 16)
def _in_lower_case(word: int, strings: StringStore) -> int:
    lower: int = strings[strings[word].lower()]
    return lower


def all_of(nlp: Language, *words: Iterable[str]) -> Required:
    """One of each of these sets of words, in lower case or as lemmas."""
    return _alternatives([_rarest_first(nlp, [("LOWER", list(texts)) for texts in words])])


def by_phrases(nlp: Language, phrases: Iterable[str]) -> Required:
    """All words of one of these phrases, in lower case or as lemmas."""
    docs = map(nlp.make_doc, phrases)
    return _alternatives(_rarest_first(nlp, [("LOWER", [token.lower_]) for token in doc]) for doc in docs)


def by_tokens(nlp: Language, patterns: Iterable[Pattern]) -> Required:
    """What all tokens of one of these patterns need that must be there."""
    return _alternatives(
        _rarest_first(nlp, [asked for token in pattern if _certain(token) for asked in _asked(token)])
        for pattern in patterns
    )


def _alternatives(needs: Iterable[Words]) -> Required:
    needs = tuple(needs)
    return needs if all(need.each for need in needs) else ANYTHING


def _certain(token: Token) -> bool:
    return "OP" not in token or bool(_AT_LEAST_ONE.fullmatch(token["OP"]))


def _asked(token: Token) -> Iterator[tuple[str, list[str]]]:
    """The attributes of which one of some texts is asked. `ids_of` reads no spelling, but its lower case."""
    for name, value in token.items():
        texts = [value] if isinstance(value, str) else value.get("IN") if isinstance(value, Mapping) else None
        if texts and name in ("ORTH", "TEXT"):
            yield "LOWER", [text.lower() for text in texts]
        elif texts and name == "LOWER" and token.get("IS_SENT_START") is True:
            yield "FIRST", texts
        elif texts and name in READ:
            yield name, texts


def _rarest_first(nlp: Language, asked: list[tuple[str, list[str]]]) -> Words:
    strings = nlp.vocab.strings
    return Words(
        tuple(
            frozenset(-strings[text] if name == "FIRST" else strings[text] for text in texts)
            for name, texts in sorted(asked, key=lambda each: frequency(nlp, *each))
        )
    )


def frequency(nlp: Language, name: str, texts: Sequence[str]) -> int:
    """How many of 10,000 tokens are one of these, roughly."""
    if name in CLASSES:
        return CLASS * len(texts)
    usual = sum(COMMON if nlp.vocab[text].is_stop or not text.isalnum() else RARE for text in texts)
    return usual // 10 if name == "FIRST" else usual


class Index:
    """Which of many matchers can find anything in a sentence, without asking each."""

    def __init__(self, required: Sequence[Required]) -> None:
        self._always = frozenset(number for number, needs in enumerate(required) if not needs)
        self._by_id: dict[int, list[tuple[int, tuple[frozenset[int], ...]]]] = {}
        self._together = Together()
        for number, need in ((number, need) for number, needs in enumerate(required) for need in needs):
            if isinstance(need, Expression):
                self._together.add(need, number)
            else:
                for word in need.each[0]:
                    self._by_id.setdefault(word, []).append((number, need.each[1:]))
        self._known = frozenset(self._by_id)

    def possible(self, ids: Set[int], text: str) -> list[int]:
        """The numbers of those matchers, in order."""
        found = {*self._always, *self._together.matching(text)}
        for word in self._known & ids:
            for number, others in self._by_id[word]:
                if number not in found and not any(ids.isdisjoint(other) for other in others):
                    found.add(number)
        return sorted(found)
