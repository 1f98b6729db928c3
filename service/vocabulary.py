"""What a team has agreed on: words with a meaning of their own, acronyms, roles, and names of headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from service.document.meanings import name_of
from service.document.model import Section
from service.ticket import frozen


class Agreed(StrEnum):
    """What a rule may be silenced by. Acronyms are compared with their case, the others without."""

    WORDS = "words"
    ACRONYMS = "acronyms"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words, acronyms and roles as the team writes them; `headings` are names in the form of `name_of`."""

    words: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    headings: Mapping[str, Section] = field(default_factory=lambda: MappingProxyType({}))

    def joined(self, other: Vocabulary) -> Vocabulary:
        """Both together; the other's headings win."""
        return Vocabulary(
            self.words | other.words,
            self.acronyms | other.acronyms,
            self.roles | other.roles,
            frozen({**self.headings, **other.headings}),
        )

    def has(self, kinds: Iterable[Agreed], text: str, within: tuple[int, int] | None = None) -> bool:
        """Whether a word of these kinds stands in a text and, if told, shares a character with that range."""
        low, high = within or (0, len(text))
        return any(start < high and low < end for start, end in self._places(kinds, text))

    def _places(self, kinds: Iterable[Agreed], text: str) -> Iterator[tuple[int, int]]:
        for kind in kinds:
            terms: frozenset[str] = getattr(self, kind.value)
            if terms:
                yield from (
                    found.span() for found in _pattern(terms, exact=kind is Agreed.ACRONYMS).finditer(text)
                )


NO_VOCABULARY = Vocabulary()


def headings(given: Mapping[str, Section]) -> Mapping[str, Section]:
    """Names of headings, in the form in which they are looked up."""
    return frozen({name_of(name): section for name, section in given.items()})


@lru_cache(maxsize=256)
def _pattern(terms: frozenset[str], *, exact: bool) -> re.Pattern[str]:
    """Any of the terms as whole words, longest first, also in the plural."""
    spoken = sorted(terms, key=lambda term: (-len(term), term))
    told = "|".join(r"\s+".join(map(re.escape, term.split())) for term in spoken)
    return re.compile(rf"(?<!\w)(?:{told})(?:e?s)?(?!\w)", re.NOFLAG if exact else re.IGNORECASE)
