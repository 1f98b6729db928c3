"""What we said before × review × conversation × policy × circumstances → post, update, withdraw or silence. Pure.

Four principles decide every case. We begin to speak only where we are welcome and have something to say. Who
asks is answered, if about the question alone, even where we would not speak of our own accord. No comment of
ours may claim what no longer holds: one that stands is edited in place where we may speak, left alone while it is
still true where we may not, and withdrawn once it no longer is, or once the ticket is closed and nobody asks. And
while its author is still writing all of this waits, but for a ticket that is closed and for what may not be shown
any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from service.feedback import Said, fingerprint, halves
from service.policy import Policy
from service.resting import NO_EDITS, Edits
from service.talk import NO_TALK, Talk
from service.ticket import Snapshot, StatusCategory
from service.verdict import Level, Review

__all__ = ["Action", "CommentState", "Decision", "Facts", "Said", "react", "why_unwelcome"]


QUIET = "policy is quiet"
OPTED_OUT = "the author opted out"
CLOSED = "the ticket has come to a state in which our comment is taken back"
RETRACTED = "a ticket that it showed may not be shown any more"
_NOT_IN_THIS_STATE = "policy is silent for this kind or status"


class Action(StrEnum):
    """What to do about a ticket's comment."""

    POST = "post"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    SILENCE = "silence"


class CommentState(StrEnum):
    """Where our comment on a ticket stands: as `Said.state` remembers it."""

    NONE = "none"
    INTENDED = "intended"
    POSTED = "posted"
    DELETED = "deleted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Facts:
    """The circumstances of a ticket. Times are seconds since the epoch.

    `comment_seen` says whether a comment of ours stands on the ticket now, as the tracker shows it, and
    `retracted` that it shows another ticket which may not be shown any more. An author who is not known is neither
    a bot nor opted out. `edits` tells how lately the ticket was saved.
    """

    connected_at: float
    created: float
    text_changed: float
    status: str = ""
    status_category: StatusCategory = StatusCategory.NEW
    service_desk: bool = False
    author_is_bot: bool = False
    author_opted_out: bool = False
    comment_seen: bool = False
    retracted: bool = False
    edits: Edits = NO_EDITS

    @classmethod
    def of(cls, snapshot: Snapshot, *, connected_at: float, opted_out: bool = False) -> Facts:
        """The facts of a fetched ticket; `opted_out` tells whether its author asked not to be spoken to."""
        return cls(
            connected_at=connected_at,
            created=snapshot.created.timestamp(),
            text_changed=snapshot.text_changed.timestamp(),
            status=snapshot.ticket.status,
            status_category=snapshot.status_category,
            service_desk=snapshot.service_desk,
            author_is_bot=bool(snapshot.author and snapshot.author.is_bot),
            author_opted_out=opted_out,
            comment_seen=bool(snapshot.our_comments),
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why in a few words for the record. `internal`: for the service desk's agents alone.

    `points`: the comment may speak of the review, and not of the conversation alone. `settled`: this very text
    needs no second look, whatever else changes; `Said.text_hash` becomes its hash. A silence that only the
    ticket's present state asks for settles nothing. `again` is when to look anew, in seconds since the epoch, as
    the author is still writing; 0 if only something new is a reason to.
    """

    action: Action
    reason: str
    internal: bool = False
    settled: bool = True
    points: bool = True
    again: float = 0.0


def react(said: Said, review: Review, policy: Policy, facts: Facts, talk: Talk = NO_TALK) -> Decision:
    """Decide what becomes of our comment on a ticket.

    `said.comment_hash` is the `fingerprint` of what we last spoke about, and empty where a write may not have come
    to its end: then the comment is written again. `said.text_hash` is the last text we settled. A comment that we
    know nothing about is left alone where we may not speak.
    """
    if said.state == CommentState.DELETED or (said.state == CommentState.POSTED and not facts.comment_seen):
        return Decision(Action.SILENCE, "a person deleted our comment")
    unwelcome = why_unwelcome(review, policy, facts)
    if facts.service_desk and not policy.service_desk:
        talk = NO_TALK
    if facts.comment_seen:
        closed = unwelcome == _NOT_IN_THIS_STATE and facts.status_category in policy.withdrawn_categories
        if closed and not talk.questions:
            return Decision(Action.WITHDRAW, CLOSED)
        decision = _about_our_comment(said, review, unwelcome, talk, retracted=facts.retracted)
    else:
        decision = _about_a_first_comment(said, review, unwelcome or policy.silence, talk)
    until = facts.edits.writing_until(policy.debounce, policy.max_wait)
    if until and decision.action is not Action.SILENCE and not facts.retracted:
        return Decision(Action.SILENCE, facts.edits.in_words, settled=False, again=until)
    speaks = decision.action in (Action.POST, Action.UPDATE)
    return replace(decision, internal=facts.service_desk and speaks)


def _about_our_comment(said: Said, review: Review, unwelcome: str, talk: Talk, *, retracted: bool) -> Decision:
    certain = bool(said.comment_hash)
    about_review, about_talk = halves(said.comment_hash)
    if certain and about_talk == talk.hash and not retracted:
        if said.text_hash == review.text_hash:
            return _silence(unwelcome or "nothing new: the text is the same")
        if about_review == halves(fingerprint(review))[0]:
            return _silence(unwelcome or "nothing new: the comment still holds")
    if unwelcome and talk:
        return Decision(Action.UPDATE, f"people ask, but {unwelcome}", points=False)
    if unwelcome and not certain and not retracted and said.text_hash in {"", review.text_hash}:
        return _silence(unwelcome)
    if unwelcome:
        return Decision(Action.WITHDRAW, f"our comment may no longer hold, and {unwelcome}")
    return Decision(Action.UPDATE, RETRACTED if retracted else _news(said, review, certain=certain))


def _news(said: Said, review: Review, *, certain: bool) -> str:
    if not certain:
        return "an earlier write may not have finished"
    return "people spoke" if said.text_hash == review.text_hash else "the text changed"


def _about_a_first_comment(said: Said, review: Review, unwelcome: str, talk: Talk) -> Decision:
    if talk:
        return Decision(Action.POST, "people ask", points=not unwelcome)
    if unwelcome:
        return _silence(unwelcome)
    if review.level is Level.READY:
        return _silence("ready: nothing to say")
    if said.state == CommentState.INTENDED:
        return Decision(Action.POST, "an intended comment was not posted")
    if said.text_hash == review.text_hash:
        return _silence("nothing new: the text is the same")
    return Decision(Action.POST, "there is something to say")


def _silence(reason: str) -> Decision:
    return Decision(Action.SILENCE, reason, settled=reason != _NOT_IN_THIS_STATE)


def why_unwelcome(review: Review, policy: Policy, facts: Facts) -> str:
    """Why we may not speak, or nothing."""
    reasons = {
        "the text is older than our connection": max(facts.created, facts.text_changed) < facts.connected_at,
        "a bot wrote the text": facts.author_is_bot,
        OPTED_OUT: facts.author_opted_out,
        "it is a service desk ticket": facts.service_desk and not policy.service_desk,
        f"there is no score: {review.reason}": review.score is None,
        QUIET: policy.quiet,
        _NOT_IN_THIS_STATE: not policy.speaks(review.kind, facts.status, facts.status_category),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
