"""Each kind of pattern, by a small rule of its own: what it finds, where, and what silences it."""

import pytest

from service import rulebook
from service.document.model import Section
from service.policy import Policy
from service.review import Reviewer
from service.ticket import Kind, Markup, Text, Ticket

RULE = """\
id: tested
title: Tested
applies_to: any
severity: warning
dimension: precision
weight: 8
find:
  {find}
message: Found.
why: It is a test.
coach: Nothing.
"""
SIGNAL = "id: loud\ntitle: Loud\nfind: {phrase: {any_of: [loud], by: lower}}\n"


@pytest.fixture
def found(tmp_path, nlp):
    """What a pattern finds in a ticket: the words, in order; None for an absence."""

    def find(pattern, description, *, title="A title", markup=Markup.MARKDOWN):
        (tmp_path / "signals").mkdir(exist_ok=True)
        (tmp_path / "signals" / "loud.yaml").write_text(SIGNAL, encoding="utf-8")
        (tmp_path / "tested.yaml").write_text(RULE.replace("{find}", pattern), encoding="utf-8")
        ticket = Ticket("1", title, Text(description, markup), kind=Kind.STORY)
        findings = Reviewer(rulebook.read_folders([tmp_path]), nlp).review(ticket, Policy()).findings
        return [None if finding.start is None else finding.quote for finding in findings]

    return find


DELETES = (
    "{RIGHT_ID: v, RIGHT_ATTRS: {LEMMA: delete}}, {LEFT_ID: v, REL_OP: '>', RIGHT_ID: o, RIGHT_ATTRS: {DEP: dobj}}"
)
DOING = "{verbs: [open, press], people: [i, we]}"
UNIT = [
    ("phrase: {any_of: [quick]}", "A quicker way is the quickest.", ["quicker", "quickest"]),
    ("phrase: {any_of: [quick], by: lower}", "A quicker way is Quick.", ["Quick"]),
    ("phrase: {any_of: [big, big red button]}", "Press the big red button.", ["big red button"]),
    ("phrase: {any_of: [button]}", "Press `button` or “button” or the button.", ["button"]),
    ("tokens: {any_of: [[{POS: NUM}, {LOWER: rows}]]}", "Show 20 rows and many rows.", ["20 rows"]),
    ("tokens: {any_of: [[{LOWER: 'no'}, {OP: '{0,2}'}, {LOWER: rows}]]}", "It has no red rows.", ["no red rows"]),
    ("regex: {any_of: 'v(?P<match>[0-9]+)'}", "Since v42 and V43.", ["42", "43"]),
    ("regex: {any_of: 'v[0-9]+', ignore_case: false}", "Since v42 and V43.", ["v42"]),
    (
        f"dependency: {{any_of: [[{DELETES}]], mark: o}}",
        "The clerk deletes the old folder.",
        ["folder"],
    ),
    (
        f"dependency: {{any_of: [[{DELETES}]]}}",
        "The clerk deletes the old folder.",
        ["deletes the old folder"],
    ),
    (f"actions: {DOING}", "Open the list, then press print and wait.", ["Open", "press"]),
    (f"actions: {DOING}", "I opened the list, pressed print and went home.", ["opened", "pressed"]),
    (f"actions: {DOING}", "I tried to open the list. I could not open it.", ["open"]),
    (f"actions: {DOING}", "Pressing print opens the list.", ["Pressing"]),
    (f"actions: {DOING}", "It rings when the list is opened.", ["opened"]),
    (
        f"actions: {DOING}",
        "Press releases are old. Press number: 7. The list opened.",
        [],
    ),
    ("either: [{phrase: {any_of: [red]}}, {regex: {any_of: 'bl[a-z]+'}}]", "Red or blue.", ["Red", "blue"]),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), UNIT)
def test_what_a_sentence_holds(found, pattern, text, expected):
    assert found(pattern, text) == expected


GUARDS = [
    ("if_said: loud", "A red bell.", []),
    ("if_said: loud", "A loud red bell.", ["red"]),
    ("unless_said: loud", "A loud red bell. A red door.", ["red"]),
    ("unless_sentence_has: {LIKE_NUM: true}", "Three red bells. A red door.", ["red"]),
    ("unless_within: [[{LOWER: red}, {LOWER: cross}]]", "The red cross is red.", ["red"]),
    ("unless_after: [so that]", "A red bell, so that red is heard.", ["red"]),
    ("where: {roles: [criterion]}", "A red bell.\n\n## Acceptance criteria\n- The red door opens", ["red"]),
    ("where: {blocks: [list_item]}", "A red bell.\n\n- a red door", ["red"]),
    ("where: {not_sections: [steps]}", "A red bell.\n\n## Steps to reproduce\n1. Ring the red bell", ["red"]),
]


@pytest.mark.parametrize(("guard", "text", "expected"), GUARDS)
def test_what_silences_a_finding(found, guard, text, expected):
    assert found(f"phrase: {{any_of: [red], {guard}}}", text) == expected


def missing(*conditions, needs=1):
    return f"missing: {{needs: {needs}, any_of: [{', '.join(conditions)}]}}"


ABSENT = [None]
WHENS = ["When I pull", "When I blow"]
WHOLE = [
    (missing("{section: [steps]}"), "## Steps to reproduce\n1. Ring", []),
    (missing("{section: [steps]}"), "## Steps to reproduce\nTBD", ABSENT),
    (missing("{section: [steps]}"), "It rings.", ABSENT),
    (missing("{signal: loud}"), "It is loud.", []),
    (missing("{signal: loud, in_roles: [criterion]}"), "It is loud.", ABSENT),
    (missing("{signal: loud, at_most: 2}", needs=2), "It is loud. So loud.", []),
    (missing("{signal: loud, at_most: 2}", needs=2), "It is loud.", ABSENT),
    (missing("{signal: loud, counts: 2}", needs=2), "It is loud.", []),
    (missing("{signal: loud, each: true, at_most: 2}", needs=2), "A loud, loud bell.", []),
    (missing("{signal: loud, at_most: 2}", needs=2), "A loud, loud bell.", ABSENT),
    (missing("{block: [code], runs: true}"), "```\n$ ring bell\n```", []),
    (missing("{block: [code], runs: true}"), "```\nbell = Bell()\nbell.ring()\n```", []),
    (missing("{block: [code], runs: true}"), "```\nBell not found\n```", ABSENT),
    (missing("{block: [code], runs: false}"), "```\nBell not found\n```", []),
    (missing("{block: [task_item], at_least: 2}"), "- [ ] ring once\n- [ ] ring twice", []),
    (missing("{block: [task_item], at_least: 2}"), "- [ ] ring once", ABSENT),
    (missing("{block: [list_item], ordered: true}"), "- ring once", ABSENT),
    (missing("{words: 4}"), "One two three four.", []),
    (missing("{words: 9}"), "One two three four.", ABSENT),
    (missing("{all_of: [{signal: loud}, {block: [code]}]}"), "Loud.\n\n```\nx = 1\n```", []),
    (missing("{all_of: [{signal: loud}, {block: [code]}]}"), "Loud.", ABSENT),
    (missing("{none_of: [{signal: loud}]}"), "Loud.", ABSENT),
    (missing("{none_of: [{signal: loud}]}"), "Quiet.", []),
    ("structure: {hollow: [criteria]}", "## Acceptance criteria\nTBD", ["Acceptance criteria"]),
    ("structure: {hollow: [criteria]}", "## Acceptance criteria\n- The bell rings", []),
    (
        "structure: {hollow: [criteria], characters: 20}",
        "## Acceptance criteria\n- The bell rings",
        ["Acceptance criteria"],
    ),
    ("structure: {hollow: [criteria]}", "The bell rings.", []),
    ("structure: {hollow: [criteria], characters: 20, unless_said: loud}", "## AC\n- It is loud", []),
    ("structure: {hollow: [criteria]}", "## AC\n> TBD", ["AC"]),
    ("structure: {crowded: [criteria], more_than: 2}", "## AC\n- one\n- two\n  - detail\n  - detail", []),
    ("structure: {crowded: [criteria], more_than: 2}", "## AC\n- one\n- two\n- three", ["AC"]),
    ("structure: {crowded: [criteria], more_than: 2}", "## AC\n" + "Given a\nWhen b\nThen c\n" * 2, []),
    ("structure: {crowded: [criteria], more_than: 2}", "## AC\n" + "Given a\nWhen b\nThen c\n" * 3, ["AC"]),
    (
        "structure: {crowded: [criteria], more_than: 2}",
        "## AC\n\n|In|Out|\n|---|---|\n|1|one|\n|2|two|\n|3|three|",
        ["AC"],
    ),
    ("structure: {bare: [link], words: 4}", "See https://bells.example/1", ["See https://bells.example/1"]),
    ("structure: {bare: [link], words: 4}", "[Bells](https://bells.example/1)", ["Bells"]),
    ("structure: {bare: [link], words: 4}", "The red bell is as https://bells.example/1 has it.", []),
    ("structure: {bare: [link], words: 4}", "https://bells.example/1\n\n![bell](bell.png)", []),
    ("structure: {bare: [image], words: 4}", "See here:\n\n![bell](bell.png)", ["![bell](bell.png)"]),
    ("structure: {bare: [image], words: 4}", "It rings.", []),
    ("structure: {unfilled: 3, words: 3}", "## Goal\n\n## Steps\n\n- [ ] \n\n## Notes\n\nTBD", ABSENT),
    ("structure: {unfilled: 3, words: 3}", "## Goal\nSell more bells.\n\n## Steps\n\n## Notes", []),
    ("structure: {unfilled: 3, words: 3}", "TBD", []),
    ("scenario: {fault: out_of_order}", "Given a bell\nThen it is loud\nWhen I ring", ["Then it is loud"]),
    ("scenario: {fault: out_of_order}", "Given a bell\nWhen I ring\nThen it is loud\nWhen I stop", []),
    ("scenario: {fault: without_then}", "Given a bell\nAnd a rope\nWhen I pull", ["When I pull"]),
    ("scenario: {fault: without_then}", "Given a bell\nWhen I pull\n\nGiven a horn\nWhen I blow", WHENS),
    ("scenario: {fault: without_then}", "Given a bell\nWhen I pull\nit is loud", []),
    ("scenario: {fault: without_then}", "Given a bell\nWhen I pull and then hear it", []),
    ("scenario: {fault: several_actions}", "When I pull\nAnd I push\nAnd I turn\nThen it rings", ["When I pull"]),
    ("scenario: {fault: several_actions}", "When I pull\nAnd I push\nThen it rings\nAnd rings", []),
    (
        "scenario: {fault: several_actions, more_than: 1}",
        "When I pull\nAnd I push\nThen it rings",
        ["When I pull"],
    ),
    (
        "scenario: {fault: several_actions, more_than: 1, chained: loud}",
        "When I pull a loud bell\nThen it rings",
        ["When I pull a loud bell"],
    ),
    ("compare: {strangers: 4}", "Horns sound in towers every morning.", ABSENT),
    ("compare: {strangers: 4}", "Bells ring in shipping harbours every morning.", []),
    ("compare: {strangers: 9}", "Bells ring in towers.", []),
    ("places: {signals: [loud], most: 1}", "A loud bell. A loud horn.", ["loud"]),
    ("places: {signals: [loud], in_roles: [criterion]}", "A loud bell.", []),
    ("places: {signals: [loud], in_sections: [problem]}", "A loud bell.\n\n## Problem\nToo loud.", ["loud"]),
    ("places: {signals: [loud], unless: [{section: [risk]}]}", "A loud bell.\n\n## Risks\nDeafness.", []),
    ("places: {signals: [loud], unless: [{section: [risk]}]}", "A loud bell.\n\n## Risks\nTBD", ["loud"]),
    ("places: {signals: [loud]}", "A loud bell, and `loud`.", ["loud"]),
    ("places: {signals: [loud], blocks: [placeholder], starting: [tbd]}", "TBD", ["TBD"]),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), WHOLE)
def test_what_a_ticket_lacks_or_leaves_open(found, pattern, text, expected):
    assert found(pattern, text, title="A harbour bell ships") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## AC\n- The bell rings at noon", ["The bell rings at noon"]),
        ("## AC\n- The bells are ringing at noon\n- It stops after a minute", ["The bells are ringing at noon"]),
        ("## AC\n- The bell rings at noon\n- It stops after a minute\n- Nobody is woken", []),
        ("## AC\n- The bell is red", []),
        ("The bell rings at noon", []),
    ],
)
def test_criteria_beside_the_title(found, text, expected):
    assert found("compare: {copies: [criteria]}", text, title="Ring the bell at noon") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Loud harbours are to be heard tonight.", []), ("Loud towers are to be heard tonight.", ABSENT)],
)
def test_a_title_without_end_is_compared_like_any(found, text, expected):
    title = " ".join(f"{first}{second}stone" for first in "bcdfghkl" for second in "aeiouyrn")
    assert found("compare: {strangers: 3}", text, title=f"{title} harbour") == expected


def test_a_linked_ticket_needs_no_link_in_its_text(tmp_path, nlp):
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "loud.yaml").write_text(SIGNAL, encoding="utf-8")
    find = "places: {signals: [loud], unless_linked: true}"
    (tmp_path / "tested.yaml").write_text(RULE.replace("{find}", find), encoding="utf-8")
    reviewer = Reviewer(rulebook.read_folders([tmp_path]), nlp)
    for links, findings in (((), 1), (("BELL-2",), 0)):
        ticket = Ticket("1", "A title", Text("A loud bell."), links=links)
        assert len(reviewer.review(ticket, Policy()).findings) == findings


def test_findings_lead_back_into_wiki_markup(found):
    assert found(
        "phrase: {any_of: [fast export]}", "h2. Goal\n\nA *fast* _export_ is due.", markup=Markup.WIKI
    ) == ["fast* _export"]


@pytest.mark.parametrize("section", [s for s in Section if s not in (Section.NONE, Section.TITLE, Section.OTHER)])
def test_a_rule_can_name_every_section(found, section):
    assert found(missing(f"{{section: [{section}]}}"), "It rings.") == ABSENT
