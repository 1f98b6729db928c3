"""The label and the score on a ticket itself: what they should be, given how we last left them. Pure.

A label is put on where a ticket is unclear or somebody asks what is, and taken off where it is ready and nobody
asks; in between it stays as it is. Whoever changes it after us has the last word on that text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from service.policy import Policy
from service.reaction import Facts, why_unwelcome
from service.verdict import Level, Review


@dataclass(frozen=True, slots=True)
class Memory:
    """How we left a ticket. `label` is the one that we looked after, `on` whether it then stood, and `asked`
    whether for a question alone; `basis` names what that rested on. `score` and `number` name what was shown.
    """

    label: str = ""
    on: bool = False
    asked: bool = False
    basis: str = ""
    score: str = ""
    number: str = ""

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Memory:
        """From what `plain` wrote, by whatever version."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in plain.items() if name in known})

    def plain(self) -> dict[str, object]:
        """As JSON may keep it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Now:
    """A ticket as it stands. `label`, `show_score` and `score_field` are what policy wants here, if anything.

    `welcome`: we may speak of our own accord. `basis` names the text and the open questions.
    """

    labels: tuple[str, ...]
    score: int | None
    level: Level | None
    rules: tuple[str, ...]
    label: str
    show_score: bool
    score_field: str
    welcome: bool
    asked: bool
    basis: str

    @classmethod
    def of(cls, labels: Sequence[str], review: Review, policy: Policy, facts: Facts, asked: Iterable[str]) -> Now:
        """`asked` tells one open question from another. A service desk's ticket is let alone unless turned on."""
        alone = facts.service_desk and not policy.service_desk
        questions = sorted(asked)
        basis = hashlib.sha256("\n".join([review.text_hash, *questions]).encode()).hexdigest()[:32]
        return cls(
            labels=tuple(labels),
            score=review.score,
            level=review.level,
            rules=tuple(dict.fromkeys(finding.rule for finding in review.findings)),
            label="" if alone else policy.label,
            show_score=policy.show_score and not alone,
            score_field="" if alone else policy.score_field,
            welcome=not (policy.silence or why_unwelcome(review, policy, facts)),
            asked=bool(questions),
            basis=basis,
        )

    def worn(self, label: str) -> str:
        """The label as the ticket wears it, in whatever case; "" if it does not."""
        return next((one for one in self.labels if one.casefold() == label.casefold()), "") if label else ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do to a ticket's labels."""

    label: str
    on: bool


def former_label(now: Now, before: Memory) -> Change | None:
    """What becomes of a label that we put on and that policy no longer names."""
    worn = now.worn(before.label) if before.on and before.label.casefold() != now.label.casefold() else ""
    return Change(worn, on=False) if worn else None


def label(now: Now, before: Memory) -> tuple[Change | None, Memory]:
    """What to do about the label, and what to remember once that is done."""
    if not now.label:
        return None, replace(before, label="", on=False, asked=False, basis="")
    known = before if before.label.casefold() == now.label.casefold() else replace(before, label="", basis="")
    wanted = _wanted(now, known)
    worn = now.worn(now.label)
    if wanted is None:
        return None, before
    asked = wanted and now.asked and not (now.welcome and now.level is Level.UNCLEAR)
    after = replace(before, label=now.label, on=wanted, asked=asked, basis=now.basis)
    if wanted is bool(worn):
        return None, after
    if known.basis == now.basis and known.on is wanted:
        return None, before  # a person changed it since, for this very text
    if not wanted and not known.label:
        return None, after  # a person put it on before we ever looked
    return Change(worn or now.label, on=wanted), after


def score_mark(now: Now, before: Memory) -> str:
    """A name for the score to show; as before where nothing is to be shown."""
    if not now.show_score or (now.score is None and not before.score):
        return before.score
    told = f"{now.score} {now.level} {' '.join(now.rules)}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def number_mark(now: Now, before: Memory) -> str:
    """The same for the number field."""
    if not now.score_field or (now.score is None and not before.number):
        return before.number
    return f"{now.score_field}={now.score}"


def _wanted(now: Now, known: Memory) -> bool | None:
    """Whether the label should stand; None to leave it as it is."""
    if now.asked or (now.level is Level.UNCLEAR and now.welcome):
        return True
    for_a_question = known.on and known.asked
    return False if now.level is Level.READY or for_a_question else None
