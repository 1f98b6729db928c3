"""A scenario out of order → its own steps in order; one with many actions → two with one When each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from service.document import gherkin, scenarios
from service.document.scenarios import Step
from service.suggesting.material import LISTED, Material, Word, blank, bullets
from service.verdict import Finding

LONGEST_SUBJECT = 4
_ORDER = ("given", "when", "then")
_AFTER = blank("what they see after that")
_ACTS = frozenset({"VB", "VBP", "VBZ"})
_Line = tuple[str, str]


def in_order(material: Material, finding: Finding) -> str:
    """The same steps: what is so, what is done, what comes of it."""
    steps = _around(material, finding)
    runs = [word for word, _ in groupby(step.word for step in steps)]
    if len(set(runs)) < len(runs):
        return ""  # steps that take turns tell a story of their own
    ordered = sorted(steps, key=lambda step: _ORDER.index(step.word))
    return _told(material, steps, ((step.word, _rest(material, step)) for step in ordered))


def one_when(material: Material, finding: Finding) -> str:
    """The first action with a place for what comes of it, and the last one with what leads up to it as given.

    The second is what the scenario tells: nothing says to which of the actions its Then belongs.
    """
    steps = _around(material, finding)
    runs = [word for word, _ in groupby(step.word for step in steps)]
    if runs not in (["given", "when", "then"], ["when", "then"]):
        return ""
    given, done, then = ([_line(material, step) for step in steps if step.word == word] for word in _ORDER)
    actions = list(_actions(material, (step for step in steps if step.word == "when")))
    if len(actions) < len(done) or len(actions) < 2:
        return ""
    first, (*before, last) = actions[0], actions
    start = [*given, ("when", first), ("then", _AFTER)]
    rest = [*given, *(("given", act) for act in before), ("when", last), *then]
    return f"{_told(material, steps, start)}\n\n{_told(material, steps, rest)}"


def _around(material: Material, finding: Finding) -> list[Step]:
    """The scenario that a step belongs to; [] where it holds more than the steps themselves."""
    number = material.number(finding)
    units = material.document.units
    for steps in scenarios.scenarios(units, scenarios.words(units)):
        if any(step.number == number for step in steps):
            while not gherkin.word_of(steps[-1].unit.text):
                steps.pop()  # what stands behind the last step is none
            blocks = sorted({step.unit.block for step in steps})
            whole = all(step.word in _ORDER and gherkin.word_of(step.unit.text) for step in steps)
            beside = blocks[-1] - blocks[0] == len(blocks) - 1
            return steps if whole and beside else []
    return []


def _line(material: Material, step: Step) -> _Line:
    return step.word, _rest(material, step)


def _rest(material: Material, step: Step) -> str:
    """What a step says after its word."""
    opened = gherkin.STEP.match(step.unit.text)
    return material.written(step.unit, opened.end() if opened else 0).strip(" \t:,*_")


def _told(material: Material, steps: Sequence[Step], lines: Iterable[_Line]) -> str:
    """The lines, each with its word or And, as the ticket lists its steps."""
    told, before = [], ""
    for word, text in lines:
        told.append(f"{'And' if word == before else word.title()} {text}")
        before = word
    listed = all(step.unit.kind in LISTED for step in steps)
    return "\n".join(bullets(told, material.markup) if listed else told)


def _actions(material: Material, steps: Iterable[Step]) -> Iterator[str]:
    """Each action with whoever does it; nothing where a line cannot be cut without doubt."""
    for step in steps:
        text = _rest(material, step)
        yield from _apart(text, material.parse(text))


def _apart(text: str, words: Sequence[Word]) -> list[str]:
    """“I open the list, select an order and close it” as three."""
    root = next((n for n, word in enumerate(words) if word.dep == "ROOT"), None)
    if root is None or words[root].pos not in {"VERB", "AUX"}:
        return [text]
    acts = [root]
    for n, word in enumerate(words):
        if word.dep == "conj" and word.head in acts and word.tag in _ACTS and word.pos == "VERB":
            acts.append(n)
    subject = text[: words[root].start].strip()
    if len(acts) == 1 or not subject or len(subject.split()) > LONGEST_SUBJECT:
        return [text]
    own = {n: next((m for m in range(n) if words[m].head == n and words[m].dep == "nsubj"), n) for n in acts}
    cuts = [words[own[n]].start for n in acts[1:]]
    parts = [text[low:high] for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    bare = [_without_joint(part) for part in parts]
    told = [part if own[n] != n else f"{subject} {part}" for n, part in zip(acts[1:], bare[1:], strict=True)]
    return [bare[0], *told]


def _without_joint(part: str) -> str:
    bare = part.strip(" ,;")
    for joint in (" and then", " then", " and", ","):
        bare = bare.removesuffix(joint).rstrip(" ,;")
    return bare
