"""Units are at most one sentence or line each, and no text can make them large or many."""

import pytest

from service.document import limits, read
from service.document.sentences import spans
from service.ticket import Markup, Text, Ticket


def cut(text, masked=()):
    return [text[low:high] for low, high in spans(text, masked)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("See e.g. Chrome, i.e. Google's, vs. Firefox etc. Then stop.", ["See e.g. Chrome, i.e. Google's, vs. Firefox etc.", "Then stop."]),
        ("Use v1.2 or foo.bar at 3.5 s. Done.", ["Use v1.2 or foo.bar at 3.5 s.", "Done."]),
        ("No. 5 is alive... and J. Smith saw it. OK", ["No. 5 is alive... and J. Smith saw it.", "OK"]),
        ("He said “Stop.” Then left.", ["He said “Stop.”", "Then left."]),
        ("See https://a.b/c?d. E follows.", ["See https://a.b/c?d.", "E follows."]),
        ("So do I. You too.", ["So do I.", "You too."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("The report lists every invoice of the month that was\nnot paid in time.", ["The report lists every invoice of the month that was\nnot paid in time."]),
        ("这是一个。那是两个。", ["这是一个。", "那是两个。"]),
        ("", []),
    ],
)  # fmt: skip
def test_sentences(text, sentences):
    assert cut(text) == sentences


def test_no_sentence_ends_within_a_quotation():
    text = 'It shows "Failed. Try again." in red. Then stops.'
    start = text.index('"')
    assert cut(text, ((start, text.rindex('"') + 1),)) == ['It shows "Failed. Try again." in red.', "Then stops."]


def units(text, markup=Markup.PLAIN):
    return read(Ticket("1", "", Text(text, markup)))


def test_runs_and_chunks_are_cut_for_the_parser_and_lead_back():
    text = "Stop " + "!" * 50 + " now " + "x" * 600 + " end"
    (unit,) = units(text).units
    assert unit.text == "Stop !!! now " + "x" * limits.CHUNK + " end"
    end = unit.text.index(" end") + 1
    low, high = unit.in_block(end, end + 3)
    assert text[low:high] == "end"


def test_a_long_unit_is_cut_at_white_space():
    document = units("word " * 1_000)
    assert len(document.units) == 6
    assert max(len(unit.text) for unit in document.units) <= limits.UNIT
    assert all(unit.text.split()[0] == unit.text.split()[-1] == "word" for unit in document.units)


def test_what_is_beyond_the_limits_is_counted():
    text = "The list is sorted by date. " * 5_000
    document = units(text)
    assert sum(len(unit.text) for unit in document.units) <= limits.JUDGED
    assert document.unread > 0
    assert units("Short.").unread == 0


HOSTILE = {
    "one symbol": "(" * 100_000,
    "alternating symbols": "( " * 100_000,
    "one letter": "a" * 1_000_000,
    "tabs": "\tx" * 500_000,
    "emoji": "🎉" * 300_000,
    "surrogates": "\ud800" * 1_000_000,
    "blank lines": "\n" * 1_000_000,
    "short lines": "a\n" * 500_000,
    "nested list": "\n".join("  " * n + "- x" for n in range(1_000)),
    "deep stars": "\n".join("*" * n + " x" for n in range(1_400)),
    "marks on one line": "- " * 5_000 + "x",
    "quotes on one line": "> " * 5_000 + "x",
    "open brackets": "[a|" * 300_000,
    "open braces": "{{" * 500_000,
    "open comments": "<!--" * 250_000,
    "open tags": "<a " * 300_000,
    "details": "<details>\n\n" * 90_000,
    "code macros": "{code}" * 160_000,
    "panels": "{panel:title=x}" * 60_000,
    "bars": "|" * 1_000_000,
    "rows": "|a|b|\n|-|-|\n" + "|a|b|\n" * 160_000,
    "emphasis": "**a " * 250_000,
    "bold lines": "**Expected**\nfoo\n" * 60_000,
    "dotted": "a." * 500_000,
    "slashes": "/a" * 500_000,
    "labels": "Expected: x\n" * 80_000,
    "prompts": "please describe " * 60_000,
    "apostrophes": "'a " * 300_000,
}


@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.WIKI, Markup.PLAIN])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_bounded_work(name, markup):
    document = units(HOSTILE[name], markup)
    assert len(document.blocks) <= limits.READ
    assert sum(len(unit.text) for unit in document.units) <= limits.JUDGED
    assert sum(limits.tokens(unit.text) for unit in document.units) <= limits.TOKENS


def test_adf_of_any_depth_and_width():
    node = {"type": "text", "text": "deep words"}
    for n in range(50_000):
        node = {"type": ("bulletList", "listItem", "blockquote", "odd")[n % 4], "content": [node]}
    document = units({"type": "doc", "content": [node]}, Markup.ADF)
    assert [placed.block.text for placed in document.blocks] == ["deep words"]
    wide = [{"type": "paragraph", "content": [{"type": "text", "text": "word "}] * 10}] * 20_000
    assert units({"type": "doc", "content": wide}, Markup.ADF).units
