"""Puts a suggestion into the ticket it was made for, as an author would."""

import re
from dataclasses import replace

from service.document import scenarios
from service.document.model import Section
from service.suggesting.material import APART
from service.suggesting.wishes import wish
from service.ticket import Text

BLANK = re.compile(r"⟨[^⟩]*⟩")
SENTENCE = {
    "measure", "quantity", "time", "visible-result", "condition", "whole-list", "demand", "agent", "without-the-size",
    "one-action", "clause-a-line", "tested-criterion",
}  # fmt: skip
STORY = {"benefit", "further-benefit", "role", "goal", "need-behind-solution", "story-for-each-need"}
SCENARIO = {"steps-in-order", "one-when-each"}
UNDER = {"criteria", "failure-case"}
BESIDE = {"success-measure", "bug-report-parts"}
ALONE = {"own-headings", "criteria-in-turn", "whole-ticket"}
FILLED = {
    "⟨n⟩": "5",
    "⟨the exact message, a log or a screenshot⟩": "The message is “Error 502: bad gateway”.",
    "⟨two quotes, a count of support tickets, or a link⟩": "12 support tickets in May",
    "⟨what that costs, or what is due by when⟩": "we pay 200 euros a month",
    "⟨what goes wrong⟩": "the code is invalid",
    "⟨what should happen instead⟩": "It should show the “Saved” line.",
    "⟨in which situation⟩": "with ten parcels on the table",
    "⟨“and” or “or”⟩": "or",
    "⟨who, by what they do or answer for⟩": "clerk at the counter",
    "⟨who⟩": "clerk at the counter",
    "⟨gain, save or avoid what⟩": "save an hour a day",
    "⟨what they gain, save or avoid⟩": "they save an hour a day",
    "⟨what is better once they can do that⟩": "they save an hour a day",
    "⟨see or do what⟩": "print the list of tomorrow",
    "⟨do what⟩": "print the list of tomorrow",
    "⟨get what done⟩": "print the list of tomorrow",
}
ANYTHING = "the “Saved” line"


def filled(text):
    """The blanks filled in, as an author fills them in who knows."""
    return BLANK.sub(lambda found: FILLED.get(found[0], ANYTHING), text)


def pasted(ticket, material, finding, recipe, text):
    """The ticket with the suggestion in it, or the tickets that it makes; [] where it is no text to paste."""
    if recipe.title:
        return [replace(ticket, title=text)]
    if recipe.text in UNDER:
        return [_under_criteria(ticket, material, text)]
    if recipe.key in ("add", "paste") or recipe.text in BESIDE:
        return [_described(ticket, f"{ticket.description.content or ''}\n\n{text}")]
    if recipe.text in ALONE:
        parts = text.split(APART)
        return [_described(ticket, part) for part in parts]
    span = _span(material, finding, recipe)
    return [_said(ticket, material, span, part) for part in _parts(recipe, text)] if span else []


def _parts(recipe, text):
    return [line[2:] for line in text.split("\n")] if recipe.text == "story-for-each-need" else text.split(APART)


def _said(ticket, material, span, part):
    field, low, high = span
    if field == "title":
        first, _, rest = part.partition("\n\n")
        told = replace(ticket, title=material.document.sources[field][:low] + first)
        return _described(told, f"{rest}\n\n{ticket.description.content or ''}") if rest else told
    whole = material.document.sources[field]
    return _described(ticket, whole[:low] + part + whole[high:])


def _under_criteria(ticket, material, text):
    """Under what stands in the criteria by now, or at the end of the description."""
    ends = [
        placed.block.source(0, len(placed.block.text))[1]
        for placed in material.document.blocks
        if placed.section is Section.CRITERIA and placed.block.field == "description"
    ]
    whole = ticket.description.content or ""
    line = whole.find("\n", max(ends)) if ends else -1
    at = line if line >= 0 else len(whole)
    return _described(ticket, f"{whole[:at]}\n{'' if ends else chr(10)}{text}\n{whole[at:]}")


def _span(material, finding, recipe):
    units = material.document.units
    number = material.number(finding)
    if recipe.text in STORY:
        story = next((unit for unit in units if wish([unit.text])), None)
        return material.source(story) if story else None
    if recipe.key == "instead" or recipe.text in SENTENCE:
        return material.source(units[number])
    if recipe.text in SCENARIO:
        found = scenarios.scenarios(units, scenarios.words(units))
        steps = next(steps for steps in found if number in [step.number for step in steps])
        steps = [step for step in steps if step.word]
        field, low, _ = material.source(steps[0].unit)
        return field, material.document.sources[field].rfind("\n", 0, low) + 1, material.source(steps[-1].unit)[2]
    if recipe.text == "story-and-rest":
        same = [unit for unit in units if unit.block == units[number].block]
        return *material.source(same[0])[:2], material.source(same[-1])[2]
    return None


def _described(ticket, text):
    return replace(ticket, description=Text(text, ticket.description.markup))
