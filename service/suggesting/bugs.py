"""The missing parts of a bug report as a list to fill in, with what the report says already put in its place."""

from __future__ import annotations

import re

from service.suggesting.material import Material, blank, heading, steps
from service.verdict import Finding

LONGEST, FEWEST_WORDS = 200, 4
_ACTION = re.compile(r"\b(?:when|whenever|after|if|once) (?:I|you|we) (?P<do>[a-z][^,.;:!?]{2,80})")
_FIRST, _THEN = blank("where you start"), blank("what you do next")


def parts(material: Material, _: Finding) -> str:
    """The missing parts under their headings, unless the ticket's own headings are offered."""
    if "template-left-empty" in material.found:
        return ""
    missing = {
        "no-steps-to-reproduce": ("Steps to reproduce", steps_of(material)),
        "no-expected-result": ("Expected", [blank("what should happen instead")]),
        "no-observed-result": ("Actual", [_observed(material) or blank("what happens, word for word")]),
        "no-environment": ("Environment", [f"{blank('version or day')}, {blank('system, browser or device')}"]),
        "no-frequency": ("How often", [f"{blank('n')} of {blank('n')} tries"]),
        "no-log-or-screenshot": ("To look at", [blank("the exact message, a log or a screenshot")]),
    }
    shown = {rule: part for rule, part in missing.items() if rule in material.found or _told(material, rule)}
    return "\n".join(line for name, lines in shown.values() for line in (heading(name, material.markup), *lines))


def _told(material: Material, rule: str) -> bool:
    """What the report says already is put beside what it should say, as the two are read together."""
    return rule == "no-observed-result" and "no-expected-result" in material.found and bool(_observed(material))


def _observed(material: Material) -> str:
    told = material.sentences("observation")
    return next((text for text in told if len(text.split()) >= FEWEST_WORDS and len(text) <= LONGEST), "")


def steps_of(material: Material) -> list[str]:
    """The steps, with what the report says was done."""
    acts = (_ACTION.search(text) for text in material.sentences("observation"))
    found = next((act for act in acts if act is not None), None)
    done = _upper(found["do"].strip()) if found else _THEN
    return steps([_FIRST, done, blank("what goes wrong")], material.markup)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
