"""Give a review a good ticket of its project to show, and take one back that may not be shown any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from service.coaching import Depth
from service.exemplar import Sharing, choose, may_be_shown
from service.feedback import shown_rules
from service.store.exemplars import (
    Place,
    candidate,
    candidates,
    is_shown,
    shown_on,
    typical_seconds,
    withdraw,
)
from service.ticket import frozen
from service.verdict import Exemplar, Review


@dataclass(frozen=True, slots=True)
class Example:
    """The ticket to show, by our id, if any. `retracted`: our comment shows one that may not be shown any more."""

    shown: int | None = None
    retracted: bool = False


def with_exemplar(
    connection: Connection,
    ticket_id: int,
    place: Place,
    review: Review,
    *,
    depths: Mapping[str, Depth],
    sharing: Sharing,
) -> tuple[Review, Example]:
    """The review with a good ticket for one of the points that are explained, where there is one to show."""
    shows, shown = shown_on(connection, ticket_id, place)
    known = candidate(connection, shown) if shown else None
    retracted = shows and (known is None or not may_be_shown(known, sharing))
    explained = [rule for rule in shown_rules(review) if depths.get(rule, Depth.EXPLAIN) is Depth.EXPLAIN]
    among = candidates(connection, place, review.kind, sharing, but=ticket_id) if explained else []
    typical = typical_seconds(connection, place) if among else None
    chosen = choose(explained, review.kind, among, sharing, typical=typical, shown=shown)
    if chosen is None:
        return review, Example(retracted=retracted)
    told = {chosen.rule: Exemplar(chosen.ticket.key, chosen.ticket.url)}
    return replace(review, exemplars=frozen(told)), Example(chosen.ticket.id, retracted)


def follow_up(connection: Connection, ticket_id: int, sharing: Sharing) -> None:
    """Where a ticket may not be shown any more, have the comments that show it looked at again."""
    if is_shown(connection, ticket_id):
        known = candidate(connection, ticket_id)
        if known is None or not may_be_shown(known, sharing):
            withdraw(connection, [ticket_id])
