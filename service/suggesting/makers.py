"""The makers of suggestions by name, as rule files name them: what stands before each, and if it is to paste."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.suggesting import bugs, cutting, forms, purposes, qualities, scenarios, splitting, stories, wording
from service.suggesting.material import Material
from service.verdict import Finding

Maker = Callable[[Material, Finding], str]
PASTE, PASSES, MENDED = "To paste and fill in:", "This would pass:", "Say instead:"
MEANT, TITLE = "Which is meant?", "A title that tells more:"
FROM_TEXT = "If the text is what holds, a title from it:"
IN_ORDER, AS_LIST = "The same steps in order:", "The same as a list:"
ONE_EACH = "As two scenarios with one When each; move a Then to the first if it belongs there:"
IN_TURN = "As tickets of their own, in the order of the list; move to the other what belongs there:"
ALONE = "The story, and the rest beside it:"
_BLOCKS = frozenset({PASTE, IN_ORDER, AS_LIST, ONE_EACH, IN_TURN, ALONE})
_TITLES = frozenset({TITLE, FROM_TEXT})

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
    "steps-in-order": (IN_ORDER, scenarios.in_order),
    "one-when-each": (ONE_EACH, scenarios.one_when),
    "clause-a-line": (AS_LIST, cutting.lines),
    "own-headings": (PASTE, forms.filled),
    "title-from-text": (FROM_TEXT, stories.title_from_text),
    "criteria-in-turn": (IN_TURN, splitting.criteria),
    "story-and-rest": (ALONE, splitting.remark),
}


@dataclass(frozen=True, slots=True)
class Made:
    """How a maker's text is shown: behind which words, on lines of its own or not, and if it is a title."""

    lead: str
    make: Maker
    block: bool
    title: bool


MAKERS: Mapping[str, Made] = {
    name: Made(lead, make, lead in _BLOCKS, lead in _TITLES) for name, (lead, make) in _MADE.items()
}
