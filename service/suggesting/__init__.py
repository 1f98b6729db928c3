"""Findings → what would pass, from the ticket's own words. Pure.

No fact is invented: what the ticket does not say is a blank, ⟨so⟩. Where its words cannot be read without doubt
there is no suggestion, and the rule's own advice stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from service.suggesting import bugs, qualities, stories, wording
from service.suggesting.material import Material, Word
from service.verdict import Finding, Suggestion

__all__ = ["Material", "Word", "suggestions"]

Maker = Callable[[Material, Finding], str]
PASTE = "To paste and fill in:"
PASSES = "This would pass:"
MENDED = "Say instead:"
MEANT = "Which is meant?"

_MAKERS: Mapping[str, tuple[str, Maker]] = {
    "no-acceptance-criteria": (PASTE, stories.criteria),
    "empty-acceptance-criteria": (PASTE, stories.criteria),
    "untestable-criterion": (MENDED, stories.tested),
    "nothing-but-a-title": (PASTE, stories.whole),
    "nothing-but-a-link": (PASTE, stories.whole),
    "nothing-but-an-image": (PASTE, stories.whole),
    "several-needs-in-one-story": (PASTE, stories.apart),
    "story-too-big": (MENDED, stories.smaller),
    "no-failure-case": (PASTE, stories.failure),
    "no-benefit": (PASSES, stories.benefit),
    "benefit-repeats-goal": (PASSES, stories.gain),
    "no-role": (PASSES, stories.role),
    "generic-role": (PASSES, stories.role),
    "solution-instead-of-need": (PASSES, stories.need),
    "no-success-measure": (PASSES, stories.measure),
    "vague-title": ("A title that tells more:", stories.title),
    "title-too-short": ("A title that tells more:", stories.title),
    "title-names-no-fault": ("A title that tells more:", stories.title),
    "no-steps-to-reproduce": (PASTE, bugs.parts),
    "no-expected-result": (PASTE, bugs.parts),
    "no-observed-result": (PASTE, bugs.parts),
    "no-environment": (PASTE, bugs.parts),
    "no-frequency": (PASTE, bugs.parts),
    "no-log-or-screenshot": (PASTE, bugs.parts),
    "unmeasured-quality": (MENDED, qualities.measured),
    "vague-quantity": (MENDED, wording.quantity),
    "vague-time": (MENDED, wording.time),
    "vague-adverb": (MENDED, wording.adverb),
    "open-ended-list": (MENDED, wording.list_to_its_end),
    "loophole": (MENDED, wording.loophole),
    "uncertain-verb": ("If it has to happen:", wording.must),
    "passive-without-agent": (MENDED, wording.agent),
    "number-without-unit": (MENDED, wording.unit),
    "universal-without-scope": (MENDED, wording.scope),
    "undefined-acronym": (MENDED, wording.spelled_out),
    "comparative-without-reference": (MENDED, wording.comparison),
    "superlative": (MENDED, wording.superlative),
    "placeholder-text": (MENDED, wording.decided),
    "tribal-knowledge": (MENDED, wording.agreed),
    "unanswered-question": (MENDED, wording.answered),
    "dependency-without-link": (MENDED, wording.linked),
    "effort-minimiser": (MENDED, wording.size_left_out),
    "pronoun-without-antecedent": (MEANT, wording.named),
}


def suggestions(material: Material, rules: Iterable[str]) -> dict[str, Suggestion]:
    """What would pass, for each of these rules for which it can be said; the same list only once."""
    found: dict[str, Suggestion] = {}
    for rule in rules:
        lead, make = _MAKERS.get(rule, ("", None))
        finding = next(finding for finding in material.review.findings if finding.rule == rule)
        text = make(material, finding) if make else ""
        if text and text not in {one.text for one in found.values()}:
            found[rule] = Suggestion(lead, text, block=lead == PASTE)
    return found
