"""Ordinary clarifying questions: what people ask of a ticket in its comments before the work begins. Pure.

A question is one comment by somebody else than the ticket's author that asks for something to be made clear. Only
that it was asked, by whom, when, and when the author answered is told; never the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from service import document
from service.conversation import Conversation, answered_at
from service.document.model import Block
from service.ticket import Comment, Person, Snapshot, StatusCategory

FEWEST_WORDS, LONGEST = 3, 500
_AROUND = " \t,:;-–—(\"“”'*_>)"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
_MENTION = re.compile(r"\[~[^\]]{1,100}\]|@[\w.:-]{1,60}|https?://\S+")
_OPENING = re.compile(
    r"\W*(?:(?:(?:hi|hello|hey)(?: (?:team|all|everyone|there|[A-Z][a-z]+,))?|hm+|well|so|and|but|ok"
    r"|okay|yes|no|thanks|thank you|sorry|just|also|btw)\b\W*)*",
    re.IGNORECASE,
)
_FIGURES = (
    "how are you|how(?:'s| is) it going|how was your|what(?:'s| is) up|how do you do|thoughts|wdyt"
    "|what do you think"
    "|makes? sense|does (?:that|this) make sense|(?:that )?sounds? good|agreed|right|really|seriously|isn't it"
    "|why not|what else|who (?:would|could) have thought|how hard can it be|what could (?:possibly )?go wrong"
    "|what's not to like|you see|see what i did|guess what|know what|remember (?:this|that|when|the last)"
    "|(?:do|would) you mind|anyone|anybody|who knows|you kidding|what did i|anything|ready (?:for|to)|lunch|coffee"
)
# What makes a request to somebody a question about the ticket after all.
_TELL = (
    "say|tell|explain|describe|clarify|specify|elaborate|confirm|define|list|name|give|provide|paste"
    "|attach|reproduce"
    "|add (?:the|an|some|more|details)|show|share|spell|write down|be more|mean|expect|see|need|intend"
    "|get|use|click|try"
)
_WORK = (
    "close|re-?open|schedule|meet|talk|call|discuss|deploy|release|ship|start (?:this|it|on)|begin|move"
    "|estimate|point"
    "|size|prioriti[sz]e|label|join|set up|push|send (?:it|this)|ask|grab|take (?:this|it|over)|do (?:it"
    "|this|that)"
    "|wait|pick|pair|get (?:a|access)|have a|open a|fix (?:it|this)|finish"
)
_DONE = (
    "done|ready|merged|deployed|fixed|released?|live|finish(?:ed)?|working on|on (?:it|this|track|staging)|blocked"
    "|start(?:ed)?|any news|any updates?|good to|in progress|planned|ok|okay|urgent|ship(?:ped)?|available|expect"
    "|get to|look at|free|back|there|wait"
)
_PROCESS = re.compile(
    r"\b(?:branch|merge|pr|pull request|rebase|sprint|repo|repository|pipeline|build|ci|review|standup"
    r"|daily|vacation"
    r"|holiday|meeting|volunteers?|backlog|pair of eyes|make the release|eta|capacity|(?:on|until|by"
    r"|before) (?:monday|tuesday|wednesday"
    r"|thursday|friday)|tomorrow|this week|next week)\b",
    re.IGNORECASE,
)
_SOMEBODY = "someone|somebody|anyone|anybody|everybody|everyone"
# Not about what is meant: who does it and when, a request to act, a greeting, a turn of phrase.
_OTHERS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:{_FIGURES})\b",
        rf"(?:can|could|would|will|do|did|have|are|were) you(?: please| also| maybe| all)* (?!(?:{_TELL})\b)",
        rf"(?:can|could|may|would|will|shall|should) (?:i|we)(?: please| also| maybe| all)* (?:{_WORK})\b",
        r"(?:can|could|may|shall) i ",
        r"shall we ",
        r"(?:did|have) you (?:see|seen|got|get) (?:my|our)\b",
        r"will (?:it|this|that) (?:make|be (?:done|ready|released|live))\b",
        rf"\w+ (?:{_SOMEBODY})\b",
        (
            rf"(?:is|are|was|were) (?:this|it|that|they|these|we|[A-Z][a-z]+)(?: already| still| all)* "
            rf"(?:{_DONE})(?![\w-])"
        ),
        rf"when (?:will|can|could|do|does|is|are)\b.{{1,200}}\b(?:{_DONE})\b",
        (
            r"who (?:is|will|can|could|wants to|would)\b.{1,200}\b(?:work|take|do|review|pick|own|look|test|help"
            r"|assign|demo)"
        ),
        r"any (?:update|news|progress|objection|thought|idea|new|volunteer|blocker|comment)",
        r"(?:what is the |what's the )?status\b",
        r"isn't it\b",
    )
]
_TAG = re.compile(
    r",\s?(?:right|no|yes|ok|okay|isn't it|is it|doesn't it|don't you think|aren't we|won't it|eh|huh)\?+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of somebody, and when the author answered it by a reply or an edit, if at all.

    `explicit` is one that was put by “/unclear”.
    """

    by: Person
    at: datetime
    answered: datetime | None
    explicit: bool = False


def questions(snapshot: Snapshot, talk: Conversation) -> list[Asked]:
    """Every question on a ticket, oldest first: those put by command, and ordinary ones before the work begins."""
    explicit = [Asked(one.by, one.asked, one.answered, explicit=True) for one in talk.questions if one.words]
    return sorted([*explicit, *_ordinary(snapshot)], key=lambda one: one.at)


def _ordinary(snapshot: Snapshot) -> Iterator[Asked]:
    begun = work_began(snapshot)
    own = {one.id for one in (snapshot.author, snapshot.creator) if one}
    for comment in snapshot.comments:
        person = comment.author
        if person is None or comment.ours or person.is_bot or person.id in own:
            continue
        if (begun is None or comment.created < begun) and asks(comment):
            yield Asked(person, comment.created, answered_at(snapshot, person, comment.created))


def work_began(snapshot: Snapshot) -> datetime | None:
    """When the ticket first left the states before the work; None if it has not, or if nobody knows when."""
    if snapshot.status_category is StatusCategory.NEW:
        return None
    known = [change.at for change in snapshot.status_history if change.category not in {None, StatusCategory.NEW}]
    return min(known or [change.at for change in snapshot.status_history], default=None)


def asks(comment: Comment) -> bool:
    """Whether a comment asks for something to be made clear."""
    return any(is_clarifying(sentence) for block in document.prose(comment.body) for sentence in _sentences(block))


def is_clarifying(sentence: str) -> bool:
    """Whether a sentence asks what is meant: it is no greeting, no figure of speech, no request to act."""
    if len(sentence) > LONGEST:
        return False
    bare = _MENTION.sub(" ", sentence).strip(_AROUND)
    bare = bare[_OPENING.match(bare).end() :].strip(_AROUND) if bare else ""  # type: ignore[union-attr]
    if not bare.endswith("?") or len(bare.split()) < FEWEST_WORDS or _TAG.search(bare):
        return False
    return not _PROCESS.search(bare) and not any(other.match(bare) for other in _OTHERS)


def _sentences(block: Block) -> Iterator[str]:
    """The questions in a block's own words; a line that is a command is counted as one."""
    text = block.text
    for low, high in reversed(block.masked):
        text = text[:low] + "…" * (high - low) + text[high:]
    if not text.lstrip(" -*+•\t").startswith("/"):
        yield from (sentence for sentence in _SENTENCE_END.split(text) if "?" in sentence[-3:])
