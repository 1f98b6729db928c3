"""What people have said to each other and to us on a ticket, told from its comments alone. Pure.

A missed webhook loses nothing: whoever reads the comments again comes to the same questions and wishes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from service.commands import Command, Verb, commands, rule_and_reason, says_something
from service.roles import NO_ROLES, May, Roles
from service.ticket import Comment, Person, Snapshot, frozen

QUIET = timedelta(days=7)
"""An answered question is settled once its asker has kept quiet for so long."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody found unclear. `words` are "" for a bare “/unclear”, which still has to say what.

    `answered` is when the ticket's author edited it or replied since; `settled` is when the asker said “/clear”,
    or when seven days after the answer, or after the asker's last word since, are over.
    """

    by: Person
    asked: datetime
    words: str
    answered: datetime | None = None
    settled: datetime | None = None

    def open(self, now: datetime) -> bool:
        """Whether it still waits for its asker to be content."""
        return self.settled is None or self.settled > now


@dataclass(frozen=True, slots=True)
class Ignored:
    """A rule that is not to be spoken of on this ticket, and why, in the words of whoever decided it."""

    rule: str
    by: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be answered once: help, an example, a word or a rule that we do not know, a refusal.

    `may` tells of a wish to ignore a rule, or to share the ticket, whether its asker may.
    """

    verb: Verb
    by: Person
    at: datetime
    rule: str = ""
    words: str = ""
    may: May = May.YES


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket's questions, the rules ignored on it by id, whom a rule was of no use to, and what to answer.

    `shared` is whether its authors agree that it is shown to others as a good one; None where they never said.
    """

    questions: tuple[Question, ...] = ()
    open_questions: tuple[Question, ...] = ()
    ignored: Mapping[str, Ignored] = field(default_factory=lambda: frozen({}))
    not_useful: frozenset[tuple[str, Person]] = frozenset()
    requests: tuple[Request, ...] = ()
    shared: bool | None = None

    @property
    def settles(self) -> datetime | None:
        """When silence will next settle a question, if nobody speaks before; None where it will settle none."""
        return min((question.settled for question in self.open_questions if question.settled), default=None)


def conversation(
    snapshot: Snapshot, rules: Collection[str], now: datetime, roles: Roles = NO_ROLES
) -> Conversation:
    """Read a ticket's comments. `rules` are the ids that there are, `roles` says who else may ignore one."""
    said = commands(snapshot.comments)
    questions = tuple(_questions(said, snapshot))
    ignored = _ignored(said, snapshot, rules, roles)
    requests = _requests(said, snapshot, rules, roles)
    return Conversation(
        questions=questions,
        open_questions=tuple(question for question in questions if question.open(now)),
        ignored=frozen(ignored),
        not_useful=frozenset(_not_useful(said, rules)),
        requests=tuple(request for request in requests if request.rule not in ignored),
        shared=_shared(said, snapshot),
    )


def _questions(said: Iterable[Command], snapshot: Snapshot) -> list[Question]:
    found: list[Question] = []
    for command in said:
        if command.verb is Verb.UNCLEAR:
            found = [*_without_bare(found, command.by), Question(command.by, command.at, command.words)]
        elif command.verb is Verb.CLEAR:
            found = [_settled(question, command) for question in found]
    return [_by_silence(_answered(question, snapshot), snapshot) for question in found]


def _without_bare(found: list[Question], asker: Person) -> list[Question]:
    """A new question takes the place of its asker's earlier “/unclear” without words."""
    return [q for q in found if q.words or q.by.id != asker.id or q.settled]


def _settled(question: Question, command: Command) -> Question:
    mine = question.by.id == command.by.id and question.settled is None
    return replace(question, settled=command.at) if mine else question


def _answered(question: Question, snapshot: Snapshot) -> Question:
    return replace(question, answered=answered_at(snapshot, question.by, question.asked))


def answered_at(snapshot: Snapshot, asker: Person, asked: datetime) -> datetime | None:
    """The author's first word to somebody else's question since it was asked; an edit counts as one."""
    author = snapshot.author
    if author is None or author.id == asker.id:
        return None
    comments = _of(author, snapshot.comments, since=asked)
    replies = [comment.created for comment in comments if says_something(comment)]
    edits = [snapshot.text_changed] if snapshot.text_changed > asked else []
    return min([*replies, *edits], default=None)


def _by_silence(question: Question, snapshot: Snapshot) -> Question:
    if question.settled or question.answered is None:
        return question
    words = [comment.created for comment in _of(question.by, snapshot.comments, since=question.answered)]
    return replace(question, settled=max([question.answered, *words]) + QUIET)


def _of(person: Person, comments: Iterable[Comment], *, since: datetime) -> Iterator[Comment]:
    """What a person wrote after `since`."""
    for comment in comments:
        if comment.author and comment.author.id == person.id and comment.created > since and not comment.ours:
            yield comment


def _ignored(
    said: Iterable[Command], snapshot: Snapshot, rules: Collection[str], roles: Roles
) -> dict[str, Ignored]:
    found = {}
    for command in said:
        if command.verb is Verb.IGNORE:
            rule, reason = rule_and_reason(command.words, rules)
            if rule and reason and roles.may(command.by, snapshot, rule) is May.YES:
                found[rule] = Ignored(rule, command.by, reason)
    return found


def _shared(said: Iterable[Command], snapshot: Snapshot) -> bool | None:
    """The last word of each who wrote the ticket; one objection outweighs every consent."""
    verbs = {Verb.SHARE: True, Verb.UNSHARE: False}
    words = {one.by.id: verbs[one.verb] for one in said if one.verb in verbs and wrote(one.by, snapshot)}
    return all(words.values()) if words else None


def wrote(person: Person, snapshot: Snapshot) -> bool:
    """Whether somebody filed the ticket, or wrote its present text."""
    return any(person.id == one.id for one in (snapshot.author, snapshot.creator) if one)


def _not_useful(said: Iterable[Command], rules: Collection[str]) -> Iterable[tuple[str, Person]]:
    for command in said:
        if command.verb is Verb.NOT_USEFUL and (rule := rule_and_reason(command.words, rules)[0]):
            yield rule, command.by


def _requests(
    said: Iterable[Command], snapshot: Snapshot, rules: Collection[str], roles: Roles
) -> Iterable[Request]:
    """What has to be answered; a wish that was simply followed has not."""
    for command in said:
        rule, reason = rule_and_reason(command.words, rules)
        may = _may(command, snapshot, rule, roles)
        followed = {
            Verb.IGNORE: bool(rule and reason) and may is May.YES,
            Verb.NOT_USEFUL: False,
            Verb.EXAMPLE: False,
            Verb.HELP: False,
            Verb.UNKNOWN: False,
            Verb.SHARE: False,
            Verb.UNSHARE: False,
        }
        if not followed.get(command.verb, True):
            yield Request(command.verb, command.by, command.at, rule, command.words, may)


def _may(command: Command, snapshot: Snapshot, rule: str, roles: Roles) -> May:
    if command.verb is Verb.IGNORE:
        return roles.may(command.by, snapshot, rule)
    shares = command.verb in (Verb.SHARE, Verb.UNSHARE)
    return May.NO if shares and not wrote(command.by, snapshot) else May.YES
