"""Units → hits: parses what is new, in one batch, and remembers the rest as plain data."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from service import matchers
from service.asking import SETS, Asked
from service.document.known_words import KnownWords
from service.document.model import BlockKind, Role, Section, Unit
from service.matchers import Battery, Hit, Sentence, TicketMatcher
from service.matchers._guard import touches
from service.suggesting.material import Word

if TYPE_CHECKING:
    from spacy.language import Language

    from service.rulebook import Rule, Rulebook, Signal

BATCH = 128
CACHE = 8_000
Key = tuple[Asked, Role, Section, BlockKind, tuple[Hit, ...], str]


class UnitResult(NamedTuple):
    """What was found in one unit, by rule or signal, and how many tokens it has."""

    hits: Mapping[str, tuple[Hit, ...]]
    tokens: int


class Parser:
    """The unit matchers of a rulebook over one pipeline. Not for several threads at once."""

    def __init__(self, rulebook: Rulebook, nlp: Language, *, cache: int = CACHE) -> None:
        self._nlp = nlp
        self._known_words = KnownWords(nlp)
        self._size = cache
        self._cache: OrderedDict[Key, UnitResult] = OrderedDict()
        self._signals = frozenset(rulebook.signals)
        self._battery = battery(rulebook, nlp)
        self._only = lru_cache(maxsize=SETS)(self._battery.only)

    def results(self, given: Sequence[tuple[Asked, Sequence[Unit]]]) -> list[list[UnitResult]]:
        """What is found in each unit of these tickets of what is asked there, whatever of it was known."""
        cache, fresh = self._cache, defaultdict[Asked, dict[Key, Unit]](dict)
        names = [[_key(asked, unit) for unit in units] for asked, units in given]
        for (asked, units), each in zip(given, names, strict=True):
            for name, unit in zip(each, units, strict=True):
                if name in cache:
                    cache.move_to_end(name)
                else:
                    fresh[asked][name] = unit
        if fresh:
            cache.update(self._parsed(fresh))
        found = [[cache[name] for name in each] for each in names]
        while len(cache) > self._size:
            cache.popitem(last=False)
        return found

    def words(self, text: str) -> list[Word]:
        """One sentence as the parser reads it, as plain data."""
        with self._nlp.memory_zone():
            return [
                Word(word.text, word.lemma_, word.pos_, word.tag_, word.dep_, word.head.i, word.idx)
                for word in self._nlp(text)
            ]

    def _parsed(self, fresh: Mapping[Asked, Mapping[Key, Unit]]) -> Iterator[tuple[Key, UnitResult]]:
        """Those that are asked the same are looked through together, as many as are parsed at once."""
        texts = [unit.text for units in fresh.values() for unit in units.values()]
        self._known_words.meet(texts)
        with self._nlp.memory_zone():
            docs = self._nlp.pipe(texts, batch_size=BATCH)
            for asked, units in fresh.items():
                battery, each = self._only(asked), iter(units.items())
                while some := dict(islice(each, BATCH)):
                    sentences = battery.sentences([*some.values()], [*islice(docs, len(some))])
                    yield from zip(some, map(partial(self._result, battery), sentences), strict=True)

    def _result(self, battery: Battery, sentence: Sentence) -> UnitResult:
        unit, hits = sentence.unit, sentence.hits
        for name, matcher in battery.due(sentence):
            found = matcher.find(sentence)
            if unit.masked and name not in self._signals:
                found = (hit for hit in found if not _is_masked(hit, unit))
            if kept := tuple(found):
                hits[name] = kept
        return UnitResult(hits, len(sentence.doc))


def _is_masked(hit: Hit, unit: Unit) -> bool:
    return any(touches(hit, masked) for masked in unit.masked)


def _key(asked: Asked, unit: Unit) -> Key:
    """What a unit's result depends on."""
    return asked, unit.role, unit.section, unit.kind, unit.masked, unit.text


def battery(rulebook: Rulebook, nlp: Language) -> Battery:
    """What looks at one sentence or line: first the signals, as the rules are shown what those found."""
    items: list[Rule | Signal] = [*rulebook.signals.values(), *rulebook.rules.values()]
    finds = [(item.id, item.find) for item in items if matchers.module(item.find.matcher).LEVEL == "unit"]
    return Battery.built(nlp, ((name, find.matcher, find.spec) for name, find in finds))


def ticket_matchers(rulebook: Rulebook, nlp: Language) -> dict[str, TicketMatcher]:
    """The rules that look at the whole ticket, ready to use."""
    return {
        rule.id: matchers.module(rule.find.matcher).build(nlp, rule.find.spec)
        for rule in rulebook.rules.values()
        if matchers.module(rule.find.matcher).LEVEL == "ticket"
    }
