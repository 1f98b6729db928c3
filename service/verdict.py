"""What a review says: findings, a score and a level. Plain frozen data, cheap to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from service.ticket import Kind, frozen


class Level(StrEnum):
    """What a score means for the team."""

    READY = "ready"
    NEARLY = "nearly"
    UNCLEAR = "unclear"


class Severity(StrEnum):
    """How much a finding matters."""

    HINT = "hint"
    WARNING = "warning"
    BLOCKER = "blocker"


class Dimension(StrEnum):
    """Which part of a shared understanding a finding is about."""

    PURPOSE = "purpose"
    BEHAVIOUR = "behaviour"
    ACCEPTANCE = "acceptance"
    PRECISION = "precision"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `points` is what it costs; `gain` is what the score would rise by without it.

    `start` and `end` count code points in the field as given; an absence has neither, and an empty `quote`.
    """

    rule: str
    severity: Severity
    dimension: Dimension
    points: int
    gain: int
    message: str
    why: str
    coach: str
    field: str
    start: int | None = None
    end: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What would pass in the place of a finding: `lead` is ours, `text` holds words of the ticket and ⟨blanks⟩.

    `block` says that it has lines of its own, to be copied.
    """

    lead: str
    text: str
    block: bool = False


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A good ticket of the same project: what people call it, and where they see it."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Review:
    """What we think of a ticket. `score` is None when we abstain, and `reason` then says why.

    `gains` says, by rule, what the score would rise by without any of that rule's findings. `passed` names the
    rules that looked and found nothing, each with a few words for its being mended ("" to go by its id), so
    that only what truly passes now is praised. `suggestions` and `exemplars`, by rule, are for what is shown.
    """

    score: int | None
    level: Level | None
    reason: str
    findings: tuple[Finding, ...]
    rulebook: str
    text_hash: str
    kind: Kind | None = None
    unread: int = 0
    gains: Mapping[str, int] = field(default_factory=lambda: frozen({}))
    passed: Mapping[str, str] = field(default_factory=lambda: frozen({}))
    suggestions: Mapping[str, Suggestion] = field(default_factory=lambda: frozen({}))
    exemplars: Mapping[str, Exemplar] = field(default_factory=lambda: frozen({}))
