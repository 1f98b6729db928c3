"""Whether this comment is the first that its author ever gets, and what it then opens with."""

from __future__ import annotations

from collections.abc import Mapping

from service.comment import Node
from service.store import Store
from service.store.schema import LOCAL
from service.store.welcoming import claim_welcome, is_welcomed, was_welcomed_elsewhere
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
    if not _is_here(store, author, mine.id, first=first):
        return ()
    kind = review.kind
    template = template_for(kind, templates, snapshot.ticket.project) if kind else ""
    return welcome(kind, template, snapshot.ticket.description.markup)


def _is_here(store: Store, author: str, ticket_id: int, *, first: bool) -> bool:
    """Whether the author is welcomed on this ticket, from now on if it is their `first`."""
    with store.reading() as connection:  # most were welcomed long ago: nobody has to wait for that to be found
        if not first or was_welcomed_elsewhere(connection, author, ticket_id):
            return is_welcomed(connection, author, ticket_id)
    with store.writing() as connection:
        return claim_welcome(connection, author, ticket_id)
