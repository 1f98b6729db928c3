"""What holds too much for one ticket → its own words in two: criteria by their order, a story and its remark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.document import gherkin
from service.document.model import BlockKind, Section, Unit
from service.suggesting.material import APART, LISTED, Material, Word, blank, bullets, heading
from service.suggesting.stories import story
from service.verdict import Finding

MOST_CRITERIA, MOST_TICKETS, LONGEST = 8, 3, 3000
_FURTHER_WISH = re.compile(r"(?:I|we)(?:'d|’d)? (?:would |also )*(?:want|need|like|wish)\b", re.IGNORECASE)
_ROLE = re.compile(r"\bas (?P<role>(?:an?|the|our) [^,\n]{2,80}?)(?:,| (?=(?:I|we)\b))", re.IGNORECASE)
_GOES_ON = frozenset({"when", "then", "and", "but"})
_POINTING = re.compile(r"\b(?:it|this|that|these|those|they|them)\b", re.IGNORECASE)
_NOTE = re.compile(r"(?:note|nb|n\.b\.|p\.s\.|ps)\b", re.IGNORECASE)
_HANGING = frozenset({"ADP", "CCONJ", "DET", "SCONJ", "PART", "AUX"})
_BRACKETS = "()[]{}"


@dataclass(frozen=True, slots=True)
class _Group:
    """Criteria that stand together, each with its lines, and the headings above them."""

    names: tuple[str, ...]
    items: list[list[str]]


def criteria(material: Material, finding: Finding) -> str:
    """The criteria in tickets of at most eight each: by the list's own headings, else by its order alone."""
    groups = _shared_out(_groups(material))
    if len(groups) not in range(2, MOST_TICKETS + 1):
        return ""
    name = heading(" ".join(finding.quote.split()), material.markup)
    found = story(material)
    who = f"As {found.role}, I want to" if found else f"As a {blank('who')}, I want to"
    what = f"which part of ‘{found.told}’" if found else "which part of it"
    parts = []
    for place, group in enumerate(groups):
        meant = f"goes with {' and '.join(f'‘{name}’' for name in group.names)}" if group.names else ""
        part = blank(f"{what} {meant or ('comes next' if place else 'comes first')}")
        parts.append("\n".join([f"{who} {part}", "", name, *(line for one in group.items for line in one)]))
    whole = APART.join(parts)
    return whole if len(whole) <= LONGEST else ""


def _groups(material: Material) -> list[_Group]:
    """The criteria under each of their headings; [] where the section is more than a list."""
    groups = [_Group((), [])]
    depth = None
    for number, placed in enumerate(material.document.blocks):
        block = placed.block
        if placed.section is not Section.CRITERIA or block.kind is BlockKind.PLACEHOLDER:
            continue
        if block.kind is BlockKind.HEADING:
            groups.append(_Group((" ".join(block.text.rstrip(": ").split()),) if len(groups) > 1 else (), []))
            continue
        units = [unit for unit in material.document.units if unit.block == number]
        if block.kind not in LISTED or not units:
            return []
        depth = block.depth if depth is None else depth
        items = groups[-1].items
        if not items or (block.depth <= depth and gherkin.word_of(units[0].text) not in _GOES_ON):
            items.append([])
        items[-1].append(_item(material, units, block.depth - depth))
    return [group for group in groups if group.items]


def _shared_out(groups: list[_Group]) -> list[_Group]:
    """Groups put together as long as they fit into one ticket; a list without any is cut in order, as evenly as
    may be, and nothing is said of what belongs together.
    """
    if len(groups) == 1 or any(len(group.items) > MOST_CRITERIA or not group.names for group in groups):
        items = [item for group in groups for item in group.items]
        size = -(-len(items) // max(1, -(-len(items) // MOST_CRITERIA)))
        return [_Group((), items[at : at + size]) for at in range(0, len(items), size)] if items else []
    merged: list[_Group] = []
    for group in groups:
        if merged and len(merged[-1].items) + len(group.items) <= MOST_CRITERIA:
            last = merged.pop()
            merged.append(_Group((*last.names, *group.names), [*last.items, *group.items]))
        else:
            merged.append(group)
    return merged


def _item(material: Material, units: Sequence[Unit], deeper: int) -> str:
    line = bullets([" ".join(material.written(unit) for unit in units)], material.markup)[0]
    if line.startswith("*"):
        return "*" * max(0, deeper) + line
    return "  " * max(0, deeper) + line


def remark(material: Material, finding: Finding) -> str:
    """The story alone, and under it what else stood there; a further wish as a story of its own."""
    place = _story_and_remark(material, finding)
    if place is None:
        return ""
    core, extra, noun = place
    told = _ROLE.search(core)
    if told and _FURTHER_WISH.match(extra) and not _POINTING.search(extra):
        return f"{core}{APART}As {' '.join(told['role'].split())}, {extra}"
    if _NOTE.match(extra):
        return f"{core}\n\n{extra}"
    return f"{core}\n\n{noun[:1].upper() + noun[1:] if noun else 'Note'}: {extra}"


def _story_and_remark(material: Material, finding: Finding) -> tuple[str, str, str] | None:
    """The story's sentence, the remark, and the noun that it hangs on, if there is one."""
    number = material.number(finding)
    if number is None:
        return None
    unit = material.document.units[number]
    quote = " ".join(finding.quote.split())
    if "wish" in material.heard[number] and "role" in material.heard[number]:
        text = " ".join(unit.text.split())
        before, found, after = text.partition(quote)
        if not found or quote in after or not before.strip():
            return None
        words = material.parse(before.rstrip())
        if words[-1].pos in _HANGING:
            return None  # the sentence needs what stands in brackets
        core = before.rstrip() + (f" {after.lstrip()}" if after[:1].isspace() else after)
        return core.strip(), quote.strip(_BRACKETS + " "), _noun(before, words)
    told = [material.written(one) for one in material.document.units[:number] if one.block == unit.block]
    return (" ".join(told), quote, "") if told else None


def _noun(before: str, words: Sequence[Word]) -> str:
    """“Digital twin model”: the nouns right before a bracket."""
    start = len(words)
    while start and words[start - 1].pos in {"NOUN", "PROPN"}:
        start -= 1
    return before[words[start].start :].strip() if start < len(words) else ""
