"""What silences a hit, whatever found it: the wrong place, masked words, concrete words in the same sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import BlockKind, Role, Section, Unit
from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._patterns import Patterns
from service.matchers._tokens import Pattern, read_pattern
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

KEYS = ("where", "if_said", "unless_said", "unless_sentence_has", "unless_within", "unless_after")
ALL_ROLES = frozenset(Role)
ALL_SECTIONS = frozenset(Section)


@dataclass(frozen=True, slots=True)
class Guard:
    """`if_said`, `unless_said`: one of these signals is in the sentence; `unless_has`: a token like this is;
    `unless_within`: the hit touches one of these token patterns; `unless_after`: it follows one of these phrases.
    """

    roles: frozenset[Role] = ALL_ROLES
    sections: frozenset[Section] = ALL_SECTIONS
    blocks: frozenset[BlockKind] = frozenset(BlockKind)
    unless_has: Pattern = ()
    if_said: tuple[str, ...] = ()
    unless_said: tuple[str, ...] = ()
    unless_within: tuple[Pattern, ...] = ()
    unless_after: tuple[str, ...] = ()


def read_guard(parts: dict[str, Node], signals: frozenset[str]) -> Guard:
    """The guard's own keys among a matcher's parameters."""
    places = ("roles", "sections", "not_sections", "blocks")
    where = parts["where"].mapping(optional=places) if "where" in parts else {}
    sections = where["sections"].choices(Section) if "sections" in where else ALL_SECTIONS
    if "not_sections" in where:
        sections -= where["not_sections"].choices(Section)
    has = parts.get("unless_sentence_has")
    within = parts["unless_within"].items() if "unless_within" in parts else []
    return Guard(
        roles=where["roles"].choices(Role) if "roles" in where else ALL_ROLES,
        sections=sections,
        blocks=where["blocks"].choices(BlockKind) if "blocks" in where else frozenset(BlockKind),
        unless_has=() if has is None else read_pattern(has, alternatives=True),
        if_said=read_signals(parts["if_said"], signals) if "if_said" in parts else (),
        unless_said=read_signals(parts["unless_said"], signals) if "unless_said" in parts else (),
        unless_within=tuple(read_pattern(node) for node in within),
        unless_after=parts["unless_after"].texts() if "unless_after" in parts else (),
    )


def read_signals(node: Node, signals: frozenset[str]) -> tuple[str, ...]:
    """Names of signals, each of which must exist."""
    nodes = node.items() if isinstance(node.value, list) else [node]
    return tuple(item.one_of(sorted(signals)) for item in nodes)


def guarded(nlp: Language, guard: Guard, match: UnitMatcher) -> UnitMatcher:
    """The matcher, silenced where its guard says so. What is dear is asked last."""
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 (rules are listed without spaCy)

    having = Patterns(nlp, [(token,) for token in guard.unless_has])
    within = Patterns(nlp, guard.unless_within)
    before = PhraseMatcher(nlp.vocab, attr="LOWER")
    if guard.unless_after:
        before.add("before", [nlp.make_doc(phrase) for phrase in guard.unless_after])

    def excepted(sentence: Sentence) -> list[Hit]:
        found, doc = within.places(sentence), sentence.doc
        if guard.unless_after and (starts := [start for _, start, _ in before(doc)]):
            found.append((doc[min(starts)].idx, len(doc.text)))
        return found

    def find(sentence: Sentence) -> Iterable[Hit]:
        if not _stands(guard, sentence.unit) or not _speaks(guard, sentence):
            return ()
        hits = list(match(sentence))
        if not hits or having.spans(sentence):
            return ()
        exceptions = excepted(sentence)
        return [hit for hit in hits if not any(touches(hit, other) for other in exceptions)]

    return find


def _stands(guard: Guard, unit: Unit) -> bool:
    return unit.role in guard.roles and unit.section in guard.sections and unit.kind in guard.blocks


def _speaks(guard: Guard, sentence: Sentence) -> bool:
    wanted = not guard.if_said or any(sentence.hits.get(name) for name in guard.if_said)
    return wanted and not any(sentence.hits.get(name) for name in guard.unless_said)


def touches(one: Hit, other: Hit) -> bool:
    """Whether two ranges share a character."""
    return one[0] < other[1] and other[0] < one[1]


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in order, without those inside or overlapping a longer one."""
    kept: list[Hit] = []
    for hit in sorted(set(hits), key=lambda h: (h[0] - h[1], h[0])):
        if not any(touches(hit, other) for other in kept):
            kept.append(hit)
    return sorted(kept)
