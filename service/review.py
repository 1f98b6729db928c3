"""Document × rules → findings, scored. Pure."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING

from service import document as documents
from service.asking import Asking
from service.document import adf, language, tongue
from service.document.model import Document
from service.feedback import shown_rules
from service.in_force import Held, RulesInForce
from service.matchers import Place, Whole
from service.nesting import deeper_than
from service.parsing import Parser, UnitResult, ticket_matchers
from service.score import Charge, bill, level
from service.suggesting import Drafts, Material, Recipe, suggestions
from service.ticket import Text, Ticket, frozen
from service.verdict import Dimension, Finding, Level, Review, Severity
from service.vocabulary import NO_VOCABULARY

if TYPE_CHECKING:
    from spacy.language import Language

    from service.policy import Policy
    from service.rulebook import Rule, Rulebook
    from service.vocabulary import Vocabulary

__all__ = ["Dimension", "Finding", "Level", "Review", "Reviewer", "Severity"]

MAX_TOKENS = 10_000
MAX_DEPTH = 400
MOST_PER_RULE = 10
MATCH_SHOWN = 80
_ENCODER = json.JSONEncoder(sort_keys=True, default=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A rule that fired, how much that counts in this ticket, and where, before it is known what it costs."""

    rule: Rule
    severity: Severity
    weight: int
    field: str
    start: int | None
    end: int | None
    quote: str


@dataclass(frozen=True, slots=True)
class _Case:
    """A ticket that was read: why it cannot be judged, and the rules that hold for it."""

    ticket: Ticket
    policy: Policy
    document: Document
    reason: str
    held: Held


class Reviewer:
    """A rulebook over one pipeline: tickets in, reviews out. Keep one a process; it remembers what it parsed."""

    def __init__(self, rulebook: Rulebook, nlp: Language) -> None:
        self.rulebook = rulebook
        self.version = hashlib.sha256(f"{rulebook.version} {language.version(nlp)}".encode()).hexdigest()[:12]
        self._asking = Asking(rulebook)
        self._parser = Parser(rulebook, nlp)
        self._prepared: dict[str, tuple[Policy, Document]] = {}
        self._rules = RulesInForce(rulebook, self._asking, ticket_matchers(rulebook, nlp))

    def review(self, ticket: Ticket, policy: Policy) -> Review:
        """What we think of one ticket."""
        return self.review_all([(ticket, policy)])[0]

    def review_all(self, tickets: Sequence[tuple[Ticket, Policy]]) -> list[Review]:
        """What we think of each ticket, in order; all that is new in them is parsed in one batch."""
        cases = [self._case(*each) for each in tickets]
        return self._reviewed(cases, self._results(cases))

    def suggest(self, ticket: Ticket, policy: Policy, review: Review) -> Review:
        """The review with what would pass, for the points that a comment about it shows."""
        rules = shown_rules(review)
        if not rules:
            return review
        made = suggestions(self.material(ticket, policy, review), rules, self._recipe)
        return replace(review, suggestions=frozen(made))

    def material(self, ticket: Ticket, policy: Policy, review: Review) -> Material:
        """What suggestions about a reviewed ticket are made from."""
        case = self._case(ticket, policy)
        return self._material(case, review, *self._results([case]))

    def _material(self, case: _Case, review: Review, results: Sequence[UnitResult]) -> Material:
        heard = [result.hits for result in results] or [{} for _ in case.document.units]
        drafts = Drafts(case.ticket, partial(self._drafted, case.policy))
        markup = case.ticket.description.markup
        return Material(case.document, review, markup, heard, self._parser.words, drafts)

    def _drafted(self, policy: Policy, tickets: Sequence[Ticket]) -> list[Material]:
        cases = [self._case(ticket, policy) for ticket in tickets]
        results = self._results(cases)
        return [*map(self._material, cases, self._reviewed(cases, results), results)]

    def _reviewed(self, cases: Iterable[_Case], results: Iterable[Sequence[UnitResult]]) -> list[Review]:
        return [
            self._abstain(case) if case.reason else self._judge(case, known)
            for case, known in zip(cases, results, strict=True)
        ]

    def _recipe(self, rule: str) -> Recipe | None:
        return self.rulebook.rules[rule].suggest if rule in self.rulebook.rules else None

    def prepare(self, tickets: Sequence[tuple[Ticket, Policy]]) -> None:
        """Read and parse, in one batch, what is reviewed one by one next."""
        self._prepared.clear()
        cases = [self._case(*each) for each in tickets]
        self._prepared |= {text_hash(case.ticket): (case.policy, case.document) for case in cases}
        self._results(cases)

    def _case(self, ticket: Ticket, policy: Policy) -> _Case:
        document = self._read(ticket, policy)
        return _Case(ticket, policy, document, tongue.why_unjudged(document), self._rules.of(ticket, policy))

    def _results(self, cases: Iterable[_Case]) -> list[list[UnitResult]]:
        """What is found in the units of each; nothing where it cannot be judged."""
        return self._parser.results(
            [(case.held.asked, () if case.reason else case.document.units) for case in cases]
        )

    def _read(self, ticket: Ticket, policy: Policy) -> Document:
        before = self._prepared.pop(text_hash(ticket), None) if self._prepared else None
        if before and before[0].vocabulary.headings == policy.vocabulary.headings:
            return before[1]
        return documents.read(ticket, policy.vocabulary.headings)

    def signals(self, ticket: Ticket) -> frozenset[str]:
        """The signals that the ticket's text gives, for rule authors."""
        [results] = self._parser.results([(self._asking.everything, documents.read(ticket).units)])
        heard = {name for result in results for name in result.hits}
        return frozenset(heard & set(self.rulebook.signals))

    def _abstain(self, case: _Case) -> Review:
        ticket, unread = case.ticket, case.document.unread
        return Review(None, None, case.reason, (), self.version, text_hash(ticket), ticket.kind, unread)

    def _judge(self, case: _Case, results: Sequence[UnitResult]) -> Review:
        ticket, policy = case.ticket, case.policy
        document, known = _within_limit(case.document, results)
        whole = Whole(document, [result.hits for result in known])
        spots = [spot for spot in _spots(case.held, whole) if not _agreed(spot, document, policy.vocabulary)]
        account = bill([Charge(spot.rule.id, spot.rule.dimension, spot.weight) for spot in spots])
        findings = [
            _finding(spot, points, gain)
            for spot, points, gain in zip(spots, account.points, account.gains, strict=True)
        ]
        passed = dict(case.held.mended)
        for spot in spots:
            passed.pop(spot.rule.id, None)
        return Review(
            score=account.score,
            level=level(account.score, ready=policy.ready, nearly=policy.nearly),
            reason="",
            findings=tuple(sorted(findings, key=lambda finding: -finding.points)),
            rulebook=self.version,
            text_hash=text_hash(ticket),
            kind=ticket.kind,
            unread=document.unread,
            gains=account.rule_gains,
            passed=MappingProxyType(passed),
        )


def _spots(held: Held, whole: Whole) -> Iterator[Spot]:
    """Where the rules fired, each at its first places; most look at nothing else than that all is well."""
    for rule, find in held.finds:
        if find:
            places = find(whole)
        elif rule.id in whole.heard:
            places = _unit_places(rule.id, whole)
        else:
            continue
        if places:
            yield from _at(places, rule, whole)


def _at(places: Iterable[Place], rule: Rule, whole: Whole) -> list[Spot]:
    severity, weight = _counted(rule, whole)
    spots = [Spot(rule, severity, weight, *_source(whole.document, place)) for place in places]
    return list({(spot.field, spot.start, spot.end): spot for spot in spots}.values())[:MOST_PER_RULE]


def _counted(rule: Rule, whole: Whole) -> tuple[Severity, int]:
    """How much the rule counts in this ticket: less, where the ticket makes up for what was found."""
    eased = rule.eased
    if eased is None or not any(condition.weigh(whole) for condition in eased.where):
        return rule.severity, rule.weight
    return Severity.HINT, min(rule.weight, eased.weight)


def text_hash(ticket: Ticket) -> str:
    """A short name for exactly this text, however the fields are ordered."""
    texts = {name: _content(text) for name, text in {**ticket.fields, "": ticket.description}.items()}
    judged = _ENCODER.encode([ticket.title, texts])
    return hashlib.sha256(judged.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _content(text: Text) -> list[object]:
    if isinstance(text.content, Mapping) and deeper_than(text.content, MAX_DEPTH):
        return [adf.blocks(text.content, "")[1], text.markup]  # no encoder could follow it down
    return [text.content, text.markup]


def _within_limit(document: Document, results: Sequence[UnitResult]) -> tuple[Document, Sequence[UnitResult]]:
    """The document up to the most tokens that are judged, and what is known of each of its units."""
    most = bisect_right([*accumulate(result.tokens for result in results)], MAX_TOKENS)
    kept, left = document.units[:most], document.units[most:]
    if not left:
        return document, results
    unread = document.unread + sum(len(unit.text) for unit in left)
    return replace(document, units=kept, unread=unread), results[:most]


def _unit_places(rule: str, whole: Whole) -> list[Place]:
    units = whole.document.units
    return [
        Place(units[number].block, *units[number].in_block(*hit))
        for number in whole.said((rule,))
        for hit in whole.hits[number][rule]
    ]


def _source(document: Document, place: Place) -> tuple[str, int | None, int | None, str]:
    """The field of a place, its range there, and its words; nothing of an absence."""
    if place.block is None:
        return "", None, None, ""
    block = document.blocks[place.block].block
    start, end = block.source(place.start, place.end)
    return block.field, start, end, document.sources[block.field][start:end]


def _agreed(spot: Spot, document: Document, vocabulary: Vocabulary) -> bool:
    """Whether the team has settled what these words mean; of an absence, whether one of its words is there."""
    kinds = spot.rule.unless_agreed
    if not kinds or vocabulary is NO_VOCABULARY:
        return False
    if spot.start is None or spot.end is None:
        return any(vocabulary.has(kinds, text) for text in document.sources.values())
    return vocabulary.has(kinds, document.sources[spot.field], (spot.start, spot.end))


def _finding(spot: Spot, points: int, gain: int) -> Finding:
    rule = spot.rule
    return Finding(
        rule=rule.id,
        severity=spot.severity,
        dimension=rule.dimension,
        points=points,
        gain=gain,
        message=rule.message.replace("{match}", _shown(spot.quote)),
        why=rule.why,
        coach=rule.coach,
        field=spot.field,
        start=spot.start,
        end=spot.end,
        quote=spot.quote,
    )


def _shown(quote: str) -> str:
    """The words on one line, not too long, and without quotation marks that would end ours."""
    words = " ".join(quote.replace("“", '"').replace("”", '"').split())
    return words if len(words) <= MATCH_SHOWN else words[: MATCH_SHOWN - 1].rstrip() + "…"
