"""Rules know where they are: the same words are held to more or less by place, and are heard in any markup."""

import pytest

from service.policy import Policy
from service.ticket import Kind, Markup, Text, Ticket

MARKDOWN, WIKI, ADF = Markup.MARKDOWN, Markup.WIKI, Markup.ADF
STORY = "As a baker, I want to see tomorrow's orders, so that I buy enough flour."


@pytest.fixture
def rules(reviewer):
    def found(text, markup=MARKDOWN, kind=Kind.STORY, title="Orders of tomorrow"):
        review = reviewer.review(Ticket("1", title, Text(text, markup), kind=kind), Policy())
        return {finding.rule for finding in review.findings}

    return found


def node(kind, *content, **attrs):
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": list(content)} if content else {})}


def paragraph(words):
    return node("paragraph", {"type": "text", "text": words})


def rich(*content):
    return {"type": "doc", "version": 1, "content": list(content)}


def heading(words):
    return node("heading", {"type": "text", "text": words}, level=2)


def rows(*cells):
    return node(
        "table", *(node("tableRow", *(node("tableCell", paragraph(cell)) for cell in row)) for row in cells)
    )


def items(kind, *words):
    return node(kind, *(node("listItem", paragraph(item)) for item in words))


@pytest.mark.parametrize(
    ("verb", "found"),
    [
        ("should see an error", False),
        ("should probably see an error", True),
        ("may see an error", True),
        ("might perhaps see an error", True),
        ("must see an error", False),
        ("sees an error", False),
    ],
)
def test_a_modal_verb_in_a_criterion(rules, verb, found):
    assert ("uncertain-verb" in rules(f"{STORY}\n\n## Acceptance criteria\n- The clerk {verb}")) is found


def test_a_modal_verb_in_a_narrative_is_left_alone(rules):
    assert "uncertain-verb" not in rules("Bakers might not find the list. They may call us.")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("The list loads quickly", True),
        ("The list loads quickly, within 2 seconds", False),
        ("The list says “loads quickly”", False),
        ("The `quickly` flag is gone", False),
    ],
)
def test_a_concrete_word_nearby_silences_a_vague_one(rules, words, found):
    assert ("unmeasured-quality" in rules(f"{STORY}\n\n## Acceptance criteria\n- {words}")) is found


def test_a_title_and_a_criterion_are_held_to_different_things(rules):
    assert "vague-title" in rules("The list is long, and bakers lose their place in it.", title="Improvements")
    assert "vague-title" not in rules("Improvements", title="Sort tomorrow's orders by pick-up time")
    assert "passive-without-agent" not in rules("Large refunds are approved before they are paid.")


@pytest.mark.parametrize("kind", [Kind.BUG, Kind.EPIC, Kind.TASK])
def test_only_a_story_is_asked_for_its_role_and_its_criteria(rules, kind):
    assert not rules("The list is long, and bakers lose their place.", kind=kind) & {
        "no-role",
        "no-benefit",
        "no-acceptance-criteria",
    }


def test_an_epic_is_not_asked_for_steps(rules):
    assert not rules("The list is long, and bakers lose their place.", kind=Kind.EPIC) & {
        "no-steps-to-reproduce",
        "no-expected-result",
        "no-observed-result",
    }


GIVEN, WHEN, THEN = "Given two orders", "When I open the list", "Then both are shown"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MARKDOWN, f"{STORY}\n\n{GIVEN}\n{WHEN}\n{THEN}"),
        (MARKDOWN, f"{STORY}\n\n- **Given** two orders\n- **When** I open the list\n- **Then** both are shown"),
        (MARKDOWN, f"{STORY}\n\n```gherkin\n{GIVEN}\n{WHEN}\n{THEN}\n```"),
        (WIKI, f"{STORY}\n\n* *GIVEN* two orders\n* *WHEN* I open the list\n* *THEN* both are shown"),
        (WIKI, f"{STORY}\n\n||Given||When||Then||\n|two orders|I open the list|both are shown|"),
        (WIKI, f"{STORY}\n\n# The list must show the time\n# It must not show cancelled orders"),
        (MARKDOWN, f"{STORY}\n\n- [ ] Sorted by time\n- [x] Cancelled orders are hidden"),
        (ADF, rich(paragraph(STORY), paragraph(GIVEN), paragraph(WHEN), paragraph(THEN))),
        (ADF, rich(paragraph(STORY), items("bulletList", GIVEN, WHEN, THEN))),
        (
            ADF,
            rich(
                paragraph(STORY),
                heading("Done when"),
                items("orderedList", "Sorted by pick-up time", "All of it on one page"),
            ),
        ),
        (ADF, rich(paragraph(STORY), heading("AC"), rows(("Two orders", "Both are shown"), ("None", "A note")))),
    ],
)
def test_criteria_in_any_form_count(rules, markup, text):
    found = rules(text, markup)
    assert not found & {"no-acceptance-criteria", "empty-acceptance-criteria", "scenario-without-then"}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MARKDOWN, "## Acceptance criteria\nTBD"),
        (MARKDOWN, "**AC:** n/a"),
        (MARKDOWN, "## Acceptance criteria\n- [ ]\n- [ ]"),
        (MARKDOWN, "## Acceptance criteria\n<!-- list what can be tested -->"),
        (MARKDOWN, "## Acceptance criteria\n- Criterion 1\n- Criterion 2"),
        (WIKI, "h3. Acceptance criteria\n* _tbd_"),
        (WIKI, "*Acceptance criteria*\n----\nN/A"),
        (ADF, rich(heading("Acceptance criteria"), paragraph("TBD"))),
        (
            ADF,
            rich(
                heading("Acceptance criteria"),
                node("taskList", node("taskItem", localId="b", state="TODO"), localId="a"),
            ),
        ),
    ],
)
def test_a_heading_with_nothing_real_under_it_does_not_count(rules, markup, text):
    text = rich(paragraph(STORY), *text["content"]) if markup is ADF else f"{STORY}\n\n{text}"
    assert rules(text, markup) & {"empty-acceptance-criteria", "no-acceptance-criteria"}


STEPS = ("Open the list", "Change the date", "Press print")
PARTS = {"no-observed-result", "no-expected-result", "no-steps-to-reproduce"}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            MARKDOWN,
            "## Steps\n1. Open the list\n2. Press print\n\n## Actual\nA blank page\n\n## Expected\nThe orders",
        ),
        (
            MARKDOWN,
            "**Steps to reproduce:** open the list, then press print\n\n**Actual:** a blank page\n**Expected:** all",
        ),
        (
            MARKDOWN,
            "| Steps | Actual result | Expected result |\n|---|---|---|\n| Open the list | blank | the orders |",
        ),
        (
            WIKI,
            (
                "h3. How to reproduce\n# Open the list\n# Press print\n\nh3. Actual behaviour\nBlank\n\n"
                "h3. Expected behaviour\nThe orders"
            ),
        ),
        (WIKI, "*Steps*\n# Open the list\n# Press print\n\n*Actual:* blank\n*Expected:* the orders"),
        (
            ADF,
            rich(
                heading("Steps to reproduce"),
                items("orderedList", *STEPS),
                heading("Actual result"),
                paragraph("A blank page"),
                heading("Expected result"),
                paragraph("The orders"),
            ),
        ),
        (
            MARKDOWN,
            "I opened the list, changed the date and pressed print. It is blank, and should show the orders.",
        ),
        (MARKDOWN, "1. Open the list\n2. Press print\n\nThe page is blank instead of showing the orders."),
    ],
)
def test_the_parts_of_a_bug_are_heard_in_any_markup(rules, markup, text):
    assert not rules(text, markup, Kind.BUG, "Printing the orders gives a blank page") & PARTS


@pytest.mark.parametrize("nothing", ["TBD", "n/a", "-", "...", "<!-- what did you expect? -->", "- [ ]"])
def test_a_heading_of_a_bug_with_nothing_under_it_does_not_count(rules, nothing):
    text = f"## Actual\nThe receipt is in pounds.\n\n## Expected\n{nothing}\n\n## Steps\n{nothing}"
    assert {"no-expected-result", "no-steps-to-reproduce"} <= rules(text, MARKDOWN, Kind.BUG, "Receipt in pounds")
