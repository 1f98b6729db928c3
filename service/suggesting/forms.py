"""A template that nobody filled in → its own headings, each with a place for what belongs there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from service.document.model import BlockKind, Placed, Section
from service.suggesting import bugs, stories
from service.suggesting.material import LISTED, Material, blank, bullets, heading
from service.ticket import Markup
from service.verdict import Finding

FEWEST, MOST = 2, 6
LABEL = 8
"""The level of a label before text on its line."""
_STORY = f"As a {blank('who')}, I want to {blank('do what')}, so that {blank('what they gain, save or avoid')}"
_PLACES: Mapping[Section, str] = {
    Section.PROBLEM: blank("what is wrong today, and for whom"),
    Section.STORY: _STORY,
    Section.SOLUTION: blank("what is to be done about it"),
    Section.SCOPE: blank("what is to be done about it"),
    Section.DESCRIPTION: blank("what it is about, and who needs it"),
    Section.EXPECTED: blank("what should happen instead"),
    Section.OBSERVED: blank("what happens, word for word"),
    Section.ENVIRONMENT: f"{blank('version or day')}, {blank('system, browser or device')}",
    Section.EVIDENCE: blank("the exact message, a log or a screenshot"),
    Section.TEST: blank("how to try it"),
    Section.OUT_OF_SCOPE: blank("what people might expect"),
    Section.METRIC: f"{blank('what you count')}: {blank('n')} today, {blank('n')} by {blank('when')}",
    Section.RISK: blank("who could lose what, and what prevents it"),
}
_ANY = blank("the answer, or leave this heading out")


def filled(material: Material, _: Finding) -> str:
    """The headings that say what belongs under them, with what is there already; where there are few, all."""
    parts = list(_parts(material))
    telling = [part for part in parts if part[0].section is not Section.OTHER]
    shown = telling if len(telling) >= FEWEST else parts
    if len(shown) < FEWEST:
        return ""
    return "\n\n".join(_part(material, head, inside) for head, inside in shown[:MOST])


def _parts(material: Material) -> Iterator[tuple[Placed, list[int]]]:
    """Each heading of the description with the numbers of the blocks under it, the first of each section."""
    seen: set[Section] = set()
    head, inside = None, list[int]()
    for number, placed in enumerate(material.document.blocks):
        if placed.block.field != "description":
            continue
        if placed.block.kind is not BlockKind.HEADING:
            inside.append(number)
            continue
        if head is not None:
            yield head, inside
        head = placed if placed.section not in seen else None
        inside = []
        seen |= {placed.section} - {Section.OTHER}
    if head is not None:
        yield head, inside


def _part(material: Material, head: Placed, inside: Sequence[int]) -> str:
    told = [unit for unit in material.document.units if unit.block in inside]
    if head.section is Section.OTHER and all(unit.kind in LISTED for unit in told):
        told = []  # a checklist that the template brought along
    lines = [material.written(unit) for unit in told] or _places(material, head.section)
    if head.block.level == LABEL:
        return f"{head.block.text.rstrip(':')}: {' '.join(lines)}"
    return "\n".join([_as_written(material, head), *lines])


def _places(material: Material, section: Section) -> list[str]:
    if section is Section.CRITERIA:
        found = stories.story(material)
        return bullets(stories.scenario(found) if found else stories.EMPTY_SCENARIO, material.markup)
    return bugs.steps_of(material) if section is Section.STEPS else [_PLACES.get(section, _ANY)]


def _as_written(material: Material, head: Placed) -> str:
    """The heading's own line, so that what is pasted looks like the template."""
    block = head.block
    if material.markup is Markup.ADF:
        return heading(block.text, material.markup)
    source, (at, end) = material.document.sources[block.field], block.source(0, len(block.text))
    line = source[source.rfind("\n", 0, at) + 1 : (source.find("\n", end) + 1 or len(source) + 1) - 1]
    return line.strip() if "\n" not in source[at:end] else heading(block.text, material.markup)
