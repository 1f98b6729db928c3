"""A project's own good tickets: which of them may be shown to others, and which one fits a point. Pure.

Good is a ticket that is ready, was done in no more time than is usual in its project (where that is known), and
about which nobody had to ask. It is shown within its project alone, and where its author or the project agrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.ticket import Kind


class Sharing(StrEnum):
    """Whether a project's good tickets are shown to others: never, those whose author agreed, or all whose author
    did not object.
    """

    OFF = "off"
    WITH_CONSENT = "with-consent"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket as it was last seen. `id` is ours; `consent` is its author's word, None where there is none.

    `seconds` is how long it was under way, `found` names the rules that still find something in it. `restricted`
    says that not everybody in the project may see it, `opted_out` that its author wants nothing of us.
    """

    id: int
    key: str
    url: str
    kind: Kind | None
    score: int
    at: float
    ready: bool = True
    done: bool = True
    asked: bool = False
    restricted: bool = False
    opted_out: bool = False
    consent: bool | None = None
    seconds: float | None = None
    found: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A good ticket for one point."""

    rule: str
    ticket: Candidate


def may_be_shown(one: Candidate, sharing: Sharing) -> bool:
    """Whether a ticket is good and its author or project agrees. Who opted out has to agree in so many words."""
    agreed = one.consent is True or (sharing is Sharing.ON and one.consent is None and not one.opted_out)
    good = one.ready and one.done and not one.asked and bool(one.url)
    return good and agreed and not one.restricted and sharing is not Sharing.OFF


def choose(
    rules: Sequence[str],
    kind: Kind | None,
    among: Iterable[Candidate],
    sharing: Sharing,
    *,
    typical: float | None = None,
    shown: int | None = None,
) -> Chosen | None:
    """The ticket to show for the first of these rules that there is one for: one of the same kind that passes it.

    `typical` is how many seconds tickets of the project are usually under way. `shown` is the one that is shown
    already: it stays as long as it may, so that no comment changes because a better one came along.
    """
    good = [one for one in among if may_be_shown(one, sharing) and one.kind is kind and _quick(one, typical)]
    good.sort(key=lambda one: _rank(one, shown))
    for rule in rules:
        for one in good:
            if rule not in one.found:
                return Chosen(rule, one)
    return None


def _quick(one: Candidate, typical: float | None) -> bool:
    return one.seconds is None or typical is None or one.seconds <= typical


def _rank(one: Candidate, shown: int | None) -> tuple[bool, int, float, float, int]:
    """The one shown before, then the clearest, the quickest, the latest."""
    return one.id != shown, -one.score, math.inf if one.seconds is None else one.seconds, -one.at, one.id
