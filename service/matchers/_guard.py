"""What silences a hit, whatever found it: the wrong place, masked words, concrete words in the same sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from service.document.model import BlockKind, Role, Section, Unit
from service.matchers import Hit, Sentence, UnitMatcher
from service.matchers._scan import Scan
from service.matchers._tokens import Pattern, read_pattern
from service.rulefile import Node

KEYS = ("where", "if_said", "unless_said", "unless_sentence_has", "unless_within", "unless_after")
Find = Callable[[Sentence], Iterable[Hit]]
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

    @property
    def excepts(self) -> bool:
        """Whether some words silence a hit."""
        return bool(self.unless_has or self.unless_within or self.unless_after)

    @property
    def is_silent_nowhere(self) -> bool:
        """Whether a hit counts in every unit in which the matcher stands."""
        return not (self.excepts or self.if_said or self.unless_said)

    def stands(self, unit: Unit) -> bool:
        """Whether a hit counts in such a unit."""
        return unit.role in self.roles and unit.section in self.sections and unit.kind in self.blocks


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


def guarded(scan: Scan, guard: Guard, find: Find, triggers: frozenset[int] | None) -> UnitMatcher:
    """A matcher of what `find` finds, silenced where the guard says so. What is dear is asked last."""
    if guard.is_silent_nowhere:
        return UnitMatcher(find, triggers, guard.stands)
    spared = _sparing(scan, guard) if guard.excepts else None
    wanted, unwanted = frozenset(guard.if_said), frozenset(guard.unless_said)

    def silenced(sentence: Sentence) -> Iterable[Hit]:
        heard = sentence.hits.keys()
        if (wanted and heard.isdisjoint(wanted)) or not heard.isdisjoint(unwanted):
            return ()
        hits = list(find(sentence))
        return spared(sentence, hits) if hits and spared else hits

    return UnitMatcher(silenced, triggers, guard.stands)


def _sparing(scan: Scan, guard: Guard) -> Callable[[Sentence, list[Hit]], list[Hit]]:
    """What leaves of the hits in a sentence those that none of its words silence."""
    aside = Scan(scan.nlp)
    having = aside.patterns([(token,) for token in guard.unless_has])
    within = aside.patterns(guard.unless_within)
    before = aside.words(guard.unless_after, lemmas=False)
    told = having.triggers is not None and within.triggers is not None

    def spared(sentence: Sentence, hits: list[Hit]) -> list[Hit]:
        doc, found = sentence.doc, aside.look(sentence.columns, sentence.rows, sentence.unit.text)
        if told and not found:
            return hits
        if having.spans(found, doc):
            return []
        ranges = sentence.characters(within.spans(found, doc))
        if before in found:
            ranges.append((doc[min(found[before])[0]].idx, len(doc.text)))
        return [hit for hit in hits if not any(touches(hit, other) for other in ranges)]

    return spared


def touches(one: Hit, other: Hit) -> bool:
    """Whether two ranges share a character."""
    return one[0] < other[1] and other[0] < one[1]


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in order, without those inside or overlapping a longer one."""
    hits = list(hits)
    if len(hits) < 2:
        return hits
    hits, end = sorted(set(hits)), -1
    for hit in hits:
        if hit[0] < end:
            break
        end = hit[1]
    else:
        return hits  # none touches another
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h[0] - h[1], h[0])):
        if not any(touches(hit, other) for other in kept):
            kept.append(hit)
    return sorted(kept)
