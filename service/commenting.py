"""Keep the one comment of a ticket: create, edit or withdraw it, never twice and never after the lease.

Every write is announced in the database first, in the same statement that checks the lease. Who finds such an
announcement unfinished looks at the ticket before writing again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from service.comment import CommentTree
from service.reaction import CommentState, Said
from service.store import Store
from service.store.working import Claim, hold
from service.ticket import Comment, Snapshot
from service.trackers.base import Tracker


class LeaseLost(Exception):
    """Somebody else may be working on the ticket: nothing further may be written. `wrote`: something was."""

    def __init__(self, *, wrote: bool) -> None:
        super().__init__("the lease was lost")
        self.wrote = wrote


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on the ticket: our comment, and others of ours that should not be there."""

    said: Said
    comment: Comment | None = None
    extras: tuple[Comment, ...] = ()


def standing(mine: Claim, snapshot: Snapshot) -> Standing:
    """Compare what we remember with what the tracker shows."""
    ours = snapshot.our_comments
    if not ours:
        missing = mine.comment_state == CommentState.POSTED
        return Standing(_said(mine, CommentState.DELETED if missing else CommentState(mine.comment_state)))
    kept = next((comment for comment in ours if comment.id == mine.comment_id), None)
    comment = kept or ours[0]
    said = _said(mine, CommentState.POSTED, sure=kept is not None)
    return Standing(said, comment, tuple(other for other in ours if other is not comment))


def _said(mine: Claim, state: CommentState, *, sure: bool = True) -> Said:
    return Said(
        state=state,
        comment_hash=mine.comment_hash if sure else "",
        text_hash=mine.said_text_hash,
        score=mine.said_score,
        rules=mine.said_rules,
    )


class Commenter:
    """Writes to one claimed ticket. Methods return how the ticket's row has to read once they are done.

    `claimed` is when the ticket was claimed, by this process's own clock.
    Each raises LeaseLost before writing where the ticket is no longer ours, and whatever the tracker raises.
    """

    def __init__(self, store: Store, tracker: Tracker, mine: Claim, lease: float, claimed: float = 0.0) -> None:
        self._store, self._tracker, self._mine, self._lease = store, tracker, mine, lease
        self._claimed = claimed
        self.wrote = False

    def create(self, tree: CommentTree, *, internal: bool, visible_to: str = "") -> dict[str, object]:
        """Post the comment under a key that stays the same until it has been posted."""
        tried = self._mine.comment_state == CommentState.INTENDED
        key = self._mine.comment_key if tried else secrets.token_hex(16)
        self.fence(comment_state=CommentState.INTENDED, comment_key=key, comment_hash="")
        self.wrote = True
        comment_id = self._tracker.create_comment(
            self._mine.ref.id, tree, key=key, internal=internal, visible_to=visible_to
        )
        return {"comment_state": CommentState.POSTED, "comment_id": comment_id}

    def update(
        self, comment: Comment, tree: CommentTree, *, notify: bool, visible_to: str = ""
    ) -> dict[str, object]:
        """Edit the comment, telling people of it where `notify` says so; raises CommentGone."""
        self.fence(comment_hash="")
        self.wrote = True
        self._tracker.update_comment(self._mine.ref.id, comment.id, tree, notify=notify, visible_to=visible_to)
        return {"comment_state": CommentState.POSTED, "comment_id": comment.id}

    def withdraw(self, comments: Iterable[Comment]) -> dict[str, object]:
        """Delete our comments. That is remembered first, so that they are not taken for deleted by a person."""
        self.fence(comment_state=CommentState.WITHDRAWN, comment_hash="")
        self.delete(comments)
        return {"comment_state": CommentState.WITHDRAWN, "comment_id": ""}

    def delete(self, comments: Iterable[Comment]) -> None:
        """Delete comments of ours."""
        for comment in comments:
            self.fence()
            self.wrote = True
            self._tracker.delete_comment(self._mine.ref.id, comment.id)

    def about_to_write(self) -> None:
        """The fence before any other write to the ticket."""
        self.fence()
        self.wrote = True

    def renew(self) -> None:
        """Renew the lease before work that takes time, unless most of it is left; raises LeaseLost."""
        if time.monotonic() - self._claimed > self._lease / 4:
            self.fence()

    def fence(self, **values: object) -> None:
        """Renew the lease and note `values`; raises LeaseLost where the ticket is no longer ours."""
        with self._store.writing() as connection:
            held = hold(connection, self._mine, self._lease, values)
        if not held:
            raise LeaseLost(wrote=self.wrote)
