"""The kinds of pattern that wording rules need beyond word lists: references, acronyms, length."""

from dataclasses import replace
from itertools import combinations

import pytest

from service import rulebook
from service.matchers._guard import touches
from service.policy import Policy
from service.review import Reviewer
from service.rulefile import RuleFileError
from service.ticket import Kind, Markup, Text, Ticket

RULE = """\
id: tested
title: Tested
applies_to: any
severity: hint
dimension: precision
weight: 2
find: {find}
message: Found.
why: It is a test.
coach: Nothing.
"""
POINTS = """\
id: points
title: Points
find:
  references: {pronouns: [it, they, this], determiners: [this, such, other], known: [ticket]}
"""
LOUD = "id: loud\ntitle: Loud\nfind: {phrase: {any_of: [loud], by: lower}}\n"


@pytest.fixture
def found(tmp_path, nlp):
    """The words that a pattern finds, in the order of the text."""

    def find(pattern, description, *, title="A title"):
        (tmp_path / "signals").mkdir(exist_ok=True)
        (tmp_path / "signals" / "points.yaml").write_text(POINTS, encoding="utf-8")
        (tmp_path / "signals" / "loud.yaml").write_text(LOUD, encoding="utf-8")
        (tmp_path / "tested.yaml").write_text(RULE.replace("{find}", pattern), encoding="utf-8")
        ticket = Ticket("1", title, Text(description, Markup.MARKDOWN), kind=Kind.STORY)
        findings = Reviewer(rulebook.read_folders([tmp_path]), nlp).review(ticket, Policy()).findings
        return [f.quote for f in sorted(findings, key=lambda f: (f.field != "title", f.start))]

    return find


REFERENCES = "{references: {pronouns: [it, they, this], determiners: [this, such, other], known: [ticket], unless_after: [so that]}}"
POINTING = [
    ("Ring this bell twice.", ["this bell"]),
    ("The bell rings when this bell is pressed.", []),
    ("Ring such bells.", ["such bells"]),
    ("Ring the other big bells.", ["other big bells"]),
    ("This ticket is about bells.", []),
    ("It rings twice.", ["It"]),
    ("The bell rings until it is pressed.", []),
    ("It is possible to ring twice.", []),
    ("It seems that bells ring.", []),
    ("Ring twice, so that this door opens.", []),
    ("Ring `this bell` twice.", []),
]


@pytest.mark.parametrize(("text", "expected"), POINTING)
def test_words_that_point_back(found, text, expected):
    assert found(REFERENCES, text) == expected


def antecedent(**told):
    more = "".join(f", {key}: {value}" for key, value in told.items())
    return f"{{antecedent: {{any_of: [{{signals: [points]{more}}}]}}}}"


ANSWERED = [
    (antecedent(), "Ring this bell.", ["this bell"]),
    (antecedent(), "The gate is shut. This rule must be shown.", []),
    (antecedent(), "## Rules\nThis rule must be shown.", ["This rule"]),
    (antecedent(), "![a bell](bell.png)\n\nRing this bell.", []),
    (antecedent(answered_by="noun"), "The gate is shut. This rule must be shown.", ["This rule"]),
    (antecedent(answered_by="noun"), "All rules are shown. This rule must be red.", []),
    (antecedent(answered_by="nothing"), "All rules are shown. This rule must be red.", ["This rule"]),
    (antecedent(roles="[criterion]"), "Ring this bell.", []),
    (antecedent(if_said="[loud]"), "Ring this bell.", []),
    (antecedent(if_said="[loud]"), "Ring this loud bell.", ["this loud bell"]),
    (antecedent(), "“Ring this bell”, it says on the door.", []),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), ANSWERED)
def test_a_reference_that_nothing_answers(found, pattern, text, expected):
    assert found(pattern, text) == expected


def test_a_title_answers_what_the_first_sentence_points_at(found):
    assert found(antecedent(), "This bell must be red.", title="Paint the bell") == []
    assert found(antecedent(), "Paint the bell.", title="Make it red") == ["it"]


ACRONYMS = "{acronyms: {known: [PDF], not_sections: [environment]}}"
SHORT = [
    ("Send it to the KTZ and the KTZ sends a PDF.", ["KTZ"]),
    ("Send it to the BRK, then to the KTZ.", ["BRK", "KTZ"]),
    ("Two KTZs hear it.", ["KTZ"]),
    ("The Kingston transport zone (KTZ) hears it.", []),
    ("The KTZ (a zone of Kingston) hears it.", []),
    ("KTZ: a zone of Kingston.", []),
    ("KTZ: BRK: both are zones.", []),
    ("The KTZs (zones) hear it, and the BRK is a tower.", []),
    ("The KTZ hears it, unlike ktz2.", ["KTZ"]),
    ("KTZ stands for a zone.", []),
    ("The KTZ hears it. A zone of transport for Kingston, the Kingston Transport Zone, is far.", []),
    ("This is NOT for guests.", []),
    ("Send the ROWS, and count rows.", []),
    ("See KTZ-42, `KTZ`, KTZ_A and ktz.KTZ.", []),
    ("SEND IT TO THE KTZ.", []),
    ("## Environment\nThe KTZ hears it.", []),
]


@pytest.mark.parametrize(("text", "expected"), SHORT)
def test_acronyms_that_are_never_spelled_out(found, text, expected):
    assert found(ACRONYMS, text) == expected


LONG = "The bell rings " + "and rings " * 6 + "again."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LONG, ["The bell rings and rings and"]),
        ("The bell rings. " * 6, []),
        ("The bell `" + "and rings " * 9 + "` again.", []),
        ("The “" + "and rings " * 9 + "” again.", []),
    ],
)
def test_a_sentence_of_too_many_words(found, text, expected):
    assert found("{length: {most: 12}}", text) == expected


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("{length: {most: 2}}", "most 2 is out of range"),
        ("{antecedent: {any_of: [{signals: [points], answered_by: luck}]}}", "luck"),
        ("{antecedent: {any_of: [{signals: [nobody]}]}}", "nobody"),
        ("{acronyms: {}}", "known"),
        ("{references: {pronouns: [it]}}", "determiners"),
    ],
)
def test_what_a_rule_file_may_not_say(found, pattern, fault):
    with pytest.raises(RuleFileError, match=fault):
        found(pattern, "Anything.")


BOOK = rulebook.load()
WORDING = {name: rule for name, rule in BOOK.rules.items() if rule.path.startswith("rules/wording/")}
WHOLE_SENTENCES = {"sentence-too-long"}


@pytest.mark.parametrize("rule", WORDING.values(), ids=WORDING)
def test_no_word_is_found_by_two_rules_of_wording(reviewer, rule):
    for example in rule.examples.bad:
        ticket = replace(example.ticket, kind=example.ticket.kind or Kind.STORY)
        findings = [
            f for f in reviewer.review(ticket, Policy()).findings if f.rule in WORDING.keys() - WHOLE_SENTENCES
        ]
        for one, other in combinations(findings, 2):
            apart = one.field != other.field or not touches((one.start, one.end), (other.start, other.end))
            assert apart, f"{one.rule} and {other.rule}: {one.quote}"
