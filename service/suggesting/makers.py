"""The makers of suggestions by name, as rule files name them: what stands before each, and if it is to paste."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.suggesting import bugs, purposes, qualities, stories, wording
from service.suggesting.material import Material
from service.verdict import Finding

Maker = Callable[[Material, Finding], str]
PASTE, PASSES, MENDED = "To paste and fill in:", "This would pass:", "Say instead:"
MEANT, TITLE = "Which is meant?", "A title that tells more:"

_MADE: Mapping[str, tuple[str, Maker]] = {
    "criteria": (PASTE, stories.criteria),
    "tested-criterion": (MENDED, stories.tested),
    "whole-ticket": (PASTE, stories.whole),
    "story-for-each-need": (PASTE, stories.apart),
    "one-action": (MENDED, stories.smaller),
    "failure-case": (PASTE, stories.failure),
    "benefit": (PASSES, stories.benefit),
    "further-benefit": (PASSES, stories.gain),
    "role": (PASSES, stories.role),
    "need-behind-solution": (PASSES, stories.need),
    "success-measure": (PASSES, stories.measure),
    "fuller-title": (TITLE, stories.title),
    "bug-report-parts": (PASTE, bugs.parts),
    "measure": (MENDED, qualities.measured),
    "quantity": (MENDED, wording.quantity),
    "time": (MENDED, wording.time),
    "visible-result": (MENDED, wording.adverb),
    "whole-list": (MENDED, wording.list_to_its_end),
    "condition": (MENDED, wording.loophole),
    "demand": ("If it has to happen:", wording.must),
    "agent": (MENDED, wording.agent),
    "scope": (MENDED, wording.scope),
    "without-the-size": (MENDED, wording.size_left_out),
    "what-is-meant": (MEANT, wording.named),
    "problem": (PASSES, purposes.problem),
    "goal": (PASSES, purposes.goal),
}
MAKERS: Mapping[str, tuple[str, Maker, bool]] = {
    name: (lead, make, lead == PASTE) for name, (lead, make) in _MADE.items()
}
