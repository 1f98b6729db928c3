from dataclasses import replace

import pytest

from service import rulebook, rulepage
from service.accuracy import judgements, page
from service.accuracy.judgements import Judgement
from service.rulefile import RuleFileError
from service.verdict import Severity

BOOK = rulebook.load()
RULE = BOOK.rules["open-ended-list"]
WARNING, HINT = replace(RULE, severity=Severity.WARNING), replace(RULE, severity=Severity.HINT)


def read(text):
    return judgements.read(text, "precision.yaml", {"loud", "quiet"})


def test_what_was_judged():
    assert read("loud: {judged: 20, useful: 19, month: 2026-03}") == {"loud": Judgement(20, 19, "2026-03")}
    assert read("# nothing yet\n{}") == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("laud: {judged: 20, useful: 19, month: 2026-03}", "precision.yaml:1:1: there is no rule laud."),
        ("loud: {judged: 20, month: 2026-03}", "lacks useful"),
        ("loud: {judged: 20, useful: 21, month: 2026-03}", "Choose a number from 0 to 20"),
        ("loud: {judged: 0, useful: 0, month: 2026-03}", "Choose a number from 1"),
        ("loud: {judged: 2, useful: 1, month: spring}", '"spring" is no month such as 2026-03'),
        ("loud: 20", "must be a mapping"),
    ],
)
def test_what_cannot_be_read(text, told):
    with pytest.raises(RuleFileError) as error:
        read(text)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("rule", "judged", "useful", "loud"),
    [
        (WARNING, 20, 18, False),
        (WARNING, 20, 17, True),
        (HINT, 20, 2, False),
        (WARNING, 9, 2, False),  # too few to tell
    ],
)
def test_a_warning_must_be_useful(rule, judged, useful, loud):
    assert judgements.too_loud(rule, Judgement(judged, useful, "2026-03")) is loud


def test_a_rules_page_says_what_was_measured():
    told = rulepage.page(RULE, Judgement(20, 19, "2026-03"))
    assert "**Measured precision.** Of its findings on real tickets: 19 of 20 useful (95%), 2026-03." in told
    assert "Measured" not in rulepage.page(RULE)


def test_the_table_of_what_was_judged():
    text = judgements.as_markdown({RULE.id: Judgement(20, 19, "2026-03")}, {RULE.id: WARNING, "other": HINT})
    assert text.splitlines()[2:] == [
        "| [open-ended-list](rules/open-ended-list.md) | warning | 20 | 19 | 95% | 2026-03 |"
    ]
    assert judgements.as_markdown({}, {}) == "No rule has been judged yet."


def test_a_part_of_a_page_is_replaced_and_read_back():
    text = "A\n<!-- x: made -->\nold\n<!-- /x -->\nB\n"
    text = page.put(text, "x", "new\n\nlines")
    assert text == "A\n<!-- x: made -->\n\nnew\n\nlines\n\n<!-- /x -->\nB\n"
    assert page.made(text, "x") == "new\n\nlines"
    assert page.put(text, "x", page.made(text, "x")) == text
    with pytest.raises(page.MarksError):
        page.put(text, "y", "new")
