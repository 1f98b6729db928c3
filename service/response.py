"""How people take what a rule says on a ticket: it was shown, and then mended, ignored or called not useful. Pure.

A case is one rule on one ticket, however often it was shown there. All of this is told by reviews and comments, so
that whoever tells it again tells the same; and none of it holds a word of a ticket.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.conversation import Conversation
    from service.feedback import Said
    from service.ticket import Person
    from service.verdict import Review

FEWEST_SHOWN = 20
"""Cases before a rule may lose its voice."""
TOO_MANY = 0.10
"""Not useful in more than this share of cases, for sure, a rule loses its voice."""
_Z = 1.959964  # 95 %


class What(StrEnum):
    """What became of a case. UNAIDED is a further ticket of an author that passes from the start."""

    SHOWN = "shown"
    MENDED = "mended"
    UNAIDED = "unaided"
    IGNORED = "ignored"
    NOT_USEFUL = "not-useful"


@dataclass(frozen=True, slots=True)
class Response:
    """`person` is a name in our terms: the author's for SHOWN, MENDED and UNAIDED, else who said it."""

    rule: str
    what: What
    person: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of one rule, in one project or ("") in all: each counts once in each column."""

    rule: str
    project: str
    shown: int = 0
    mended: int = 0
    ignored: int = 0
    not_useful: int = 0

    @property
    def share(self) -> tuple[float, float]:
        """Between which shares of cases the rule is not useful, with 95 % confidence."""
        return wilson(self.not_useful, self.shown)

    @property
    def voiceless(self) -> bool:
        """Whether the rule was called not useful too often to go on speaking."""
        return self.shown >= FEWEST_SHOWN and self.share[0] > TOO_MANY


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Where the true share lies with 95 % confidence; anywhere, where there are no cases."""
    if not cases:
        return 0.0, 1.0
    share, square = hits / cases, _Z * _Z / cases
    middle = share + square / 2
    spread = _Z * math.sqrt(share * (1 - share) / cases + square / cases / 4)
    return max(0.0, (middle - spread) / (1 + square)), min(1.0, (middle + spread) / (1 + square))


def responses(
    review: Review,
    said: Said,
    talk: Conversation,
    *,
    shown: Iterable[str],
    shown_before: Collection[str],
    learnt: Collection[str] = (),
    author: str,
    name: Callable[[Person], str],
) -> Iterator[Response]:
    """All that a look at a ticket tells: what is `shown` now, what is mended since, what people said of it.

    `shown_before` are the rules ever shown on the ticket, `learnt` those that its author met on others before this
    one was first looked at, and `name` calls a person in our terms.
    """
    yield from (Response(rule, What.SHOWN, author) for rule in shown)
    if said.text_hash != review.text_hash and (review.score or 0) >= (said.score or 0):
        yield from (Response(rule, What.MENDED, author) for rule in shown_before if rule in review.passed)
    yield from (Response(rule, What.UNAIDED, author) for rule in learnt if rule in review.passed)
    yield from (Response(one.rule, What.IGNORED, name(one.by)) for one in talk.ignored.values())
    yield from (Response(rule, What.NOT_USEFUL, name(person)) for rule, person in sorted_by_rule(talk.not_useful))


def sorted_by_rule(said: Iterable[tuple[str, Person]]) -> list[tuple[str, Person]]:
    """In an order that is always the same."""
    return sorted(said, key=lambda one: (one[0], one[1].id))
