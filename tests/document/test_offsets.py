"""Whatever the text, each character of each block leads back to the same character of its source."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.document import limits, markdown, read
from service.document.model import PROSE
from service.ticket import Markup, Text, Ticket

STRINGS = [Markup.MARKDOWN, Markup.WIKI, Markup.PLAIN]
MARKS = (
    "# |## Steps|- [ ] x|- [x] done|* a|** b|# c|1. one|1 one|> said|```|~~~|{code}|{code:java}|{noformat}|{quote}"
    "|{panel:title=T}|{panel}|{color:red}|h2. Head|bq. q|\n|\n\n|\r\n|\r|\t|    |~|**bold**|_em_|`code`|{{mono}}"
    "|[a|http://b.c]|[~bob]|![i](u)|!p.png!|<!-- c -->|<br>|<details>|<summary>s</summary>|<td>|</td>|<b>|&amp;"
    "|&#65;|\\|\\*|\\\\|Expected: it works|AC1: yes|Given a user|When x|Then y|As a <role>, I want|TBD|n/a|\u200b"
    "|\u202e|\u2028|\u05d0\u05d1|\U0001f600|é|ß|\ud800|\udc00|\x00|http://x.y/z|at a.b(C.java:1)"
    "|12:00:01 ERROR x|“quoted”|it's|e.g. x. Then|(((((((|🎉🎉🎉🎉🎉| --- |---|===|:-|x"
)
TABLES = ["|", "||", "|-|-|", "| a | b |\n|---|---|\n| c | d |"]
SNIPPETS = st.sampled_from([*MARKS.split("|"), *TABLES])
TEXTS = st.lists(st.one_of(SNIPPETS, st.text(max_size=12)), max_size=40).map("".join)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ticket(content, markup):
    return Ticket(id="T-1", title="Title", description=Text(content, markup))


def same(shown, given):
    """Equal, but for what is replaced one for one: line breaks, hard spaces, controls and lone surrogates."""
    return shown == given or (shown in "\n \ufffd" and (given.isspace() or not given.isprintable()))


def check(document):
    for placed in document.blocks:
        block = placed.block
        source = document.sources[block.field]
        assert block.text.strip() == block.text
        for piece in block.pieces:
            assert 0 <= piece.text <= piece.text + piece.length <= len(block.text)
            assert 0 <= piece.source <= piece.source + piece.length <= len(source)
            for n in range(piece.length):
                assert same(block.text[piece.text + n], source[piece.source + n]), (block, piece)
                assert block.source(piece.text + n, piece.text + n + 1) == (piece.source + n, piece.source + n + 1)
        for low, high in (*block.masked, *block.strong):
            assert 0 <= low < high <= len(block.text)
    check_units(document)


def check_units(document):
    for unit in document.units:
        block = document.blocks[unit.block].block
        assert block.kind in PROSE
        assert 0 < len(unit.text) <= limits.UNIT
        assert not any("\ud800" <= char <= "\udfff" for char in unit.text)
        for n, char in enumerate(unit.text):
            low, high = unit.in_block(n, n + 1)
            assert high == low + 1
            assert char == block.text[low] or (char == " " and block.text[low].isspace())
        for low, high in unit.masked:
            assert 0 <= low < high <= len(unit.text)


@pytest.mark.parametrize("markup", STRINGS)
@QUICK
@given(text=TEXTS)
def test_every_character_leads_back(markup, text):
    check(read(ticket(text, markup)))


@QUICK
@given(text=st.text(st.sampled_from("ab\n\x7f\x80ßא\u07ff\u0800—あ\uffff\U00010000🎉\U0010ffff"), max_size=40))
def test_every_byte_is_of_its_character(text):
    bytes_of = [len(char.encode()) for char in text]
    expected = [at for at, size in enumerate(bytes_of) for _ in range(size)]
    assert [*markdown._code_points(text)] == [*expected, len(text)]


INLINE = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "mention", "emoji", "status", "date", "inlineCard", "hardBreak", "odd"])},
    optional={
        "text": st.one_of(TEXTS, st.integers(), st.none()),
        "attrs": st.dictionaries(st.sampled_from(["text", "url", "shortName", "timestamp"]), TEXTS, max_size=2),
        "marks": st.lists(
            st.one_of(
                st.fixed_dictionaries({"type": st.sampled_from(["code", "strong", "link", "strike"])}), st.none()
            ),
            max_size=2,
        ),
    },
)
BLOCKS = "paragraph heading codeBlock bulletList orderedList listItem taskList taskItem decisionItem panel expand blockquote table tableRow tableCell tableHeader mediaSingle media rule unknown".split()
NODES = st.recursive(
    INLINE,
    lambda inner: st.fixed_dictionaries(
        {
            "type": st.sampled_from(BLOCKS),
            "content": st.one_of(st.lists(inner, max_size=4), st.none(), st.just("x")),
        },
        optional={
            "attrs": st.dictionaries(
                st.sampled_from(["level", "state", "title", "url"]), st.one_of(st.integers(), TEXTS), max_size=2
            )
        },
    ),
    max_leaves=15,
)


@QUICK
@given(node=NODES)
def test_every_character_of_adf_leads_back(node):
    document = read(ticket({"type": "doc", "content": [node]}, Markup.ADF))
    check(document)


def test_adf_counts_in_its_block_texts_joined_by_newlines():
    texts = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in ("One é.", "Two 🎉.")]
    document = read(ticket({"type": "doc", "content": texts}, Markup.ADF))
    assert document.sources["description"] == "One é.\nTwo 🎉."
    block = document.blocks[2].block
    assert document.sources["description"][slice(*block.source(0, 5))] == "Two 🎉"


def test_offsets_count_code_points_after_emoji_in_markdown():
    source = "é 🎉🎉 text with **bold** words\r\n\r\n- [ ] über `code` 🎉 end"
    document = read(ticket(source, Markup.MARKDOWN))
    quotes = {p.block.text: source[slice(*p.block.source(0, len(p.block.text)))] for p in document.blocks[1:]}
    assert quotes == {
        "é 🎉🎉 text with bold words": "é 🎉🎉 text with **bold** words",
        "über code 🎉 end": "über `code` 🎉 end",
    }


def test_a_quote_of_a_unit_can_be_found_in_its_field():
    source = "Intro.\n\nh2. Goal\n* The *export* ends ((((((((((((now)))) please. It is {{fast}}."
    document = read(ticket(source, Markup.WIKI))
    unit = next(u for u in document.units if u.text.startswith("The export"))
    block = document.blocks[unit.block].block
    start = unit.text.index("now")
    assert source[slice(*block.source(*unit.in_block(start, start + 3)))] == "now"


def test_fields_follow_title_and_description_and_keep_their_own_sources():
    given = Ticket(
        "1", "Title", Text("Text"), fields={"Acceptance criteria": Text("# one", Markup.WIKI), "Odd": Text(None)}
    )
    document = read(given)
    assert document.sources == {"title": "Title", "description": "Text", "Acceptance criteria": "# one", "Odd": ""}
    assert [(p.block.field, p.section.value) for p in document.blocks] == [
        ("title", "title"),
        ("description", "none"),
        ("Acceptance criteria", "criteria"),
    ]
    assert json.dumps(document.sources)
