"""Findings → what would pass, from the ticket's own words. Pure.

No fact is invented: what the ticket does not say is a blank, ⟨so⟩. Where its words cannot be read without doubt,
or what comes of them would not pass, there is no suggestion, and the rule's own advice stands. How each rule's is
made stands in its file.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.suggesting.material import Material, Word
from service.suggesting.recipe import KEYS, Recipe, fault
from service.suggesting.settling import RecipeOf, settled
from service.verdict import Suggestion

__all__ = ["KEYS", "Material", "Recipe", "RecipeOf", "Word", "fault", "suggestions"]


def suggestions(material: Material, rules: Iterable[str], recipe_of: RecipeOf) -> dict[str, Suggestion]:
    """What would pass, for each of these rules for which it can be said; the same text only once."""
    found: dict[str, Suggestion] = {}
    for rule in rules:
        made = _made(material, rule, recipe_of)
        if made and made.text not in {one.text for one in found.values()}:
            found[rule] = made
    return found


def _made(material: Material, rule: str, recipe_of: RecipeOf) -> Suggestion | None:
    recipe = recipe_of(rule)
    finding = next(finding for finding in material.review.findings if finding.rule == rule)
    made = recipe.make(material, finding) if recipe else None
    return settled(material, finding, recipe, made, recipe_of) if recipe and made else None
