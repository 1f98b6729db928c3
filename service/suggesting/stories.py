"""What would pass in a story: its own goal put into criteria, and its own sentence completed."""

from __future__ import annotations

import re

from service.document.model import Role
from service.suggesting import bugs, wording
from service.suggesting.material import Material, blank, bullets, heading
from service.suggesting.wishes import Sort, Wish, wish
from service.ticket import Kind
from service.verdict import Finding

LONGEST_TITLE, FEWEST_TITLE_WORDS, FEWEST_WORDS = 80, 3, 5
ROLE = re.compile(
    r"\bas (?P<role>(?:an?|the|our) [^,:\n.]{2,60}?)(?=\s*(?:[,:\n.]|$|\b(?:I|we)\b))", re.IGNORECASE
)
_FIRST_CLAUSE = re.compile(r"[,;:] |, (?:and|so|because|which)\b| because\b| so that\b")
_SEEN = blank("what they see")
EMPTY_SCENARIO = (f"Given {blank('who, in which situation')}", f"When {blank('they do what')}", f"Then {_SEEN}")


def criteria(material: Material, finding: Finding) -> str:
    """A scenario about the story's own goal, and one for when it fails."""
    found = story(material)
    lines = bullets([*(scenario(found) if found else EMPTY_SCENARIO), _failure(found, "do so")], material.markup)
    if finding.rule == "no-acceptance-criteria":
        lines = [heading("Acceptance criteria", material.markup), *lines]
    return "\n".join(lines)


def scenario(found: Wish) -> list[str]:
    """Given, When, Then."""
    given = f"Given {found.role} {blank('in which situation')}"
    if found.sort is Sort.DO:
        return [given, f"When they {found.goal}", f"Then {_SEEN}"]
    outcome = {
        Sort.SEE: f"they {found.goal}: {blank('what exactly')}",
        Sort.BE: f"they are {found.goal.removeprefix('be ')}",
        Sort.HAVE: f"they have {found.goal}: {blank('what they see of it')}",
        Sort.MACHINE: f"{found.who} will {found.goal}",
    }[found.sort]
    return [given, f"When {blank('what happens, or what they do')}", f"Then {outcome}"]


def failure(material: Material, _: Finding) -> str:
    """One criterion for when it goes wrong."""
    found = story(material)
    return "\n".join(bullets([_failure(found, found.goal if found else "")], material.markup))


def _failure(found: Wish | None, goal: str) -> str:
    then = f"then they see {blank('which words')} and {blank('what stays as it was')}"
    if found and found.sort in {Sort.DO, Sort.SEE}:
        return f"When {found.role} cannot {goal} because {blank('what goes wrong')}, {then}"
    return f"When {blank('what goes wrong')}, {then}"


def tested(material: Material, finding: Finding) -> str:
    """The criterion with a place for what can be seen, or a criterion with places alone."""
    plain = f"When {blank('who does what')}, then {blank('what can be seen or counted')}"
    return wording.adverb(material, finding) or plain


def whole(material: Material, finding: Finding) -> str:
    """What a ticket that is hardly more than a title has to say."""
    if material.review.kind is Kind.BUG:
        return bugs.parts(material, finding)
    if material.review.kind is Kind.STORY:
        who, what, why = blank("who"), blank("do what"), blank("what they gain, save or avoid")
        return f"As a {who}, I want to {what} so that {why}."
    wrong, done = blank("What is wrong today, and for whom"), blank("what one can see or try")
    return f"{wrong}. {blank('What is to be done about it')}. It is done when {done}."


def apart(material: Material, finding: Finding) -> str:
    """The two needs as a story each."""
    found, second = story(material), finding.quote.split()[-1:]
    if found is None or found.sort is not Sort.DO or not second:
        return ""
    one, joint, other = found.told.partition(f" and {second[0]} ")
    if not joint or found.told.count(" and ") > 1 or not second[0].islower():
        return ""
    verb = next((word for word in material.parse(f"I want to {found.told}") if word.text == second[0]), None)
    if verb is None or verb.pos != "VERB":
        return ""
    stem = f"As {found.role}, I want to"
    return "\n".join(bullets([f"{stem} {one}", f"{stem} {second[0]} {other}"], material.markup))


def smaller(material: Material, finding: Finding) -> str:
    """The one action that is needed first, in the place of “manage”."""
    return wording.in_place(material, finding, blank("add, find, change or delete"))


def benefit(material: Material, _: Finding) -> str:
    """The story's own sentence, with a place for what it is for."""
    found = story(material)
    return f"{found.stem}, so that {blank('what they gain, save or avoid')}" if found else ""


def role(material: Material, _: Finding) -> str:
    """The story's own wish, with a place for whose it is."""
    found = story(material)
    if found is None or found.sort is Sort.MACHINE:
        return ""
    to = "" if found.sort is Sort.HAVE else "to "
    return f"As a {blank('who, by what they do or answer for')}, I want {to}{found.told}"


def need(material: Material, finding: Finding) -> str:
    """The solution as one way to a goal that is still to be named."""
    found, quote = story(material), " ".join(finding.quote.split())
    if found is None or not quote:
        return ""
    return f"As {found.role}, I want to {blank('get what done')}. One way may be: {quote}"


def gain(material: Material, _: Finding) -> str:
    """A purpose beyond the goal."""
    found = story(material)
    if found is None or found.sort not in {Sort.DO, Sort.SEE}:
        return ""
    return f"{found.stem}, so that {blank('what is better once they can do that')}"


def measure(_: Material, __: Finding) -> str:
    """A figure before and after."""
    count, figure = blank("what you count"), blank("n")
    return f"We know that it worked when {count} goes from {figure} today to {figure} by {blank('when')}"


def title(material: Material, _: Finding) -> str:
    """The story's own goal as a title, or a fault's own sentence."""
    found = story(material)
    if found and found.sort in {Sort.DO, Sort.SEE}:
        told = found.told
    else:
        faults = (text for text in material.sentences("observation") if text != _title(material))
        told = next((text for text in faults if len(text.split()) >= FEWEST_WORDS), "")
    told = told.rstrip(" .!")
    return told[:1].upper() + told[1:] if told and len(told) <= LONGEST_TITLE else ""


def title_from_text(material: Material, _: Finding) -> str:
    """What the text asks for, as a title: its story's goal, else the first that it says must be so."""
    units = [unit for unit in material.document.units if unit.role is not Role.TITLE]
    found = wish(unit.text for unit in units)
    if found and found.sort is not Sort.BE:
        return _as_title(found.told)
    asked = ("requirement", "wish")
    told = (text for signal in asked for text in material.sentences(signal) if text != _title(material))
    short = next((short for text in told if (short := _as_title(_FIRST_CLAUSE.split(text, maxsplit=1)[0]))), "")
    first = next((unit.text for unit in units if unit.role is Role.NARRATIVE), "")
    topic = _as_title(_FIRST_CLAUSE.split(" ".join(first.split()), maxsplit=1)[0])
    return short or (f"{blank('What is to be done')}: {topic}" if topic else "")


def _as_title(told: str) -> str:
    told = told.rstrip(" .!:")
    fits = len(told) <= LONGEST_TITLE and len(told.split()) >= FEWEST_TITLE_WORDS
    return told[:1].upper() + told[1:] if fits else ""


def story(material: Material) -> Wish | None:
    """The ticket's story, if it can be read without doubt."""
    return wish(unit.text for unit in material.document.units)


def roles(material: Material) -> tuple[str, ...]:
    """What the ticket calls those whose story it is."""
    texts = (" ".join(unit.text.split()) for unit in material.document.units)
    return tuple({found["role"].strip() for text in texts for found in ROLE.finditer(text)})


def _title(material: Material) -> str:
    return " ".join(material.document.sources.get("title", "").split())
