"""What a ticket is for: its own sentence, with a place for the problem or for the goal that it leaves out."""

from __future__ import annotations

from service.document.model import BlockKind, Role
from service.suggesting.material import LONGEST_SENTENCE, Material, blank
from service.suggesting.stories import ROLE, story
from service.verdict import Finding

FEWEST_WORDS = 2
_GOAL = blank("see or do what")


def problem(material: Material, _: Finding) -> str:
    """What is to be done, as the ticket's first sentence or its title has it, and a place for the reason."""
    done = next((text for text in _sentences(material) if len(text.split()) >= FEWEST_WORDS), "")
    if not done or len(done) > LONGEST_SENTENCE:
        return ""
    return f"{done}, because {blank('what is wrong today, and for whom')}"


def goal(material: Material, _: Finding) -> str:
    """The story's own role, and places for what it wants to see or do and what for."""
    found = story(material)
    told = ROLE.search(" ".join(unit.text for unit in material.document.units)) if found is None else None
    role = found.role if found else told["role"] if told else ""
    if not role:
        return ""
    return f"As {' '.join(role.split())}, I want to {_GOAL}, so that I {blank('gain, save or avoid what')}"


def _sentences(material: Material) -> list[str]:
    """What the description's paragraphs say, in order, and then the title: list items alone say too little."""
    units = material.document.units
    told = [unit for unit in units if unit.kind is BlockKind.PARAGRAPH and unit.role is Role.NARRATIVE]
    told += [unit for unit in units if unit.role is Role.TITLE]
    texts = (" ".join(unit.text.split()).rstrip(" .!") for unit in told)
    return [text for text in texts if not text.endswith(("?", ":"))]
