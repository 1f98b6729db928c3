"""Findings → what would pass, from the ticket's own words. Pure.

No fact is invented: what the ticket does not say is a blank, ⟨so⟩. Where its words cannot be read without doubt,
or what comes of them would not pass, there is no suggestion, and the rule's own advice stands. How each rule's is
made stands in its file.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.suggesting.material import Drafts, Material, Word
from service.suggesting.recipe import KEYS, Recipe, fault
from service.suggesting.settling import RecipeOf, as_read, settled
from service.verdict import Finding, Suggestion

__all__ = ["KEYS", "Drafts", "Material", "Recipe", "RecipeOf", "Word", "fault", "suggestions"]


def suggestions(material: Material, rules: Iterable[str], recipe_of: RecipeOf) -> dict[str, Suggestion]:
    """What would pass, for each of these rules for which it can be said; the same text only once."""
    made = [one for rule in rules if (one := _made(material, rule, recipe_of)) is not None]
    material.drafts.prepare(text for one in made for text in as_read(material, *one))
    found: dict[str, Suggestion] = {}
    for finding, recipe, raw in made:
        told = settled(material, finding, recipe, raw, recipe_of)
        if told and told.text not in {one.text for one in found.values()}:
            found[finding.rule] = told
    return found


def _made(material: Material, rule: str, recipe_of: RecipeOf) -> tuple[Finding, Recipe, Suggestion] | None:
    recipe = recipe_of(rule)
    finding = next(finding for finding in material.review.findings if finding.rule == rule)
    made = recipe.make(material, finding) if recipe else None
    return (finding, recipe, made) if recipe and made else None
