"""When we speak, edit, take back and keep silent."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from service.comment import Paragraph, Words
from service.feedback import fingerprint
from service.policy import Policy
from service.reaction import Action, CommentState, Decision, Facts, Said, react
from service.resting import Edits
from service.talk import NO_TALK, Talk
from service.ticket import Comment, Kind, Person, Snapshot, StatusCategory, Text, Ticket
from tests.reviews import absent, abstention, found, review

NO_CRITERIA = absent("no-acceptance-criteria", 24)
UNCLEAR = review(64, NO_CRITERIA, found("unmeasured-quality", "fast", 8))
WORSE = review(
    48, NO_CRITERIA, found("unmeasured-quality", "fast", 8), found("open-ended-list", "etc.", 16), text="text 2"
)
READY = review(92, found("unmeasured-quality", "fast", 8), text="text 2")
SAME_WORDS = replace(UNCLEAR, text_hash="text 2")
UNREADABLE = abstention("text 2")

NEW = Facts(connected_at=100, created=200, text_changed=200, status="To Do")
SEEN = replace(NEW, comment_seen=True)
PATIENT = Policy(debounce=90, max_wait=600)
WRITING = Edits(at=1000, saved=998, unanswered=700)
OLD = replace(NEW, created=50, text_changed=60)
OLD_SEEN = replace(OLD, comment_seen=True)
NOTHING_SAID = Said()
SAID = Said("posted", fingerprint(UNCLEAR), "text 1", 64, ("no-acceptance-criteria", "unmeasured-quality"))
UNSURE = replace(SAID, comment_hash="")
INTENDED = Said("intended")
DELETED = replace(SAID, state="deleted")
WITHDRAWN = Said("withdrawn", "", "text 1", 64, ("no-acceptance-criteria",))
SPEAK = Policy()

BOT = {"author_is_bot": True}
OUT = {"author_opted_out": True}
DESK = {"service_desk": True}
DONE = {"status_category": StatusCategory.DONE}
KEEP, BEGUN = Policy(withdrawn_categories=frozenset()), frozenset({StatusCategory.IN_PROGRESS})


CASES = {
    # What a first comment needs.
    "a ticket created since we connected": (NOTHING_SAID, UNCLEAR, SPEAK, NEW, "post"),
    "an old ticket whose text changed since": (
        NOTHING_SAID,
        UNCLEAR,
        SPEAK,
        replace(OLD, text_changed=100),
        "post",
    ),
    "an old ticket": (NOTHING_SAID, UNCLEAR, SPEAK, OLD, "silence"),
    "ready from the start": (NOTHING_SAID, READY, SPEAK, NEW, "silence"),
    "no score": (NOTHING_SAID, UNREADABLE, SPEAK, NEW, "silence"),
    # Automatic silence starts nothing, and lets nothing stand that no longer holds.
    "one of an import": (NOTHING_SAID, UNCLEAR, replace(SPEAK, silence="an import"), NEW, "silence"),
    "one of a bulk edit": (SAID, WORSE, replace(SPEAK, silence="a bulk edit"), SEEN, "update"),
    # Who is spoken to, and where.
    "a bot's ticket": (NOTHING_SAID, UNCLEAR, SPEAK, replace(NEW, **BOT), "silence"),
    "an author who opted out": (NOTHING_SAID, UNCLEAR, SPEAK, replace(NEW, **OUT), "silence"),
    "a service desk": (NOTHING_SAID, UNCLEAR, SPEAK, replace(NEW, **DESK), "silence"),
    "a service desk that wants it": (
        NOTHING_SAID,
        UNCLEAR,
        Policy(service_desk=True),
        replace(NEW, **DESK),
        "post",
    ),
    "quiet": (NOTHING_SAID, UNCLEAR, Policy(quiet=True), NEW, "silence"),
    "a silent kind": (NOTHING_SAID, UNCLEAR, Policy(silent_kinds=frozenset({Kind.STORY})), NEW, "silence"),
    "another kind is silent": (NOTHING_SAID, UNCLEAR, Policy(silent_kinds=frozenset({Kind.EPIC})), NEW, "post"),
    "a silent status": (NOTHING_SAID, UNCLEAR, Policy(silent_statuses=frozenset({"to do"})), NEW, "silence"),
    "a ticket that is done": (NOTHING_SAID, UNCLEAR, SPEAK, replace(NEW, **DONE), "silence"),
    # Our comment stands.
    "the same text": (SAID, UNCLEAR, SPEAK, SEEN, "silence"),
    "the same text under another rulebook": (SAID, replace(WORSE, text_hash="text 1"), SPEAK, SEEN, "silence"),
    "the same text under another policy": (SAID, UNCLEAR, Policy(ready=95, nearly=90), SEEN, "silence"),
    "another text, the same words about it": (SAID, SAME_WORDS, SPEAK, SEEN, "silence"),
    "worse": (SAID, WORSE, SPEAK, SEEN, "update"),
    "mended": (SAID, READY, SPEAK, SEEN, "update"),
    "the same text, but a write may be unfinished": (UNSURE, UNCLEAR, SPEAK, SEEN, "update"),
    "a comment that we do not remember": (NOTHING_SAID, UNCLEAR, SPEAK, SEEN, "update"),
    "a comment that we do not remember, on an old ticket": (NOTHING_SAID, UNCLEAR, SPEAK, OLD_SEEN, "silence"),
    # The ticket is closed: our comment goes, as policy has it.
    "done since": (SAID, UNCLEAR, SPEAK, replace(SEEN, **DONE), "withdraw"),
    "done since, and what is done is spoken of": (
        SAID,
        UNCLEAR,
        Policy(silent_categories=frozenset()),
        replace(SEEN, **DONE),
        "silence",
    ),
    "begun, where policy takes it back then": (
        SAID,
        UNCLEAR,
        Policy(silent_categories=BEGUN, withdrawn_categories=BEGUN),
        replace(SEEN, status_category=StatusCategory.IN_PROGRESS),
        "withdraw",
    ),
    # Our comment stands where we may not speak: left while it is true.
    "done since, and kept by policy": (SAID, UNCLEAR, KEEP, replace(SEEN, **DONE), "silence"),
    "done, and edited to the same effect": (SAID, SAME_WORDS, KEEP, replace(SEEN, **DONE), "silence"),
    "done, and mended": (SAID, READY, KEEP, replace(SEEN, **DONE), "withdraw"),
    "quiet since": (SAID, UNCLEAR, Policy(quiet=True), SEEN, "silence"),
    "a kind that is left out since": (
        SAID,
        UNCLEAR,
        Policy(silent_kinds=frozenset({Kind.STORY})),
        SEEN,
        "silence",
    ),
    "an import around it": (SAID, UNCLEAR, Policy(silence="an import"), SEEN, "silence"),
    "mended by a bot": (SAID, READY, SPEAK, replace(SEEN, **BOT), "withdraw"),
    "mended by someone who opted out": (SAID, READY, SPEAK, replace(SEEN, **OUT), "withdraw"),
    "mended while quiet": (SAID, READY, Policy(quiet=True), SEEN, "withdraw"),
    "moved to a service desk and mended": (SAID, READY, SPEAK, replace(SEEN, **DESK), "withdraw"),
    "no longer readable": (SAID, UNREADABLE, SPEAK, SEEN, "withdraw"),
    "perhaps unfinished, and done": (UNSURE, UNCLEAR, KEEP, replace(SEEN, **DONE), "silence"),
    "perhaps unfinished, edited and done": (UNSURE, READY, KEEP, replace(SEEN, **DONE), "withdraw"),
    # A comment was about to be written when we were stopped.
    "intended, and there": (INTENDED, UNCLEAR, SPEAK, SEEN, "update"),
    "intended, and not there": (INTENDED, UNCLEAR, SPEAK, NEW, "post"),
    "intended for this very text, and not there": (
        replace(INTENDED, text_hash="text 1"),
        UNCLEAR,
        SPEAK,
        NEW,
        "post",
    ),
    "intended, and ready by now": (INTENDED, READY, SPEAK, NEW, "silence"),
    "intended, and quiet by now": (INTENDED, UNCLEAR, Policy(quiet=True), NEW, "silence"),
    # Our comment shows a good ticket that may not be shown any more.
    "a retracted example": (SAID, UNCLEAR, SPEAK, replace(SEEN, retracted=True), "update"),
    "a retracted example, and the ticket is ready": (SAID, READY, SPEAK, replace(SEEN, retracted=True), "update"),
    "a retracted example, done since": (SAID, UNCLEAR, SPEAK, replace(SEEN, retracted=True, **DONE), "withdraw"),
    "a retracted example, perhaps unfinished, and quiet": (
        UNSURE,
        UNCLEAR,
        Policy(quiet=True),
        replace(SEEN, retracted=True),
        "withdraw",
    ),
    "a retracted example in a comment that a person deleted": (
        SAID,
        UNCLEAR,
        SPEAK,
        replace(NEW, retracted=True),
        "silence",
    ),
    # The author is still writing, or has written for long enough.
    "still writing a new ticket": (NOTHING_SAID, UNCLEAR, PATIENT, replace(NEW, edits=WRITING), "silence"),
    "still writing under our comment": (SAID, WORSE, PATIENT, replace(SEEN, edits=WRITING), "silence"),
    "mended, and still writing": (SAID, READY, PATIENT, replace(SEEN, edits=WRITING), "silence"),
    "stopped a second ago": (
        NOTHING_SAID,
        UNCLEAR,
        PATIENT,
        replace(NEW, edits=Edits(at=1000, saved=910, unanswered=700)),
        "post",
    ),
    "about to stop": (
        NOTHING_SAID,
        UNCLEAR,
        PATIENT,
        replace(NEW, edits=Edits(at=1000, saved=910.5, unanswered=700)),
        "silence",
    ),
    "still writing after the longest wait": (
        NOTHING_SAID,
        UNCLEAR,
        PATIENT,
        replace(NEW, edits=replace(WRITING, unanswered=400)),
        "post",
    ),
    "still writing a moment before the longest wait": (
        NOTHING_SAID,
        UNCLEAR,
        PATIENT,
        replace(NEW, edits=replace(WRITING, unanswered=400.5)),
        "silence",
    ),
    "still writing, in a project that does not wait": (
        NOTHING_SAID,
        UNCLEAR,
        replace(PATIENT, debounce=0),
        replace(NEW, edits=WRITING),
        "post",
    ),
    "still writing, in a project that waits for less": (
        NOTHING_SAID,
        UNCLEAR,
        replace(PATIENT, debounce=2),
        replace(NEW, edits=WRITING),
        "post",
    ),
    "never saved, as far as we know": (NOTHING_SAID, UNCLEAR, PATIENT, NEW, "post"),
    "saved tomorrow, by a clock that was set back": (
        NOTHING_SAID,
        UNCLEAR,
        PATIENT,
        replace(NEW, edits=replace(WRITING, saved=90_000)),
        "post",
    ),
    "saved in a moment, by a tracker's clock": (
        NOTHING_SAID,
        UNCLEAR,
        PATIENT,
        replace(NEW, edits=replace(WRITING, saved=1003)),
        "silence",
    ),
    "closed while writing": (SAID, UNCLEAR, PATIENT, replace(SEEN, edits=WRITING, **DONE), "withdraw"),
    "still writing, and no longer readable": (SAID, UNREADABLE, PATIENT, replace(SEEN, edits=WRITING), "silence"),
    "still writing under a retracted example": (
        SAID,
        UNCLEAR,
        PATIENT,
        replace(SEEN, retracted=True, edits=WRITING),
        "update",
    ),
    "intended, and still writing": (INTENDED, UNCLEAR, PATIENT, replace(NEW, edits=WRITING), "silence"),
    # Taken away.
    "a person deleted it": (DELETED, WORSE, SPEAK, NEW, "silence"),
    "a person deleted it, as we see now": (SAID, WORSE, SPEAK, NEW, "silence"),
    "deleted, though another of ours is there": (DELETED, WORSE, SPEAK, SEEN, "silence"),
    "withdrawn, and the same text": (WITHDRAWN, UNCLEAR, SPEAK, NEW, "silence"),
    "withdrawn, and edited": (WITHDRAWN, WORSE, SPEAK, NEW, "post"),
    "withdrawn, edited and ready": (WITHDRAWN, READY, SPEAK, NEW, "silence"),
    "withdrawn, but still there": (replace(SAID, state="withdrawn"), UNREADABLE, SPEAK, SEEN, "withdraw"),
    # A text that we chose to be silent about.
    "settled in silence": (Said(text_hash="text 1"), UNCLEAR, SPEAK, NEW, "silence"),
    "settled in silence, and edited": (Said(text_hash="text 1"), WORSE, SPEAK, NEW, "post"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_our_comment(case):
    said, about, policy, facts, action = CASES[case]
    decision = react(said, about, policy, facts)
    assert decision.action == action, decision.reason
    assert decision.reason


@pytest.mark.parametrize(
    ("edits", "reason", "again"),
    [
        (WRITING, "the author is still writing; last edit 2 seconds ago", 1088),
        (
            replace(WRITING, saved=999.2),
            "the author is still writing; last edit 1 second ago",
            pytest.approx(1089.2),
        ),
        (replace(WRITING, saved=1003), "the author is still writing; last edit 0 seconds ago", 1093),
        (replace(WRITING, unanswered=450), "the author is still writing; last edit 2 seconds ago", 1050),
        (replace(WRITING, unanswered=0), "the author is still writing; last edit 2 seconds ago", 1088),
    ],
)
def test_who_is_still_writing_is_waited_for(edits, reason, again):
    decision = react(NOTHING_SAID, UNCLEAR, PATIENT, replace(NEW, edits=edits))
    assert decision == Decision(Action.SILENCE, reason, settled=False, again=again)


def test_how_long_we_wait_judges_nothing():
    assert PATIENT.hash == SPEAK.hash


@pytest.mark.parametrize(
    ("about", "policy"), [(READY, PATIENT), (UNCLEAR, replace(PATIENT, quiet=True)), (UNREADABLE, PATIENT)]
)
def test_nobody_is_waited_for_where_nothing_would_be_said(about, policy):
    decision = react(NOTHING_SAID, about, policy, replace(NEW, edits=WRITING))
    assert decision == react(NOTHING_SAID, about, policy, NEW)


ASKED = Talk(questions=(Paragraph((Words("An open question"),)),))
LEFT_OUT = Talk(notes=(Paragraph((Words("Left out on this ticket:"),)),))
SAID_LEFT_OUT = replace(SAID, comment_hash=fingerprint(UNCLEAR, LEFT_OUT))
SAID_ASKED = replace(SAID, comment_hash=fingerprint(UNCLEAR, ASKED))
SAID_ASKED_ALONE = replace(SAID, comment_hash=fingerprint(UNCLEAR, ASKED, points=False))

# With a conversation: what we do, and whether the comment speaks of the review too.
TALKS = {
    "a question on a new ticket": (NOTHING_SAID, UNCLEAR, SPEAK, NEW, ASKED, ("post", True)),
    "a question on a ready ticket": (NOTHING_SAID, READY, SPEAK, NEW, ASKED, ("post", True)),
    "a question on an old ticket": (NOTHING_SAID, UNCLEAR, SPEAK, OLD, ASKED, ("post", False)),
    "a question while quiet": (NOTHING_SAID, UNCLEAR, Policy(quiet=True), NEW, ASKED, ("post", False)),
    "a question on a bot's ticket": (NOTHING_SAID, UNCLEAR, SPEAK, replace(NEW, **BOT), ASKED, ("post", False)),
    "a question on a ticket without a score": (NOTHING_SAID, UNREADABLE, SPEAK, NEW, ASKED, ("post", False)),
    "a question in an import": (NOTHING_SAID, UNCLEAR, Policy(silence="an import"), NEW, ASKED, ("post", False)),
    "a question on a service desk": (NOTHING_SAID, UNCLEAR, SPEAK, replace(NEW, **DESK), ASKED, ("silence", True)),
    "a question after a person deleted our comment": (DELETED, UNCLEAR, SPEAK, NEW, ASKED, ("silence", True)),
    "a question where our comment stands": (SAID, UNCLEAR, SPEAK, SEEN, ASKED, ("update", True)),
    "a question where it stands, quiet by now": (SAID, UNCLEAR, Policy(quiet=True), SEEN, ASKED, ("update", False)),
    "nothing new about the question": (SAID_ASKED, UNCLEAR, SPEAK, SEEN, ASKED, ("silence", True)),
    "an edit beside an open question": (SAID_ASKED, WORSE, SPEAK, SEEN, ASKED, ("update", True)),
    "closed with an open question": (SAID_ASKED, UNCLEAR, SPEAK, replace(SEEN, **DONE), ASKED, ("silence", True)),
    "a question on a ticket that is closed": (SAID, UNCLEAR, SPEAK, replace(SEEN, **DONE), ASKED, ("update", False)),
    "closed, and the question is settled": (SAID_ASKED, UNCLEAR, SPEAK, replace(SEEN, **DONE), NO_TALK, ("withdraw", True)),
    "closed, and a rule was left out": (SAID_LEFT_OUT, UNCLEAR, SPEAK, replace(SEEN, **DONE), LEFT_OUT, ("withdraw", True)),
    "the same after a rule was left out": (SAID_LEFT_OUT, UNCLEAR, SPEAK, SEEN, LEFT_OUT, ("silence", True)),
    "the question is settled": (SAID_ASKED, UNCLEAR, SPEAK, SEEN, NO_TALK, ("update", True)),
    "settled where we may not speak": (SAID_ASKED_ALONE, UNCLEAR, Policy(quiet=True), SEEN, NO_TALK, ("withdraw", True)),
    "a question while the author writes": (SAID, UNCLEAR, PATIENT, replace(SEEN, edits=WRITING), ASKED, ("silence", True)),
    "nothing new where we may not speak": (SAID_ASKED_ALONE, UNCLEAR, Policy(quiet=True), SEEN, ASKED, ("silence", True)),
}  # fmt: skip


@pytest.mark.parametrize("case", TALKS)
def test_who_asks_is_answered(case):
    said, about, policy, facts, talk, expected = TALKS[case]
    decision = react(said, about, policy, facts, talk)
    assert (decision.action, decision.points) == expected, decision.reason


@pytest.mark.parametrize("facts", [NEW, SEEN], ids=["post", "update"])
def test_a_service_desk_is_spoken_to_in_private(facts):
    policy = Policy(service_desk=True)
    assert react(NOTHING_SAID, UNCLEAR, policy, replace(facts, service_desk=True)).internal
    assert not react(NOTHING_SAID, UNCLEAR, policy, facts).internal


def test_a_draft_is_spoken_to_once_it_leaves_its_silent_status():
    policy = Policy(silent_statuses=frozenset({"draft"}))
    draft = react(NOTHING_SAID, UNCLEAR, policy, replace(NEW, status="Draft"))
    assert draft == Decision(Action.SILENCE, draft.reason, settled=False)
    assert react(NOTHING_SAID, UNCLEAR, policy, replace(NEW, status="To Do")).action is Action.POST


@pytest.mark.parametrize(
    "decision",
    [
        react(NOTHING_SAID, UNCLEAR, Policy(quiet=True), NEW),
        react(NOTHING_SAID, READY, SPEAK, NEW),
        react(SAID, UNCLEAR, SPEAK, SEEN),
        react(NOTHING_SAID, UNCLEAR, SPEAK, NEW),
    ],
)
def test_all_else_settles_a_text(decision):
    assert decision.settled


SAIDS = [NOTHING_SAID, SAID, UNSURE, INTENDED, DELETED, WITHDRAWN, Said(text_hash="text 1")]
REVIEWS = [UNCLEAR, WORSE, READY, SAME_WORDS, UNREADABLE, abstention()]
POLICIES = [SPEAK, Policy(quiet=True), Policy(service_desk=True), Policy(silent_kinds=frozenset({Kind.STORY}))]
FACTS = [
    replace(base, author_is_bot=bot, author_opted_out=out, service_desk=desk, status_category=category)
    for base in (NEW, SEEN, OLD, OLD_SEEN)
    for bot, out, desk, category in product((False, True), (False, True), (False, True), StatusCategory)
]
EVERY = list(product(SAIDS, REVIEWS, POLICIES, FACTS))


def spoken(said, about, policy, facts):
    return react(said, about, policy, facts).action in {Action.POST, Action.UPDATE}


def test_every_combination_keeps_the_promises():
    for said, about, policy, facts in EVERY:
        decision = react(said, about, policy, facts)
        case = (said, about, policy, facts, decision)
        if said.state == CommentState.DELETED or (said.state == CommentState.POSTED and not facts.comment_seen):
            assert decision.action is Action.SILENCE, case
        if decision.action is Action.POST:
            assert not facts.comment_seen, case
            assert about.level != "ready", case
        if decision.action in {Action.UPDATE, Action.WITHDRAW}:
            assert facts.comment_seen, case
        if facts.author_is_bot or facts.author_opted_out or policy.quiet or about.score is None:
            assert not spoken(said, about, policy, facts), case
        if facts.service_desk and not policy.service_desk:
            assert not spoken(said, about, policy, facts), case
        if facts.service_desk and spoken(said, about, policy, facts):
            assert decision.internal, case
        if facts.status_category is StatusCategory.DONE or Kind.STORY in policy.silent_kinds:
            assert not (spoken(said, about, policy, facts) and about.kind), case


def test_nothing_stale_stays_and_a_repetition_changes_nothing():
    for said, about, policy, facts in EVERY:
        decision = react(said, about, policy, facts)
        if (
            decision.action is Action.SILENCE
            and facts.comment_seen
            and said.comment_hash
            and said.state == "posted"
        ):
            assert said.text_hash == about.text_hash or said.comment_hash == fingerprint(about)
        after = remembered(said, about, decision)
        stands = decision.action in {Action.POST, Action.UPDATE} or (
            facts.comment_seen and decision.action is Action.SILENCE
        )
        again = react(after, about, policy, replace(facts, comment_seen=stands))
        assert again.action is Action.SILENCE, (said, about, policy, facts, decision, again)


def remembered(said, about, decision):
    """What the reconciler keeps of a decision that was carried out."""
    said = replace(said, text_hash=about.text_hash) if decision.settled else said
    if decision.action is Action.WITHDRAW:
        return replace(said, state="withdrawn", comment_hash="")
    if decision.action is Action.SILENCE:
        return said
    return Said("posted", fingerprint(about), about.text_hash, about.score, tuple(f.rule for f in about.findings))


def test_facts_are_read_from_a_snapshot():
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    ours = Comment("9", None, Text("…"), at, ours=True)
    snapshot = Snapshot(
        ticket=Ticket("1", "Export", status="In Review"),
        key="WEB-1",
        url="",
        created=at,
        text_changed=at.replace(hour=13),
        author=Person("bot-7", is_bot=True),
        status_category=StatusCategory.IN_PROGRESS,
        service_desk=True,
        comments=(ours,),
    )
    assert Facts.of(snapshot, connected_at=5.0, opted_out=True) == Facts(
        connected_at=5.0,
        created=at.timestamp(),
        text_changed=at.timestamp() + 3600,
        status="In Review",
        status_category=StatusCategory.IN_PROGRESS,
        service_desk=True,
        author_is_bot=True,
        author_opted_out=True,
        comment_seen=True,
    )
    unknown = Facts.of(replace(snapshot, author=None, comments=()), connected_at=5.0)
    assert unknown == Facts(
        5.0, at.timestamp(), at.timestamp() + 3600, "In Review", StatusCategory.IN_PROGRESS, True
    )
