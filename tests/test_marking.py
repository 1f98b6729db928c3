"""What becomes of the label: every state of a ticket, against how we last left it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.marking import Change, Memory, Now, former_label, label, number_mark, score_mark
from service.policy import Policy
from service.reaction import Facts
from service.verdict import Level, Review

NAME = "needs-clarity"
ON, OFF = Change(NAME, on=True), Change(NAME, on=False)
FRESH = Memory()
PUT_ON = Memory(NAME, on=True, basis="text 1")
TAKEN_OFF = Memory(NAME, on=False, basis="text 1")
FOR_A_QUESTION = Memory(NAME, on=True, asked=True, basis="text 1")


def now(level=Level.UNCLEAR, *, worn=False, basis="text 1", **values):
    given = {
        "labels": ("ui", NAME) if worn else ("ui",),
        "score": 30,
        "level": level,
        "rules": ("no-benefit",),
        "label": NAME,
        "show_score": True,
        "score_field": "customfield_1",
        "welcome": True,
        "asked": False,
        "basis": basis,
    }
    return Now(**given | values)


@pytest.mark.parametrize(
    ("case", "before", "expected"),
    [
        (now(), FRESH, ON),
        (now(worn=True), FRESH, None),
        (now(Level.READY), FRESH, None),
        (now(Level.NEARLY), FRESH, None),
        (now(None, score=None), FRESH, None),
        (now(welcome=False), FRESH, None),
        (now(welcome=False, asked=True), FRESH, ON),
        (now(Level.READY, asked=True), FRESH, ON),
        # As it becomes better.
        (now(Level.NEARLY, worn=True, basis="text 2"), PUT_ON, None),
        (now(Level.READY, worn=True, basis="text 2"), PUT_ON, OFF),
        (now(Level.READY, worn=True, basis="text 2", welcome=False), PUT_ON, OFF),
        (now(Level.NEARLY, worn=True, basis="text 2"), FOR_A_QUESTION, OFF),
        (now(None, score=None, worn=True), FOR_A_QUESTION, OFF),
        (now(Level.UNCLEAR, worn=True), FOR_A_QUESTION, None),
        # What people do has the last word on a text.
        (now(), PUT_ON, None),
        (now(Level.READY, worn=True), TAKEN_OFF, None),
        (now(Level.READY, worn=True), FRESH, None),
        # But not on the next one, nor on the next question.
        (now(basis="text 2"), PUT_ON, ON),
        (now(basis="text 1, question"), PUT_ON, ON),
        (now(Level.READY, worn=True, basis="text 2"), TAKEN_OFF, OFF),
        # A policy may want none any more, or another.
        (now(label=""), PUT_ON, None),
        (now(label="unclear"), PUT_ON, Change("unclear", on=True)),
    ],
)
def test_the_label(case, before, expected):
    change, after = label(case, before)
    assert change == expected
    if change:
        assert (after.on, after.basis) == (change.on, case.basis)


def test_it_is_known_in_whatever_case_a_person_wrote_it():
    case = replace(now(Level.READY, basis="text 2"), labels=("Needs-Clarity",))
    assert label(case, PUT_ON)[0] == Change("Needs-Clarity", on=False)


def test_a_label_that_policy_no_longer_names_is_taken_off_if_it_was_ours():
    assert former_label(now(worn=True, label="unclear"), PUT_ON) == OFF
    assert former_label(now(worn=True, label=""), PUT_ON) == OFF
    assert former_label(now(worn=False, label=""), PUT_ON) is None
    assert former_label(now(worn=True, label=""), TAKEN_OFF) is None
    assert former_label(now(worn=True), PUT_ON) is None


def test_the_score_is_shown_where_it_differs_and_taken_back_where_there_is_none_any_more():
    shown = score_mark(now(), FRESH)
    assert shown
    assert score_mark(now(), replace(FRESH, score=shown)) == shown
    assert score_mark(now(score=31), replace(FRESH, score=shown)) != shown
    assert score_mark(now(None, score=None), replace(FRESH, score=shown)) not in ("", shown)
    assert score_mark(now(None, score=None), FRESH) == ""
    assert score_mark(now(show_score=False), replace(FRESH, score="old")) == "old"
    assert number_mark(now(), FRESH) == "customfield_1=30"
    assert number_mark(now(score=None), FRESH) == ""
    assert number_mark(now(score_field=""), replace(FRESH, number="old")) == "old"


def test_a_service_desks_ticket_is_let_alone_unless_turned_on():
    policy = Policy(label=NAME, show_score=True, score_field="customfield_1")
    review = Review(30, Level.UNCLEAR, "", (), "rules", "text")
    facts = Facts(connected_at=0, created=1, text_changed=1, service_desk=True)
    alone = Now.of((), review, policy, facts, ["a question"])
    assert (alone.label, alone.show_score, alone.score_field) == ("", False, "")
    turned_on = Now.of((), review, replace(policy, service_desk=True), facts, [])
    assert (turned_on.label, turned_on.show_score, turned_on.welcome) == (NAME, True, True)


def test_where_nobody_may_be_spoken_to_there_is_no_welcome():
    review = Review(30, Level.UNCLEAR, "", (), "rules", "text")
    facts = Facts(connected_at=0, created=1, text_changed=1)
    assert Now.of((), review, Policy(), facts, []).welcome
    assert not Now.of((), review, Policy(quiet=True), facts, []).welcome
    assert not Now.of((), review, Policy(silence="an import"), facts, []).welcome
    assert not Now.of((), review, Policy(), replace(facts, author_is_bot=True), []).welcome


def test_memory_survives_its_writing_and_what_other_versions_add():
    assert Memory.read(PUT_ON.plain()) == PUT_ON
    assert Memory.read({}) == FRESH
    assert Memory.read({"label": NAME, "colour": "red"}) == Memory(NAME)


states = st.builds(
    now,
    st.sampled_from([*Level, None]),
    worn=st.booleans(),
    basis=st.sampled_from(["text 1", "text 2"]),
    welcome=st.booleans(),
    asked=st.booleans(),
    label=st.sampled_from([NAME, "unclear", ""]),
)
memories = st.builds(
    Memory,
    st.sampled_from([NAME, "unclear", ""]),
    on=st.booleans(),
    asked=st.booleans(),
    basis=st.sampled_from(["", "text 1", "text 2"]),
)


@given(states, memories)
def test_done_once_there_is_nothing_more_to_do(case, before):
    """Also for whoever dies between the change and its being remembered."""
    change, after = label(case, before)
    labels = case.labels
    if change:
        labels = tuple(one for one in labels if one != change.label) + ((change.label,) if change.on else ())
    settled = replace(case, labels=labels)
    assert label(settled, after) == (None, after)
    if change:
        assert label(settled, before) == (None, after)


@given(states, memories)
def test_a_person_who_undoes_it_is_not_fought(case, before):
    change, after = label(case, before)
    if change:
        assert label(case, after)[0] is None
