"""Review and conversation → comment tree: one short comment that a colleague could have written. Pure.

The shape: where the ticket stands and what was mended; people's open questions; at most three points, the one that
gains most first, each with the words quoted, why they matter and what would pass; answers to what people asked; a
last line that says who speaks. A ready ticket that nobody asks about gets one line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.coaching import NO_DEPTHS, Depth
from service.comment import CommentTree, Inline, Item, Items, Link, Node, Paragraph, Quoted, Snippet, Words
from service.phrases import first_sentence, in_words, listed, quoting
from service.talk import NO_TALK, NONE, Talk
from service.verdict import Exemplar, Finding, Level, Review, Suggestion

SIGNATURE = "Ticket Clarity · "
SHOWN_POINTS = 3
SHOWN_QUOTES = 3
NAMED_MENDED = 3

_LEVELS = {Level.READY: "ready", Level.NEARLY: "nearly ready", Level.UNCLEAR: "not clear yet"}
_FOOTER = (
    "checked by fixed rules on your own server. Edit the ticket and this comment is updated; "
    "“/clarity help” in a comment says what else it can do."
)
_ANSWERED = "“/clarity help” in a comment says what else it can do."
_MARKUP = "*_~`+ \t\r\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What we said on a ticket before.

    `state` is none, intended, posted, deleted (by a person) or withdrawn (by us). `comment_hash` is the
    `fingerprint` of what we spoke about, `text_hash` names its text, `rules` all rules it found.
    """

    state: str = "none"
    comment_hash: str = ""
    text_hash: str = ""
    score: int | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """All findings of one rule, and what the score would rise by without any of them."""

    findings: tuple[Finding, ...]
    gain: int

    @property
    def rule(self) -> str:
        """Which rule."""
        return self.findings[0].rule

    @property
    def quotes(self) -> tuple[str, ...]:
        """The distinct words found, in the ticket's order, without the markup at their ends."""
        quotes: dict[str, str] = {}
        for finding in self.findings:
            quote = finding.quote.strip(_MARKUP)
            quotes.setdefault(quote.casefold(), quote)
        return tuple(quote for quote in quotes.values() if quote)


def compose(
    review: Review,
    said: Said | None = None,
    talk: Talk = NO_TALK,
    *,
    points: bool = True,
    depths: Mapping[str, Depth] = NO_DEPTHS,
    welcome: Sequence[Node] = (),
) -> CommentTree:
    """The comment for a review and a conversation, telling what changed since `said`.

    `depths` says how much to say about a rule that the author knows; all of it about any other. `welcome` opens a
    comment about a ticket that is not ready. Without `points` it is about the conversation alone. Raises
    ValueError where there is nothing to say.
    """
    if review.score is None or review.level is None or not points:
        if not talk:
            raise ValueError("neither a score nor a conversation: there is nothing to say")
        return CommentTree((*talk.questions, *talk.notes, _signed(_ANSWERED)))
    if review.level is Level.READY and not talk:
        return CommentTree((Paragraph((Words(SIGNATURE), *_standing(review, said, name=""))),))
    opening = () if review.level is Level.READY else welcome
    return CommentTree((*opening, *_about(review, said, talk, depths), *talk.notes, _signed(_FOOTER)))


def _about(review: Review, said: Said | None, talk: Talk, depths: Mapping[str, Depth]) -> Iterator[Node]:
    """Where the ticket stands, the open questions and the points."""
    standing = _standing(review, said, name="Clarity ")
    if review.level is Level.READY:
        yield from (Paragraph(standing), *talk.questions)
        return
    found = points_of(review)
    shown, counted = _by_depth(found[:SHOWN_POINTS], depths)
    lead_in = Words(_lead_in(len(shown), len(found) - len(counted)))
    if talk.questions:
        yield from (Paragraph(standing), *talk.questions, Paragraph((Words(lead_in.text.strip()),)))
    else:
        yield Paragraph((*standing, lead_in))
    yield Items(tuple(_item(point, review, depths) for point in shown))
    yield from _known_well(counted)
    yield from _remainder(len(found) - len(shown) - len(counted), review.unread)


def _by_depth(points: Sequence[Point], depths: Mapping[str, Depth]) -> tuple[list[Point], list[Point]]:
    """What is said of them, and what is only counted: never all of them, as a comment has to say something."""
    shown = [point for point in points if depths.get(point.rule) is not Depth.COUNT] or list(points)
    return shown, [point for point in points if point not in shown]


def _known_well(points: Sequence[Point]) -> Sequence[Paragraph]:
    """The slips of somebody who has mastered these."""
    if not points:
        return []
    slips = listed([in_words(point.rule) for point in points], most=SHOWN_POINTS)
    slip = "a slip" if len(points) == 1 else "slips"
    return [Paragraph((Words(f"And {slip} in what you usually do right: {slips}."),))]


def _signed(words: str) -> Paragraph:
    return Paragraph((Words(SIGNATURE + words, emphasis=True),))


def fingerprint(review: Review, talk: Talk = NO_TALK, *, points: bool = True) -> str:
    """A name for all that a comment would say, but for what it says about the time before.

    Its first half is about the review, its second about the conversation: see `halves`. Where two are the same, no
    edit is needed between them. "" where there is nothing to say.
    """
    if review.score is None or not points:
        return NONE + talk.hash if talk else ""
    about = hashlib.sha256(repr(compose(review)).encode(errors="surrogatepass")).hexdigest()
    return about[:32] + talk.hash


def halves(fingerprint: str) -> tuple[str, str]:
    """What a fingerprint says of the review, and of the conversation."""
    return fingerprint[:32], fingerprint[32:]


def points_of(review: Review) -> tuple[Point, ...]:
    """The findings as points, one a rule, the one that gains most first."""
    groups: dict[str, list[Finding]] = {}
    for finding in review.findings:
        groups.setdefault(finding.rule, []).append(finding)
    points = [
        Point(tuple(found), review.gains.get(rule, max(finding.gain for finding in found)))
        for rule, found in groups.items()
    ]
    return tuple(sorted(points, key=lambda point: (-point.gain, -sum(f.points for f in point.findings))))


def shown_rules(review: Review) -> tuple[str, ...]:
    """The rules that a comment about this review speaks of."""
    if review.score is None or review.level is Level.READY:
        return ()
    return tuple(point.rule for point in points_of(review)[:SHOWN_POINTS])


def _standing(review: Review, said: Said | None, *, name: str) -> tuple[Inline, ...]:
    """“Clarity 64 → 88 of 100: nearly ready.” and what was mended, named."""
    before = said.score if said else None
    change = "" if before is None or before == review.score else f"{before} → "
    level = _LEVELS[review.level] if review.level else ""
    words = Words(f"{name}{change}{review.score} of 100: {level}.", strong=True)
    mended = _mended(review, said)
    return (words, Words(f" Mended: {mended}.")) if mended else (words,)


def _mended(review: Review, said: Said | None) -> str:
    """What was found before and passes now, in words; lost words that lower the score earn no praise."""
    if said is None or (said.score or 0) > (review.score or 0):
        return ""
    names = [review.passed[rule] or in_words(rule) for rule in said.rules if rule in review.passed]
    return listed(list(dict.fromkeys(names)), most=NAMED_MENDED)


def _lead_in(shown: int, found: int) -> str:
    count = ("Nothing", "One thing", "Two things", "Three things")[shown]
    return f" {count} would help{' most' if found > shown else ''}:"


def _item(point: Point, review: Review, depths: Mapping[str, Depth]) -> Item:
    first = point.findings[0]
    suggestion, exemplar = review.suggestions.get(point.rule), review.exemplars.get(point.rule)
    quote = point.quotes[0] if point.quotes else ""
    head = (*_gain(point.gain), *quoting(first.message, quote, strong=True), *_further(point))
    if depths.get(point.rule, Depth.EXPLAIN) is not Depth.EXPLAIN:
        return Item((Paragraph(head),))
    why, good = first_sentence(first.why), _good(exemplar)
    if suggestion is not None:
        return Item((Paragraph(head), *_instead(why, suggestion), *good))
    advice = " ".join(part for part in (why, first.coach.strip()) if part)
    return Item((Paragraph(head), *([Paragraph((Words(advice),))] if advice else []), *good))


def _good(exemplar: Exemplar | None) -> tuple[Paragraph, ...]:
    if exemplar is None:
        return ()
    return (Paragraph((Words("A good one from your project: "), Link(exemplar.key, exemplar.url), Words("."))),)


def _instead(why: str, suggestion: Suggestion) -> tuple[Paragraph | Snippet, ...]:
    """Why, and what would pass in the ticket's own words."""
    lead = f"{why} {suggestion.lead}"
    if suggestion.block:
        return Paragraph((Words(lead),)), Snippet(suggestion.text)
    return (Paragraph((Words(f"{lead} "), Quoted(suggestion.text, whole=True))),)


def _further(point: Point) -> tuple[Inline, ...]:
    """The group's other quotes, and how many there are beyond those shown."""
    others = point.quotes[1:]
    shown = others[: SHOWN_QUOTES - 1]
    if not shown:
        return ()
    parts: list[Inline] = [Words(" Also ")]
    for position, quote in enumerate(shown):
        parts += [Words(", ")] * bool(position) + [Quoted(quote)]
    rest = len(others) - len(shown)
    return (*parts, Words(f" and {rest} more." if rest else "."))


def _gain(gain: int) -> tuple[Inline, ...]:
    return (Words(f"+{gain} · ", strong=True),) if gain > 0 else ()


def _remainder(more: int, unread: int) -> Sequence[Paragraph]:
    """What is not shown, and what was not read."""
    told = []
    if more:
        told.append("One smaller point can wait." if more == 1 else f"{more} smaller points can wait.")
    if unread:
        told.append(f"The ticket is very long; {unread:,} characters of it were not read.")
    return [Paragraph((Words(" ".join(told)),))] if told else []
