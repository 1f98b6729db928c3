"""Whether this comment is the first that its author ever gets, and what it then opens with."""

from __future__ import annotations

from collections.abc import Mapping

from service.comment import Node
from service.store import Store
from service.store.schema import LOCAL
from service.store.welcoming import claim_welcome, is_welcomed
from service.store.working import Claim
from service.templates import template_for
from service.ticket import Kind, Snapshot
from service.verdict import Level, Review
from service.welcome import welcome


def opening(
    store: Store,
    mine: Claim,
    snapshot: Snapshot,
    review: Review,
    *,
    author: str,
    templates: Mapping[str, Mapping[Kind, str]],
    first: bool,
) -> tuple[Node, ...]:
    """What a comment about this review opens with; nothing where its author is no newcomer.

    `first`: there is no comment on the ticket yet. An author is welcomed before the comment is written, so that no
    second one does it again, and every edit of this comment keeps it until the ticket is ready. The playground's
    visitors are many and go by one name.
    """
    if not author or review.level is Level.READY or mine.ref.tracker == LOCAL:
        return ()
    if first:
        with store.writing() as connection:
            here = claim_welcome(connection, author, mine.id)
    else:
        with store.reading() as connection:
            here = is_welcomed(connection, author, mine.id)
    if not here:
        return ()
    kind = review.kind
    template = template_for(kind, templates, snapshot.ticket.project) if kind else ""
    return welcome(kind, template, snapshot.ticket.description.markup)
