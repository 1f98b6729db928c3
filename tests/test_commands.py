"""What counts as a command in a comment, and what it says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commands import MOST_COMMANDS, MOST_WORDS, Verb, commands, rule_and_reason, says_something
from service.ticket import Comment, Markup, Person, Text

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA = Person("ana")


def comment(body, markup="markdown", author=ANA, at=0, ours=False):
    return Comment(f"c{at}", author, Text(body, Markup(markup)), NOON + timedelta(minutes=at), ours)


def adf(*paragraphs):
    content = [{"type": "paragraph", "content": list(inline)} for inline in paragraphs]
    return Comment("c", ANA, Text({"type": "doc", "version": 1, "content": content}, Markup.ADF), NOON)


def told(*comments):
    return [(command.verb, command.words) for command in commands(comments)]


READ = {
    "/unclear Which browser?": (Verb.UNCLEAR, "Which browser?"),
    "/Unclear: which browser?": (Verb.UNCLEAR, "which browser?"),
    "Thanks!\n/unclear Which browser?\nAnd which version?": (Verb.UNCLEAR, "Which browser? And which version?"),
    "/unclear": (Verb.UNCLEAR, ""),
    "/clear": (Verb.CLEAR, ""),
    "/clear thanks": (Verb.CLEAR, "thanks"),
    "/clarity": (Verb.CHECK, ""),
    "/clarity check": (Verb.CHECK, ""),
    "/clarity help": (Verb.HELP, ""),
    "/CLARITY Help!": (Verb.HELP, ""),
    "- /clarity help": (Verb.HELP, ""),
    "/clarity ignore no-benefit because it is a chore": (Verb.IGNORE, "no-benefit because it is a chore"),
    "/clarity not-useful vague-quantity": (Verb.NOT_USEFUL, "vague-quantity"),
    "/clarity not useful vague-quantity": (Verb.NOT_USEFUL, "vague-quantity"),
    "/clarity example no-benefit": (Verb.EXAMPLE, "no-benefit"),
    "/clarity frobnicate it": (Verb.UNKNOWN, "frobnicate"),
    "/clarity 👍": (Verb.UNKNOWN, "👍"),
}


@pytest.mark.parametrize("markup", ["markdown", "wiki", "plain"])
@pytest.mark.parametrize("body", READ)
def test_read(body, markup):
    written = body.replace("- ", "* ", 1) if markup == "wiki" else body
    assert told(comment(written, markup)) == [READ[body]]


@pytest.mark.parametrize(
    ("body", "markup"),
    [
        ("> /clear", "markdown"),
        ("`/clear` closes it", "markdown"),
        ("```\n/clear\n```", "markdown"),
        ("    /clear", "markdown"),
        ("Say /clear when you are content.", "markdown"),
        ("/clearly not", "markdown"),
        ("/clarity/admin/rules", "markdown"),
        ("/unclear-things", "markdown"),
        ("{quote}\n/clear\n{quote}", "wiki"),
        ("bq. /clear", "wiki"),
        ("{code}\n/clear\n{code}", "wiki"),
        ("{noformat}/clear{noformat}", "wiki"),
        ("{{/clear}}", "wiki"),
        ("", "plain"),
    ],
)
def test_not_a_command(body, markup):
    assert told(comment(body, markup)) == []


def test_adf_paragraphs_and_line_breaks():
    text = {"type": "text", "text": "/unclear Which browser?"}
    code = {"type": "text", "text": "/clear", "marks": [{"type": "code"}]}
    assert told(adf([text, {"type": "hardBreak"}, {"type": "text", "text": "/clarity help"}])) == [
        (Verb.UNCLEAR, "Which browser?"),
        (Verb.HELP, ""),
    ]
    assert told(adf([code])) == []


def test_several_in_one_comment_and_in_order_of_time():
    later, earlier = comment("/clear", at=5), comment("/unclear a?\n/unclear b?\n\n/clarity", at=1)
    assert told(later, earlier) == [
        (Verb.UNCLEAR, "a?"),
        (Verb.UNCLEAR, "b?"),
        (Verb.CHECK, ""),
        (Verb.CLEAR, ""),
    ]


def test_bots_and_we_ourselves_command_nothing():
    ours = comment("/clear", ours=True)
    assert told(ours, comment("/clear", author=Person("b", is_bot=True)), comment("/clear", author=None)) == []


def test_words_and_commands_are_bounded():
    ((_, words),) = told(comment("/unclear " + "why " * 1000))
    assert len(words) <= MOST_WORDS
    assert words.endswith("…")
    assert len(told(comment("/clear\n" * 1000))) == MOST_COMMANDS


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("no-benefit because it is a chore", ("no-benefit", "it is a chore")),
        ("no-benefit: it is a chore", ("no-benefit", "it is a chore")),
        ("no-benefit - it is a chore", ("no-benefit", "it is a chore")),
        ("no-benefit it is a chore", ("no-benefit", "it is a chore")),
        ("No Benefit because it is a chore", ("no-benefit", "it is a chore")),
        ("`no-benefit`", ("no-benefit", "")),
        ("“no-benefit”, since we agreed", ("no-benefit", "we agreed")),
        ("no benefit at all", ("no-benefit-at-all", "")),
        ("nothing of the kind", ("", "")),
        ("", ("", "")),
    ],
)
def test_which_rule_is_meant(words, expected):
    assert rule_and_reason(words, {"no-benefit", "no-benefit-at-all", "vague-quantity"}) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("In Firefox 140.", True),
        ("/clear", False),
        ("/unclear What then?", False),
        ("Yes.\n/clear", True),
        ("> what?", False),
    ],
)
def test_an_answer_is_more_than_a_command(body, expected):
    assert says_something(comment(body)) is expected


@given(st.text(max_size=300), st.sampled_from(["markdown", "wiki", "plain"]))
def test_any_text_can_be_read(text, markup):
    for command in commands([comment(f"/unclear {text}", markup), comment(text, markup)]):
        assert len(command.words) <= MOST_WORDS
