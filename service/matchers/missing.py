"""Something that the whole ticket never says: in no section, by no signal, in no block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.document.model import BlockKind, Document, Role, Section
from service.matchers import ABSENT, Place, TicketMatcher, Whole
from service.matchers._blocks import has_words
from service.matchers._guard import ALL_ROLES, ALL_SECTIONS, read_signals
from service.rulefile import Node

if TYPE_CHECKING:
    from spacy.language import Language

LEVEL = "ticket"
ABSENCE = True


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of its being there: enough real blocks in the sections, units with the signals, blocks of the kinds,
    words in all, an attachment, all of the parts, or none of them. Found `at_least` so often, it counts, each time
    up to `at_most`. With `each`, a unit counts once for each hit; with `runs`, code only where somebody could run
    it (or, false, where nobody could).
    """

    sort: str
    sections: frozenset[Section] = ALL_SECTIONS
    roles: frozenset[Role] = ALL_ROLES
    signals: frozenset[str] = frozenset()
    blocks: frozenset[BlockKind] = frozenset()
    words: int = 0
    ordered: bool | None = None
    runs: bool | None = None
    each: bool = False
    at_least: int = 1
    counts: int = 1
    at_most: int = 1
    parts: tuple[Condition, ...] = ()

    def weigh(self, whole: Whole) -> int:
        """What it counts for in this ticket."""
        times = _TIMES[self.sort](self, whole)
        return self.worth(times) if times else 0

    def worth(self, times: int) -> int:
        """What it counts for where it is there so often."""
        return self.counts * min(times, self.at_most) if times >= self.at_least else 0

    def stands(self, document: Document, number: int) -> bool:
        """Whether what is said in the unit of that number counts."""
        unit = document.units[number]
        return (
            unit.role in self.roles
            and unit.section in self.sections
            and (not self.blocks or unit.kind in self.blocks)
            and (self.ordered is None or document.blocks[unit.block].block.ordered is self.ordered)
        )


def _sections(asked: Condition, whole: Whole) -> int:
    return len(whole.filling(asked.sections))


def _signals(asked: Condition, whole: Whole) -> int:
    numbers = [number for number in whole.said(asked.signals) if asked.stands(whole.document, number)]
    if not asked.each:
        return len(numbers)
    return sum(len(whole.hits[number].get(name, ())) for number in numbers for name in asked.signals)


def _blocks(asked: Condition, whole: Whole) -> int:
    blocks = whole.document.blocks
    return sum(
        blocks[number].section in asked.sections
        and (asked.ordered is None or blocks[number].block.ordered is asked.ordered)
        and (asked.runs is None or whole.runs(number) is asked.runs)
        for number in whole.of_kinds(asked.blocks)
    )


def _words(asked: Condition, whole: Whole) -> int:
    return int(has_words((placed for _, placed in whole.telling), asked.words))


def _attachments(asked: Condition, whole: Whole) -> int:  # noqa: ARG001 - every condition is asked alike
    return whole.document.attachments


def _all_of(asked: Condition, whole: Whole) -> int:
    return int(all(part.weigh(whole) for part in asked.parts))


def _none_of(asked: Condition, whole: Whole) -> int:
    return int(not any(part.weigh(whole) for part in asked.parts))


_TIMES = {
    "section": _sections,
    "signal": _signals,
    "block": _blocks,
    "words": _words,
    "attachment": _attachments,
    "all_of": _all_of,
    "none_of": _none_of,
}
"""By the sort of a condition how often it is there."""
CONDITIONS = tuple(_TIMES)


@dataclass(frozen=True, slots=True)
class Spec:
    """It is missing where the conditions together count for less than `needs`."""

    any_of: tuple[Condition, ...]
    needs: int


def read(node: Node, signals: frozenset[str]) -> Spec:
    """`any_of`: the ways in which a ticket may say it; `needs`: how much they must count for (1)."""
    parts = node.mapping(required=("any_of",), optional=("needs",))
    needs = parts["needs"].integer(1, 100) if "needs" in parts else 1
    return Spec(tuple(_condition(item, signals) for item in parts["any_of"].items()), needs)


def _condition(node: Node, signals: frozenset[str]) -> Condition:
    numbers = ("at_least", "at_most", "counts")
    details = (*numbers, "in_sections", "in_roles", "in_blocks", "ordered", "runs", "each")
    parts = node.mapping(optional=(*CONDITIONS, *details))
    sorts = [key for key in parts if key in CONDITIONS]
    if len(sorts) != 1:
        raise node.error(f"a condition holds exactly one of: {', '.join(CONDITIONS)}.")
    sort, value = sorts[0], parts[sorts[0]]
    if sort in ("all_of", "none_of"):
        return Condition(sort, parts=tuple(_condition(item, signals) for item in value.items()))
    if sort == "attachment" and not value.flag():
        raise value.error("attachment can only be true. Use none_of to ask that there is none.")
    within = parts["in_sections"].choices(Section) if "in_sections" in parts else ALL_SECTIONS
    told = {name: parts[name].integer(1, 100) for name in numbers if name in parts}
    return Condition(
        sort,
        sections=value.choices(Section) if sort == "section" else within,
        roles=parts["in_roles"].choices(Role) if "in_roles" in parts else ALL_ROLES,
        signals=frozenset(read_signals(value, signals)) if sort == "signal" else frozenset(),
        blocks=_kinds(sort, parts),
        ordered=parts["ordered"].flag() if "ordered" in parts else None,
        runs=parts["runs"].flag() if "runs" in parts else None,
        each="each" in parts and parts["each"].flag(),
        words=value.integer(1, 1000) if sort == "words" else 0,
        at_least=told.get("at_least", 1),
        at_most=told.get("at_most", 1),
        counts=told.get("counts", 1),
    )


def _kinds(sort: str, parts: Mapping[str, Node]) -> frozenset[BlockKind]:
    name = "block" if sort == "block" else "in_blocks"
    return parts[name].choices(BlockKind) if name in parts else frozenset()


def build(nlp: Language, spec: Spec) -> TicketMatcher:  # noqa: ARG001 - every matcher is built alike
    """Finds an absence, or nothing."""
    asked = [(condition, _TIMES[condition.sort]) for condition in spec.any_of]

    def find(whole: Whole) -> Sequence[Place]:
        weight = 0
        for condition, counted in asked:
            if times := counted(condition, whole):
                weight += condition.worth(times)
                if weight >= spec.needs:
                    return ()
        return (ABSENT,)

    return find


def conditions(node: Node, signals: frozenset[str]) -> tuple[Condition, ...]:
    """A list of conditions, for whoever else asks what a ticket says elsewhere."""
    return tuple(_condition(item, signals) for item in node.items())
