"""What counts as criteria, and what only looks like them, in whatever markup people write."""

import pytest

from service.document import read
from service.document.model import BlockKind, Role, Section
from service.matchers import Whole
from service.ticket import Markup, Text, Ticket

MARKDOWN, WIKI, PLAIN = Markup.MARKDOWN, Markup.WIKI, Markup.PLAIN


def _real(document, sections):
    return Whole(document, ()).real(sections)


def document(text, markup=MARKDOWN):
    return read(Ticket("1", "Sort the orders", Text(text, markup)))


def criteria(text, markup=MARKDOWN):
    return [placed.block.text for placed in _real(document(text, markup), [Section.CRITERIA])]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MARKDOWN, "1. **Problem**\n   Bakers guess.\n2. **Acceptance criteria**\n   - sorted by time"),
        (MARKDOWN, "- Acceptance criteria:\n  - sorted by time"),
        (MARKDOWN, "<details><summary>Acceptance criteria</summary>\n\n- sorted by time\n</details>"),
        (MARKDOWN, "<b>Acceptance criteria</b><br>- sorted by time"),
        (MARKDOWN, "| # | Acceptance criterion |\n|---|---|\n| | sorted by time |"),
        (MARKDOWN, "### ✅ AC\n✔️ sorted by time"),
        (MARKDOWN, "## How will QA know it works?\n- sorted by time"),
        (MARKDOWN, "## What must be true\nsorted by time"),
        (WIKI, "{panel:title=Acceptance criteria}\n* sorted by time\n{panel}"),
        (WIKI, "+*Acceptance Criteria*+\n\n- sorted by time"),
        (WIKI, "||Acceptance criteria||\n|sorted by time|"),
        (WIKI, "{color:#172b4d}*Acceptance criteria*{color}\n\n* sorted by time"),
        (WIKI, "h2. Acceptance criteria\n(/) sorted by time"),
        (PLAIN, "ACCEPTANCE CRITERIA\n===================\n- sorted by time"),
        (PLAIN, "1. Acceptance criteria\n   - sorted by time"),
        (PLAIN, "[Acceptance criteria]\n- sorted by time"),
        (PLAIN, "--- Acceptance criteria ---\n- sorted by time"),
        (PLAIN, "AC - sorted by time"),
    ],
)
def test_criteria_under_any_heading(markup, text):
    assert criteria(text, markup) == ["sorted by time"]


@pytest.mark.parametrize(
    "hollow",
    [
        "TBD",
        "n/a",
        "…",
        "- [ ]",
        "1.\n2.\n3.",
        "- [ ] AC 1\n- [ ] AC 2",
        "<list of criteria>",
        "Given [context]\nWhen [action]\nThen [outcome]",
        "**Given**\n**When**\n**Then**",
        "> TBD",
        "```\nTBD\n```",
        "To be agreed in refinement",
        "Will be defined once the design is final",
        "Will be added later",
        "Not yet written",
        "Needs refinement",
        "Waiting for PO",
        "PO to fill in",
        "Not applicable for this ticket",
        "Same as parent",
        "| Given | When | Then |\n|---|---|---|\n|  |  |  |",
    ],
)
def test_a_heading_with_nothing_real_under_it(hollow):
    assert criteria(f"## Acceptance criteria\n{hollow}\n\n## Notes\nOrders come from the till.") == []


@pytest.mark.parametrize(
    "real_one",
    [
        "A fee will be added after payment",
        "Missing orders are listed",
        "To be sorted, an order needs a time",
        "The unknown orders come last",
        "Nothing is sent twice",
    ],
)
def test_words_that_only_resemble_a_promise(real_one):
    assert criteria(f"## Acceptance criteria\n- {real_one}") == [real_one]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MARKDOWN, "Expected: 5 rows\nActual: 4 rows"),
        (MARKDOWN, "**Expected**: 5 rows\n**Actual**: 4 rows"),
        (MARKDOWN, "_Expected:_ 5 rows  \n_Actual:_ 4 rows"),
        (MARKDOWN, "Expected - 5 rows\nActual - 4 rows"),
        (MARKDOWN, "Expected = 5 rows\nActual = 4 rows"),
        (MARKDOWN, "- Expected: 5 rows\n- Actual: 4 rows"),
        (MARKDOWN, "What I expected: 5 rows\nWhat I got: 4 rows"),
        (MARKDOWN, "#### Expected\n5 rows\n#### Actual\n4 rows"),
        (WIKI, "*Expected result:* 5 rows\n*Actual result:* 4 rows"),
        (WIKI, "||Expected||Actual||\n|5 rows|4 rows|"),
        (WIKI, "{panel:title=Expected}5 rows{panel}\n{panel:title=Actual}4 rows{panel}"),
        (PLAIN, "Expected result: 5 rows\nActual result: 4 rows"),
        (PLAIN, "Expected\n5 rows\nActual\n4 rows"),
    ],
)
def test_expected_and_actual_in_any_markup(markup, text):
    found = document(text, markup)
    assert [placed.block.text for placed in _real(found, [Section.EXPECTED])] == ["5 rows"]
    assert [placed.block.text for placed in _real(found, [Section.OBSERVED])] == ["4 rows"]


def test_a_table_of_headings_alone_says_nothing():
    assert _real(document("||Expected||Actual||\n| | |", WIKI), [Section.EXPECTED, Section.OBSERVED]) == []


def test_a_sentence_about_a_result_is_no_heading():
    assert [placed.block.kind for placed in document("Expected result is 5 rows").blocks[1:]] == [
        BlockKind.PARAGRAPH
    ]


def node(kind, *content, **attrs):
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": list(content)} if content else {})}


def said(words, *marks):
    return {"type": "text", "text": words, **({"marks": [{"type": mark} for mark in marks]} if marks else {})}


SORTED = node("paragraph", said("sorted by time"))
ITEM = node("bulletList", node("listItem", SORTED))
TITLED = node("heading", said("Acceptance criteria"), level=2)
NAMED = node("paragraph", said("Acceptance criteria", "strong"))


def rich(*content):
    return document({"type": "doc", "version": 1, "content": list(content)}, Markup.ADF)


@pytest.mark.parametrize(
    "content",
    [
        [TITLED, ITEM],
        [NAMED, ITEM],
        [node("paragraph", said("Acceptance criteria", "strong"), node("hardBreak"), said("sorted by time"))],
        [node("panel", TITLED, SORTED, panelType="info")],
        [node("expand", SORTED, title="Acceptance criteria")],
        [
            TITLED,
            node("taskList", node("taskItem", said("sorted by time"), localId="b", state="TODO"), localId="a"),
        ],
        [
            TITLED,
            node("decisionList", node("decisionItem", said("sorted by time"), localId="b", state=""), localId="a"),
        ],
        [node("orderedList", node("listItem", NAMED, ITEM))],
        [node("layoutSection", node("layoutColumn", TITLED, SORTED, width=50))],
        [node("table", node("tableRow", node("tableHeader", NAMED)), node("tableRow", node("tableCell", SORTED)))],
    ],
)
def test_criteria_in_rich_text(content):
    assert [placed.block.text for placed in _real(rich(*content), [Section.CRITERIA])] == ["sorted by time"]


@pytest.mark.parametrize(
    "hollow",
    [
        node("taskList", node("taskItem", localId="b", state="TODO"), localId="a"),
        node("paragraph", node("status", text="TBD", color="red")),
        node("paragraph", node("placeholder", text="Describe the criteria")),
        node("paragraph", node("mention", id="1", text="@Somebody Else")),
        node("paragraph", node("emoji", shortName=":warning:", text="⚠️")),
        node("blockquote", node("paragraph", said("TBD"))),
        node("rule"),
    ],
)
def test_nothing_real_in_rich_text(hollow):
    assert _real(rich(TITLED, hollow), [Section.CRITERIA]) == []


GHERKIN = "Given two orders\nWhen I open the list\nThen the earlier is first"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MARKDOWN, f"```gherkin\n{GHERKIN}\n```"),
        (MARKDOWN, f"```\nScenario: sorted\n\n  {GHERKIN}\n    | order |\n    | 1     |\n```"),
        (WIKI, f"{{code}}\n{GHERKIN}\n{{code}}"),
        (WIKI, f"{{noformat}}\n{GHERKIN}\n{{noformat}}"),
    ],
)
def test_a_scenario_between_code_fences_is_read(markup, text):
    units = [unit for unit in document(text, markup).units if unit.role is not Role.TITLE]
    assert {unit.role for unit in units} == {Role.CRITERION}
    whole = document(text, markup)
    for unit in whole.units:
        block = whole.blocks[unit.block].block
        start, end = block.source(*unit.in_block(0, len(unit.text)))
        assert whole.sources[block.field][start:end].split() == unit.text.split()


def test_code_that_only_names_a_step_stays_code():
    text = "```\nif given:\n    run()\nthen = 3\nwhen = now()\nx = 1\ny = 2\n```"
    assert [p.block.kind for p in document(text).blocks[1:]] == [BlockKind.CODE]


def test_a_paragraph_over_a_line_of_dashes_is_no_heading():
    text = "The bell rings\ntwice a day.\n---\nIt is red.\n\nGoal\n---\nSleep."
    blocks = [(placed.block.kind, placed.block.text) for placed in document(text).blocks[1:]]
    assert blocks == [
        (BlockKind.PARAGRAPH, "The bell rings\ntwice a day."),
        (BlockKind.PARAGRAPH, "It is red."),
        (BlockKind.HEADING, "Goal"),
        (BlockKind.PARAGRAPH, "Sleep."),
    ]


def test_columns_of_a_scenario_are_criteria_and_a_column_of_dates_is_not():
    assert criteria("| Given | When | Then |\n|---|---|---|\n| two orders | I look | both are shown |") == [
        "two orders",
        "I look",
        "both are shown",
    ]
    assert criteria("| When | Who |\n|---|---|\n| Monday | the baker |") == []
