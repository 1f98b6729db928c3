"""Given, When and Then across lines: which of a ticket's units tell one scenario together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.document import gherkin
from service.document.model import PROSE, Role, Unit

_TITLE, _HEADING = Role.TITLE, Role.HEADING
NEAR = 2
"""Blocks that may lie between two steps of one scenario, such as a table of examples."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a scenario and its number among the units. `word` is what it continues where it begins with And
    or But; "" beside the words.
    """

    word: str
    unit: Unit
    number: int


def words(units: Iterable[Unit]) -> list[str]:
    """Of each unit the word that makes it a step of a scenario; "" where there is none."""
    return [gherkin.word_of(unit.text) if unit.kind in PROSE and unit.role is not _TITLE else "" for unit in units]


def scenarios(units: Sequence[Unit], words: Sequence[str]) -> Iterator[list[Step]]:
    """The steps that belong together. A heading ends a scenario, and so does the Given of the next."""
    steps: list[Step] = []
    for number, (unit, word) in enumerate(zip(units, words, strict=True)):
        far = bool(steps) and unit.block - steps[-1].unit.block > NEAR
        ended = bool(word) and word not in gherkin.WORDS
        anew = word == "given" and (told(steps, "then") or (told(steps, "given") and told(steps, "when")))
        if steps and (unit.role is _HEADING or far or ended or anew):
            yield steps
            steps = []
        meant = word if word not in ("and", "but") else steps[-1].word if steps else ""
        beside = bool(steps) and unit.block - steps[-1].unit.block <= 1
        if meant in gherkin.WORDS or (beside and not meant):
            steps.append(Step(meant, unit, number))
    if steps:
        yield steps


def told(steps: Iterable[Step], word: str) -> bool:
    """Whether a line tells, or goes on with, what this word opens."""
    return any(step.word == word for step in steps)
