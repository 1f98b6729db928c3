"""Markdown that says what we said, read back by two independent parsers."""

import re

import pyromark
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from service.comment import CommentTree, Item, Items, Link, Mention, Paragraph, Quoted, Snippet, Words
from service.render import clean, markdown
from tests.render.hostile import anything, hostile, sentence, trees

EVERYTHING = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_TASKLISTS
    | pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    | pyromark.Options.ENABLE_MATH
    | pyromark.Options.ENABLE_GFM
    | pyromark.Options.ENABLE_DEFINITION_LIST
    | pyromark.Options.ENABLE_SUPERSCRIPT
    | pyromark.Options.ENABLE_SUBSCRIPT
    | pyromark.Options.ENABLE_WIKILINKS
)
OURS = {"Paragraph", "Strong", "Emphasis", "List", "Item", "CodeBlock"}
COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read(source):
    """The kinds of elements, and the text, as pulldown-cmark sees them."""
    tags, text = set(), ""
    for event in pyromark.events(source, options=EVERYTHING):
        kind, value = next(iter(event.items())) if isinstance(event, dict) else (event, None)
        if kind == "Start":
            tags.add(next(iter(value)) if isinstance(value, dict) else value)
        elif kind in {"Text", "Code"}:
            text += value
        elif kind != "End":
            tags.add(kind)
    return tags, text


def inline_types(source):
    """The kinds of tokens, and the text, as markdown-it sees them."""
    types, text = set(), ""
    for token in COMMONMARK.parse(source):
        types.add(token.type)
        for child in token.children or []:
            types.add(child.type)
            text += child.content
    return types, text


@settings(max_examples=400)
@given(anything)
def test_a_quote_reads_as_it_was_and_does_nothing(quote):
    source = markdown.render(sentence(quote))
    told = f"See “{clean.quoted(quote)}” there."
    assert read(source) == ({"Paragraph"}, told)
    types, text = inline_types(source)
    assert text == told
    assert types <= {"paragraph_open", "inline", "text", "code_inline", "paragraph_close"}


@settings(max_examples=300)
@given(hostile)
def test_what_readers_of_markdown_link_by_themselves_stands_in_a_code_span(quote):
    source = markdown.render(sentence(quote))
    outside = "".join(
        child.content
        for token in COMMONMARK.parse(source)
        for child in token.children or []
        if child.type == "text"
    )
    assert not any(sign in outside for sign in ("://", "www.", "@", "evil.example", "ABC-1", "#1", ":smile:"))


@settings(max_examples=300)
@given(anything)
def test_our_own_words_do_nothing_either(text):
    source = markdown.render(CommentTree((Paragraph((Words(text),)),)))
    tags, told = read(source)
    assert told == clean.words(text).strip(" ")
    assert tags <= {"Paragraph"}
    unescaped = re.sub(r"\\.", "", source)
    assert not any(sign in unescaped for sign in ("@", "://", "#", "www.e", "evil.example"))


@settings(max_examples=300)
@given(trees)
def test_only_our_elements_are_there(tree):
    tags, _ = read(markdown.render(tree))
    assert tags <= OURS


@settings(max_examples=300)
@given(anything)
def test_a_snippet_cannot_be_broken_out_of(text):
    tree = CommentTree(
        (Items((Item((Paragraph((Words("Copy:"),)), Snippet(text))),)), Paragraph((Words("End."),)))
    )
    events = list(pyromark.events(markdown.render(tree), options=EVERYTHING))
    block = clean.block(text)
    blocks = [event for event in events if isinstance(event, dict) and "CodeBlock" in str(event.get("Start"))]
    assert len(blocks) == 1
    assert read(markdown.render(tree))[1] == f"Copy:{block}\nEnd." if block else "Copy:End."


@pytest.mark.parametrize(
    ("tree", "source"),
    [
        (Paragraph((Quoted("user-friendly"),)), "“user-friendly”"),
        (Paragraph((Quoted("see www.evil.example"),)), "“`see www.evil.example`”"),
        (Paragraph((Quoted("`"),)), "“`` ` ``”"),
        (Paragraph((Words("1. not a list"),)), "1\\. not a list"),
        (Paragraph((Words(" +8 ", strong=True), Words("more"))), "**+8** more"),
        (Paragraph((Words("half", strong=True), Words("bold"))), "halfbold"),
        (Paragraph((Mention("https://linear.app/demo/profiles/jane.d"),)), "https://linear.app/demo/profiles/jane.d"),
        (Paragraph((Mention("https://linear.app/demo/profiles/x y](z)"),)), "@httpslinear.appdemoprofilesxyz"),
        (Paragraph((Mention("a b@c.d"), Link("rule", "https://example.org/?a&b"))), "@abc.d[rule](https://example.org/?a&amp;b)"),
        (Paragraph((Link("no", "javascript:x"),)), "no"),
        (Items((Item((Paragraph((Words("a"),)),)), Item((Snippet("x\n\ny"),))), ordered=True), "1. a\n\n2. ```\n   x\n\n   y\n   ```"),
    ],
)  # fmt: skip
def test_how_it_is_written(tree, source):
    assert markdown.render(CommentTree((tree,))) == source
