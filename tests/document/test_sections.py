"""A heading, label, bold line, table header or field name opens a section by what it means."""

import pytest

from service.document import read
from service.document.meanings import meaning
from service.document.model import Role, Section
from service.ticket import Markup, Text, Ticket


def sections(content, markup=Markup.MARKDOWN, **fields):
    document = read(Ticket("1", "", Text(content, markup), fields={k: Text(v) for k, v in fields.items()}))
    return [(p.section.value, p.block.text) for p in document.blocks if p.block.kind.value != "heading"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        *[(name, Section.CRITERIA) for name in ("Acceptance Criteria", "AC:", "✅ Acceptance criteria (draft)", "Definition of Done", "Done when", "Conditions of satisfaction", "Success criteria", "3. Acceptance criteria", "AC1", "Scenario 2: guest")],
        *[(name, Section.STEPS) for name in ("Steps to Reproduce", "STR", "How to reproduce", "Repro steps", "To Reproduce", "Steps to reproduce the behavior:")],
        *[(name, Section.EXPECTED) for name in ("Expected", "Expected behaviour", "EXPECTED RESULT:", "What should happen?", "What did you expect to see?")],
        *[(name, Section.OBSERVED) for name in ("Actual result", "Observed", "Current behavior", "What happens instead?")],
        *[(name, Section.ENVIRONMENT) for name in ("Environment", "Browser version", "System info", "App Version")],
        *[(name, Section.PROBLEM) for name in ("Why", "Background", "Problem statement", "Business value", "Goal")],
        *[(name, Section.STORY) for name in ("User Story", "Story")],
        *[(name, Section.OUT_OF_SCOPE) for name in ("Out of scope", "Non-goals")],
        *[(name, Section.METRIC) for name in ("Success metrics", "KPIs")],
        *[(name, Section.RISK) for name in ("Risks", "Risks & mitigations")],
        *[(name, Section.SOLUTION) for name in ("Technical notes", "Proposed solution", "Implementation details")],
        *[(name, Section.EVIDENCE) for name in ("Screenshots", "Relevant log output")],
        *[(name, Section.TEST) for name in ("QA", "How to test")],
        *[(name, Section.OTHER) for name in ("Definition of Ready", "Notes")],
        *[(name, None) for name in ("Payment page", "Checkout with a voucher", "")],
    ],
)  # fmt: skip
def test_meanings(heading, section):
    assert meaning(heading) is section


def test_a_nested_heading_stays_in_its_section_unless_it_has_a_meaning():
    text = "## Acceptance criteria\n- a\n### Guests\n- b\n### Out of scope\n- c\n## Guests\n- d"
    assert sections(text) == [("criteria", "a"), ("criteria", "b"), ("out_of_scope", "c"), ("other", "d")]


@pytest.mark.parametrize(
    "label", ["**Acceptance criteria**", "**Acceptance criteria:**", "Acceptance criteria:", "Acceptance Criteria"]
)
def test_lines_that_serve_as_headings(label):
    assert sections(f"Intro.\n\n{label}\n\n- a\n- b") == [("none", "Intro."), ("criteria", "a"), ("criteria", "b")]


def test_labels_on_the_line_hold_for_their_paragraph():
    text = "Expected: the list is sorted.\nActual result - it is not.\n\nIt began on Monday."
    assert sections(text, Markup.PLAIN) == [
        ("expected", "the list is sorted."),
        ("observed", "it is not."),
        ("none", "It began on Monday."),
    ]


def test_labels_in_list_items_return_to_the_list():
    text = "## Steps to reproduce\n1. Open\n2. **Expected:** a list\n3. Close"
    assert sections(text) == [("steps", "Open"), ("expected", "a list"), ("steps", "Close")]


def test_a_checklist_that_names_sections_opens_none():
    text = "## Definition of Ready\n- [ ] Acceptance criteria\n- [ ] QA\n- [ ] Weighted"
    assert {section for section, _ in sections(text)} == {"other"}


def test_numbered_criteria_and_tables():
    assert sections("AC1: yes it is\nAC2: it is too", Markup.PLAIN) == [
        ("criteria", "yes it is"),
        ("criteria", "it is too"),
    ]
    table = "| Expected | Actual |\n|---|---|\n| a list | nothing |"
    assert sections(table)[2:] == [("expected", "a list"), ("observed", "nothing")]
    rows = "|Environment|Firefox|\n|Expected|a list|"
    assert [s for s, _ in sections(rows, Markup.WIKI)] == ["environment", "environment", "expected", "expected"]


def test_fields_open_sections_by_their_names():
    found = sections(
        "Text.", **{"Acceptance Criteria": "The list is sorted.", "Repro Steps": "1. Open", "Customer": "Acme"}
    )
    assert found == [("none", "Text."), ("criteria", "The list is sorted."), ("steps", "Open"), ("other", "Acme")]


def roles(content, markup=Markup.MARKDOWN):
    return [(unit.role, unit.text) for unit in read(Ticket("1", "A title", Text(content, markup))).units]


def test_roles():
    text = "Intro.\n\n## Steps\n1. Open\n\n## AC\n- It works\n\nAnd fast."
    assert roles(text) == [
        (Role.TITLE, "A title"),
        (Role.NARRATIVE, "Intro."),
        (Role.HEADING, "Steps"),
        (Role.STEP, "Open"),
        (Role.HEADING, "AC"),
        (Role.CRITERION, "It works"),
        (Role.CRITERION, "And fast."),
    ]


@pytest.mark.parametrize(
    "gherkin",
    [
        "Given a guest\nWhen the cart is full\nThen a hint is shown\nAnd the cart stays",
        "- Given a guest\n- When the cart is full\n- Then a hint is shown",
        "Given a guest\n\nWhen the cart is full\n\nThen a hint is shown",
        "Given a guest, when the cart is full, then a hint is shown.",
    ],
)
@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.PLAIN, Markup.WIKI])
def test_given_when_then_is_a_criterion_anywhere(gherkin, markup):
    assert {role for role, _ in roles(gherkin, markup)[1:]} == {Role.CRITERION}


def test_a_sentence_with_when_is_no_scenario():
    assert roles("When I press Save, nothing happens.\n\nThen I press it again.")[1][0] in {
        Role.NARRATIVE,
        Role.CRITERION,
    }
    assert roles("When I press Save, nothing happens.")[1][0] is Role.NARRATIVE
