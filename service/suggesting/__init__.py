"""Findings → what would pass, from the ticket's own words. Pure.

No fact is invented: what the ticket does not say is a blank, ⟨so⟩. Where its words cannot be read without doubt
there is no suggestion, and the rule's own advice stands. How each rule's is made stands in its file.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.suggesting.material import Material, Word
from service.suggesting.recipe import KEYS, Recipe, fault
from service.verdict import Suggestion

__all__ = ["KEYS", "Material", "Recipe", "Word", "fault", "suggestions"]


def suggestions(material: Material, recipes: Mapping[str, Recipe | None]) -> dict[str, Suggestion]:
    """What would pass, for each of these rules for which it can be said; the same text only once."""
    found: dict[str, Suggestion] = {}
    for rule, recipe in recipes.items():
        finding = next(finding for finding in material.review.findings if finding.rule == rule)
        made = recipe.make(material, finding) if recipe else None
        if made and made.text not in {one.text for one in found.values()}:
            found[rule] = made
    return found
