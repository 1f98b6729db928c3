"""What each rule costs: every matcher is timed on parsed tickets by the processor's clock, and the parse too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import process_time_ns
from typing import TYPE_CHECKING, Any, TypeAlias

from service import document as documents
from service.document.model import Document, Unit
from service.matchers import Hit, Sentence, Whole
from service.parsing import BATCH, battery, ticket_matchers

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

    from service.rulebook import Rulebook
    from service.ticket import Ticket

Hits: TypeAlias = dict[str, tuple[Hit, ...]]
SHARED = "(which to ask)"
ROUNDS = 3


@dataclass(slots=True)
class Cost:
    """What one rule or signal took over all tickets, in nanoseconds; how many sentences (or tickets) it was asked
    about, and in how many it found something.
    """

    nanoseconds: int = 0
    asked: int = 0
    found: int = 0


@dataclass(slots=True)
class Profile:
    """Costs by the id of rule or signal, with what they share; the parse, in nanoseconds."""

    tickets: int = 0
    sentences: int = 0
    parse: int = 0
    costs: dict[str, Cost] = field(default_factory=dict)

    def microseconds(self, nanoseconds: int) -> float:
        """What of it falls to one ticket."""
        return nanoseconds / 1000 / max(1, self.tickets)

    @property
    def rules(self) -> int:
        """All rules together, in nanoseconds."""
        return sum(cost.nanoseconds for cost in self.costs.values())


def profile(rulebook: Rulebook, nlp: Language, tickets: Iterable[Ticket]) -> Profile:
    """Look at the tickets as a first review would, and time each matcher; the quickest of three rounds counts."""
    clock = _Clock(rulebook, nlp)
    remaining = iter(tickets)
    while batch := [documents.read(ticket) for ticket in islice(remaining, BATCH)]:
        clock.look(batch)
    return clock.profile


class _Clock:
    def __init__(self, rulebook: Rulebook, nlp: Language) -> None:
        self._nlp = nlp
        self._battery = battery(rulebook, nlp)
        self._ticket_matchers = ticket_matchers(rulebook, nlp)
        self.profile = Profile(costs={name: Cost() for name in (SHARED, *rulebook.signals, *rulebook.rules)})

    def look(self, batch: Sequence[Document]) -> None:
        """Time one batch of tickets."""
        units = [unit for document in batch for unit in document.units]
        self.profile.tickets += len(batch)
        self.profile.sentences += len(units)
        with self._nlp.memory_zone():
            begun = process_time_ns()
            docs = list(self._nlp.pipe((unit.text for unit in units), batch_size=BATCH))
            self.profile.parse += process_time_ns() - begun
            remaining = iter(self._hits(units, docs))
        wholes = [Whole(document, tuple(islice(remaining, len(document.units)))) for document in batch]
        for name, matcher in self._ticket_matchers.items():
            self._time(name, matcher, wholes)

    def _hits(self, units: Sequence[Unit], docs: Sequence[Doc]) -> list[Hits]:
        """What each sentence holds. Times the one pass over all, then each matcher where it is due."""
        rounds = [_timed(self._due, [(units, docs)]) for _ in range(ROUNDS)]
        self.profile.costs[SHARED].nanoseconds += min(nanoseconds for nanoseconds, _ in rounds)
        sentences = self._battery.sentences(units, docs)
        due: dict[str, list[int]] = defaultdict(list)
        matchers: dict[str, Callable[[Sentence], Iterable[Hit]]] = {}
        for number, sentence in enumerate(sentences):
            for name, matcher in self._battery.due(sentence):
                due[name].append(number)
                matchers[name] = matcher.find
        for name in filter(due.__contains__, self.profile.costs):  # signals first
            numbers = due[name]
            found = self._time(name, matchers[name], [sentences[number] for number in numbers])
            for number, places in zip(numbers, found, strict=True):
                if places:
                    sentences[number].hits[name] = places
        return [sentence.hits for sentence in sentences]

    def _due(self, given: tuple[Sequence[Unit], Sequence[Doc]]) -> Iterable[object]:
        return [self._battery.due(sentence) for sentence in self._battery.sentences(*given)]

    def _time(self, name: str, match: Callable[[Any], Iterable[Any]], given: list[Any]) -> list[tuple[Any, ...]]:
        rounds = [_timed(match, given) for _ in range(ROUNDS)]
        found = rounds[0][1]
        cost = self.profile.costs[name]
        cost.nanoseconds += min(nanoseconds for nanoseconds, _ in rounds)
        cost.asked += len(given)
        cost.found += sum(map(bool, found))
        return found


def _timed(ask: Callable[[Any], Iterable[Any]], given: list[Any]) -> tuple[int, list[tuple[Any, ...]]]:
    begun = process_time_ns()
    result = [tuple(ask(one)) for one in given]
    return process_time_ns() - begun, result
