"""A ticket's conversation → what the comment says about it: open questions, rules left out, answers. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from service.commands import Verb
from service.comment import Inline, Item, Items, Mention, Node, Paragraph, Quoted, Snippet, Words
from service.conversation import Conversation, Ignored, Question, Request
from service.phrases import first_sentence, in_words
from service.roles import May
from service.ticket import Person, Snapshot

if TYPE_CHECKING:
    from service.rulebook import Rule
    from service.verdict import Review

NONE = "0" * 32
MOST_QUESTIONS = 10
_COMMANDS = (
    ("/unclear and your question", "puts a question to the author, and keeps it open here until you are content"),
    ("/clear", "closes your questions"),
    ("/clarity", "checks the ticket again"),
    ("/clarity example RULE", "shows what passes and what does not"),
    ("/clarity ignore RULE because REASON", "leaves a rule out on this ticket, for good"),
    (
        "/clarity share",
        "lets others in the project see this ticket as a good one; “/clarity unshare” takes it back",
    ),
)


@dataclass(frozen=True, slots=True)
class Talk:
    """What to say about a conversation: first its open questions, at the end whatever else people asked of us."""

    questions: tuple[Node, ...] = ()
    notes: tuple[Node, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.questions or self.notes)

    @property
    def hash(self) -> str:
        """A name for all of it, 32 characters."""
        return hashlib.sha256(repr(self).encode(errors="surrogatepass")).hexdigest()[:32] if self else NONE


NO_TALK = Talk()


def talk_about(
    talk: Conversation,
    snapshot: Snapshot,
    review: Review,
    rules: Mapping[str, Rule],
    in_panel: Collection[str] = (),
    *,
    shares: bool = True,
) -> Talk:
    """What the comment says about this conversation. An answer stands until the ticket's next edit.

    `in_panel` names rules that were left out without a comment, by a button of the panel; `shares` says whether
    the project shows good tickets to others at all.
    """
    latest = [request for request in talk.requests if request.at > snapshot.text_changed][-1:]
    found = list(dict.fromkeys(finding.rule for finding in review.findings))
    answers = [node for request in latest for node in _answer(request, found, rules, shares=shares)]
    return Talk(tuple(_questions(talk, snapshot.author)), (*_left_out(talk, in_panel), *answers))


def _questions(talk: Conversation, author: Person | None) -> list[Node]:
    asked = talk.open_questions
    if not asked:
        return []
    count = "An open question" if len(asked) == 1 else f"{len(asked)} open questions"
    told: list[Inline] = [Words(count, strong=True)]
    if author:
        told += [Words(" for "), _mention(author)]
    shown = [Item((Paragraph(_asked(question)),)) for question in asked[:MOST_QUESTIONS]]
    return [Paragraph((*told, Words(":"))), Items(tuple(shown))]


def _asked(question: Question) -> tuple[Inline, ...]:
    if not question.words:
        return (_mention(question.by), Words(", what is unclear? Write “/unclear” and your question."))
    asked = (_mention(question.by), Words(" asks: "), Quoted(question.words))
    if question.answered is None:
        return asked
    return (*asked, Words(" There is an answer since; if it will do, write “/clear”."))


def _left_out(talk: Conversation, in_panel: Collection[str]) -> list[Node]:
    by_button = [
        Item((Paragraph((Words(f"{in_words(rule)}, as said in the panel."),)),))
        for rule in sorted(in_panel)
        if rule not in talk.ignored
    ]
    told = (*map(_one_left_out, talk.ignored.values()), *by_button)
    return [Paragraph((Words("Left out on this ticket:"),)), Items(told)] if told else []


def _one_left_out(ignored: Ignored) -> Item:
    told = (
        Words(f"{in_words(ignored.rule)}, as "),
        _mention(ignored.by),
        Words(" says: "),
        Quoted(ignored.reason),
    )
    return Item((Paragraph(told),))


def _answer(request: Request, found: Sequence[str], rules: Mapping[str, Rule], *, shares: bool) -> list[Node]:
    if request.verb is Verb.HELP:
        return _help((_mention(request.by), Words(", a line of a comment can say:")), found)
    if request.verb is Verb.UNKNOWN:
        told = (Words(", I do not know "), Quoted(request.words), Words(". A line of a comment can say:"))
        return _help((_mention(request.by), *told), found)
    if request.verb in (Verb.SHARE, Verb.UNSHARE):
        return [_shared(request, shares=shares)]
    if not request.rule:
        return [_no_such_rule(request, found, rules)]
    return _about_a_rule(request, rules[request.rule])


def _about_a_rule(request: Request, rule: Rule) -> list[Node]:
    if request.verb is Verb.NOT_USEFUL:
        return [_counted(request)]
    return _example(request, rule) if request.verb is Verb.EXAMPLE else [_not_ignored(request)]


def _help(opening: tuple[Inline, ...], found: Sequence[str]) -> list[Node]:
    lines = [Item((Paragraph((Words(command, strong=True), Words(f" {what}."))),)) for command, what in _COMMANDS]
    named = [Paragraph((Words(f"The rules that found something here: {', '.join(found)}."),))] if found else []
    return [Paragraph(opening), Items(tuple(lines)), *named]


def _no_such_rule(request: Request, found: Sequence[str], rules: Mapping[str, Rule]) -> Paragraph:
    named = request.words.split(" because ")[0][:60]
    near = get_close_matches("-".join(named.casefold().split()), list(rules), n=1)
    here = f" Those that found something here: {', '.join(found)}." if found else ""
    advice = f" Did you mean “{near[0]}”?" if near else here
    if not named:
        return Paragraph((_mention(request.by), Words(f", which rule?{here}")))
    return Paragraph((_mention(request.by), Words(", there is no rule "), Quoted(named), Words(f".{advice}")))


def _counted(request: Request) -> Paragraph:
    told = f", counted: “{in_words(request.rule)}” was of no use here. A rule that often is not falls silent."
    return Paragraph((_mention(request.by), Words(told)))


def _not_ignored(request: Request) -> Paragraph:
    """The reason is missing, the person may not, or nobody could tell us whether they may."""
    command = f"“/clarity ignore {request.rule} because …”"
    told = {
        May.YES: f", please say why, for those who come later: {command}",
        May.NO: ", a rule is left out where the ticket's author, its assignee or somebody who runs the project "
        f"says so, with {command}",
        May.UNTOLD: ", I could not find out whether you run this project, so the rule still counts. The ticket's "
        f"author or assignee can leave it out, with {command}",
    }[request.may]
    return Paragraph((_mention(request.by), Words(told)))


def _shared(request: Request, *, shares: bool) -> Paragraph:
    if request.may is not May.YES:
        told = ", only who wrote the ticket can share it or take that back."
    elif request.verb is Verb.UNSHARE:
        told = ", this ticket is not shown to others as a good one."
    elif not shares:
        told = ", thank you, but this project does not show its good tickets to others."
    else:
        told = (
            ", thank you: once it is ready and done, this ticket may be shown to others in this project as a good "
            "one. “/clarity unshare” takes that back."
        )
    return Paragraph((_mention(request.by), Words(told)))


def _example(request: Request, rule: Rule) -> list[Node]:
    advice = f", {rule.title[:1].lower()}{rule.title[1:]}: {first_sentence(rule.why)} {rule.coach.strip()}"
    told: list[Node] = [Paragraph((_mention(request.by), Words(advice)))]
    for opening, examples in (("Not like this:", rule.examples.bad), ("But for instance:", rule.examples.good)):
        if examples:
            told += [Paragraph((Words(opening),)), Snippet(examples[0].shown())]
    return told


def _mention(person: Person) -> Mention:
    return Mention(person.handle or person.id)
