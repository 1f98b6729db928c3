"""What is offered to paste, read again as it will be once it is pasted: vague words give way to blanks, and what
the same rule would find again is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from service.document import gherkin
from service.document.model import Role
from service.suggesting import qualities, stories, wording
from service.suggesting.material import APART, Material, blank, heading
from service.suggesting.recipe import MATCH, Recipe
from service.verdict import Dimension, Finding, Suggestion

MOST_WORDS = 8
"""Vague words that are replaced in one text: whoever uses more is better helped by advice."""
_BLANK = re.compile(r"⟨[^⟩]*⟩")
_TOLD = re.compile(r"[\s:,]*(?:(?:from|than|as) )?⟨")
_MARK = re.compile(r"[-*#\s]*")
_SAYS_WHAT = frozenset(
    {"quantity", "time", "visible-result", "condition", "whole-list", "measure", "tested-criterion"}
)
_DEGREES = frozenset({"more", "most", "less", "least", "as"})
RecipeOf = Callable[[str], Recipe | None]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A text to paste: `frame` is what it is read under, as the ticket has it; the text may be a title instead."""

    material: Material
    finding: Finding
    recipe_of: RecipeOf
    frame: str
    title: bool
    roles: tuple[str, ...]

    def read(self, text: str) -> tuple[Material, list[Finding]]:
        """The text read again, and what was found in its words."""
        again = self.material.drafts.read(self.frame + text, title=self.title)
        field = "title" if self.title else "description"
        found = [
            one
            for one in again.review.findings
            if one.field == field and one.start is not None and one.start >= len(self.frame)
        ]
        return again, found

    def vague(self, text: str, found: Iterable[Finding]) -> Finding | None:
        """The last of the words that say too little: found in the text, or found in the ticket and used again."""
        field = "title" if self.title else "description"
        again = (
            replace(one, field=field, start=place.start() + len(self.frame), quote=place[0])
            for one in self.material.review.findings
            if one.rule != self.finding.rule and one.quote.strip()
            for place in re.finditer(rf"(?<!\w){re.escape(one.quote.strip())}(?!\w)", text)
        )
        told = (one for one in (*found, *again) if self._is_vague(one) and not self._is_told(one, text))
        return max(told, key=_start, default=None)

    def _is_vague(self, found: Finding) -> bool:
        recipe = self.recipe_of(found.rule)
        if recipe is None or recipe.key == "instead":
            return recipe is not None
        degree = recipe.key == "say" and recipe.text.startswith(f"{MATCH}:") and found.rule in self.material.found
        return recipe.text in _SAYS_WHAT or (degree and found.dimension is Dimension.PRECISION)

    def _is_told(self, found: Finding, text: str) -> bool:
        """Whether a blank asks what it means already, or it is what somebody is called."""
        at = _start(found) - len(self.frame)
        inside = any(blank.start() <= at < blank.end() for blank in _BLANK.finditer(text))
        return inside or _TOLD.match(text, at + len(found.quote)) is not None or self._is_who(text, at)

    def _is_who(self, text: str, at: int) -> bool:
        told = (found for who in self.roles for found in re.finditer(re.escape(who), text, re.IGNORECASE))
        return any(found.start() <= at < found.end() for found in told)


def settled(
    material: Material, finding: Finding, recipe: Recipe, made: Suggestion, recipe_of: RecipeOf
) -> Suggestion | None:
    """The suggestion with blanks in the place of vague words; None where it would not pass."""
    if not recipe.retells:
        return made
    parts = [
        _without_vague(_Draft(material, finding, recipe_of, frame, recipe.title, stories.roles(material)), part)
        for frame, part in _framed(material, finding, recipe, made)
    ]
    return replace(made, text=APART.join(parts)) if all(parts) else None


def as_read(material: Material, finding: Finding, recipe: Recipe, made: Suggestion) -> list[tuple[str, bool]]:
    """The texts that will be read again, and whether each is a title."""
    framed = _framed(material, finding, recipe, made) if recipe.retells else []
    return [(frame + part, recipe.title) for frame, part in framed]


def _framed(material: Material, finding: Finding, recipe: Recipe, made: Suggestion) -> list[tuple[str, str]]:
    parts = made.text.split(APART)
    return [("" if recipe.title else _frame(material, finding, part), part) for part in parts]


def _frame(material: Material, finding: Finding, text: str) -> str:
    """Steps, and whatever stands in the place of a criterion, are read as criteria."""
    number = material.number(finding)
    criterion = number is not None and material.document.units[number].role is Role.CRITERION
    first = _MARK.sub("", text.split("\n", 1)[0], count=1)
    under = criterion or gherkin.word_of(first) in gherkin.WORDS
    return heading("Acceptance criteria", material.markup) + "\n" if under else ""


def _without_vague(draft: _Draft, text: str) -> str:
    """The text with blanks in the place of vague words; "" where its own rule finds it again."""
    for _ in range(MOST_WORDS):
        again, found = draft.read(text)
        vague = draft.vague(text, found)
        if vague is None:
            rules = {one.rule for one in (again.review.findings if draft.title else found)}
            return "" if draft.finding.rule in rules else text
        text = _mended(draft, again, vague, text)
    return ""


def _start(finding: Finding) -> int:
    return finding.start or 0


def _mended(draft: _Draft, again: Material, vague: Finding, text: str) -> str:
    """The text with the sentence rewritten that a vague word stands in, or with a blank in the word's place."""
    number, skip = again.number(vague), len(draft.frame)
    at = _start(vague) - skip
    if number is not None:
        unit = again.document.units[number]
        _, low, high = again.source(unit)
        sentence = text[low - skip : high - skip]
        if sentence == unit.text and (told := _rewritten(draft, again, vague, sentence, at - low + skip)):
            end = "." if sentence.endswith(".") and not told.endswith(".") else ""
            return text[: low - skip] + told + end + text[high - skip :]
    return text[:at] + _asked(draft, vague) + text[at + len(vague.quote) :]


def _asked(draft: _Draft, vague: Finding) -> str:
    """A blank that asks for the words, or stands beside them. In ‘so’ they tell nobody that they were quoted."""
    recipe, quote = draft.recipe_of(vague.rule), " ".join(vague.quote.split())
    if recipe and recipe.text == "whole-list":
        return blank("what else, or nothing")
    if recipe and recipe.key == "instead":
        return recipe.text.replace(MATCH, quote)
    if recipe and recipe.text == "quantity" and (told := wording.counted(quote)):
        return told
    if recipe and recipe.key == "say" and " " in quote and quote.split()[0].casefold() not in _DEGREES:
        return f"{vague.quote} {blank('from what to what')}"
    return blank(f"what ‘{quote.strip('“”‘’')}’ means")


def _rewritten(draft: _Draft, again: Material, vague: Finding, sentence: str, at: int) -> str:
    recipe = draft.recipe_of(vague.rule)
    if recipe is None or recipe.key == "say":
        return ""
    if recipe.key == "make" and recipe.text == "measure":
        rewrite = qualities.left_out if draft.title else qualities.in_place
        return rewrite(sentence, at, at + len(vague.quote), again.parse(sentence))
    if sentence[:at].rstrip().endswith((" and", " or")):
        return ""  # what stands beside it is said in another way
    if recipe.key == "make" and recipe.text == "tested-criterion":
        return wording.adverb(again, vague)
    made = recipe.make(again, vague)
    return made.text if made else ""
