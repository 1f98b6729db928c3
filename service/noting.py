"""Keep what a look at a ticket told: how people took what we said, what they asked, and how long the work took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from service.coaching import Curve
from service.commenting import Standing
from service.conversation import Conversation
from service.exemplars import Example, follow_up
from service.feedback import shown_rules
from service.outcomes import Question
from service.policy import Policy
from service.questions import Asked, questions
from service.reaction import Action, Decision
from service.responding import respond
from service.response import Response, What, responses
from service.resting import Edits
from service.store import Store
from service.store.exemplars import show
from service.store.questions import keep_questions
from service.store.responses import known_responses
from service.store.work import keep_work
from service.store.working import Claim
from service.talk import Talk
from service.ticket import Person, Snapshot
from service.verdict import Review
from service.worktime import Work, work


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything known about a claimed ticket once it is fetched and reviewed; `at` is by the database's clock.
    `edits` are as they stand after the review.

    `learner` is the author, or "" if nothing is to be kept of what they learn.
    """

    at: float
    edits: Edits
    snapshot: Snapshot
    policy: Policy
    review: Review
    author: str
    opted_out: bool
    standing: Standing
    conversation: Conversation
    talk: Talk
    curves: Mapping[str, Curve]
    learner: str
    example: Example


@dataclass(frozen=True, slots=True)
class Notes:
    """What a look told. Of what was mended only what was shown before counts, which the database knows."""

    told: Sequence[Response]
    asked: Sequence[Question]
    work: Work | None


class Noter:
    """Writes within the transaction that ends the look; what that needs no database for is gathered before."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def gather(self, mine: Claim, seen: Seen, decision: Decision) -> Notes:
        """What there is to note."""

        def name(person: Person) -> str:
            return self._store.person(mine.ref.realm, person.id)

        spoke = decision.points and decision.action in (Action.POST, Action.UPDATE)
        told = responses(
            seen.review,
            seen.standing.said,
            seen.conversation,
            shown=shown_rules(seen.review) if spoke else (),
            shown_before=seen.review.passed,
            learnt=() if mine.said_text_hash else [rule for rule, curve in seen.curves.items() if curve.shown],
            author=seen.learner,
            name=name,
        )
        asked = [_question(one, name(one.by)) for one in questions(seen.snapshot, seen.conversation)]
        return Notes(list(told), asked, work(seen.snapshot))

    def note(self, connection: Connection, mine: Claim, seen: Seen, decision: Decision, notes: Notes) -> bool:
        """Note all of it; whether people did anything since that counts with texts of earlier weeks."""
        before = {one.rule for one in known_responses(connection, mine.id) if one.what is What.SHOWN}
        told = [one for one in notes.told if one.what is not What.MENDED or one.rule in before]
        new = respond(connection, mine.id, seen.snapshot.ticket.project[:200], told)
        keep_work(connection, mine.id, notes.work)
        changed = keep_questions(connection, mine.id, notes.asked) or bool(new)
        self._note_example(connection, mine, seen, decision)
        return changed

    def _note_example(self, connection: Connection, mine: Claim, seen: Seen, decision: Decision) -> None:
        """Which good ticket our comment shows now, and whether this one may still be shown by others."""
        if decision.action in (Action.POST, Action.UPDATE):
            show(connection, mine.id, seen.example.shown if decision.points else None)
        elif decision.action is Action.WITHDRAW or not seen.snapshot.our_comments:
            show(connection, mine.id, None)
        follow_up(connection, mine.id, seen.policy.exemplars)


def _question(asked: Asked, person: str) -> Question:
    answered = asked.answered.timestamp() if asked.answered else None
    return Question(person, asked.at.timestamp(), answered, explicit=asked.explicit)
