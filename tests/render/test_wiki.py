"""Wiki markup that Jira Data Center shows as we said it."""

import re
from html import unescape

import pytest
from hypothesis import given, settings

from service.comment import CommentTree, Item, Items, Link, Mention, Paragraph, Quoted, Snippet, Words
from service.render import clean, wiki
from tests.render.hostile import anything, sentence, trees

EDGE_BEFORE, EDGE_AFTER = r"(?<![^\W_])", r"(?![^\W_])"
EMOTICONS = [":)", ":-)", ":(", ":-(", ":P", ":p", ":D", ";)", ";-)"] + [
    f"({sign})" for sign in ("y", "n", "i", "/", "x", "!", "+", "-", "?", "on", "off", "*", "*r", "*g", "*b", "*y")
]
# What Jira's renderer looks for, in our words: phrases between delimiters, links, macros, images, blocks …
ALIVE = {
    **{
        f"phrase {mark}": re.compile(f"{EDGE_BEFORE}{re.escape(mark)}[^\\s].*?{re.escape(mark)}{EDGE_AFTER}")
        for mark in ("*", "_", "-", "+", "^", "~", "??")
    },
    "link": re.compile(r"\[.*?\]"),
    "macro or monospace": re.compile(r"\{[^}]*\}|\{\{"),
    "image": re.compile(r"![^!\s]+!"),
    "address": re.compile(r"(?:https?|ftp|file|mailto|news|nntp|irc):\S", re.IGNORECASE),
    "issue key": re.compile(r"[A-Z][A-Z0-9_]+-\d"),
    "cell": re.compile(r"\|"),
    "dash": re.compile(r"(^|\s)--"),
    "line break": re.compile(r"\\"),
    "html": re.compile(r"[<>]|&(?!#\d+;)"),
    "block": re.compile(r"^\s*(?:h[1-6]\.|bq\.|[*#-]+\s|-{4})", re.MULTILINE),
    "mention": re.compile(r"@"),
    **{f"emoticon {sign}": re.compile(re.escape(sign) + EDGE_AFTER) for sign in EMOTICONS},
}


def alive(source):
    return [name for name, pattern in ALIVE.items() if pattern.search(source)]


@settings(max_examples=500)
@given(anything)
def test_a_quote_reads_as_it_was_and_does_nothing(quote):
    source = wiki.render(sentence(quote))
    assert unescape(source) == f"See “{clean.quoted(quote)}” there."
    assert not alive(source)


@settings(max_examples=300)
@given(anything)
def test_our_own_words_do_nothing_either(text):
    source = wiki.render(CommentTree((Paragraph((Words(text),)),)))
    assert unescape(source) == clean.words(text).strip(" ")
    assert not alive(source)


@settings(max_examples=300)
@given(trees)
def test_the_lines_of_a_tree_are_ours(tree):
    """Without the marks that we set ourselves, and our verbatim blocks, nothing is alive."""
    source = re.sub(r"\{noformat\}\n.*?\n\{noformat\}", "", wiki.render(tree), flags=re.DOTALL)
    for line in source.splitlines():
        bare = re.sub(r"[*_]", "", re.sub(r"^[*#] ", "", line)).replace(" \\\\ ", " ")
        assert not alive(bare), line


@settings(max_examples=300)
@given(anything)
def test_a_snippet_cannot_be_broken_out_of(text):
    source = wiki.render(CommentTree((Snippet(text),)))
    inside = source.removeprefix("{noformat}\n").removesuffix("\n{noformat}")
    assert len(source) - len(inside) == len("{noformat}\n\n{noformat}")
    assert not re.search(r"\{noformat[:}]", inside, re.IGNORECASE)
    assert inside.replace("{\u200b", "{") == clean.block(text)


@pytest.mark.parametrize(
    ("tree", "source"),
    [
        (Paragraph((Quoted("user-friendly, and/or fast."),)), "“user-friendly, and/or fast.”"),
        (Paragraph((Quoted("[~admin] :)"),)), "“&#91;&#126;admin&#93; &#58;&#41;”"),
        (Paragraph((Words("h1. big"),)), "h1&#46; big"),
        (Paragraph((Words(" Now ", strong=True), Words("or never"))), "*Now* or never"),
        (Paragraph((Words("half", strong=True), Words("bold"))), "halfbold"),
        (Paragraph((Mention("jane.d]|x"), Link("rule", "https://example.org/r"))), "[~jane.dx][rule|https://example.org/r]"),
        (Paragraph((Link("no", "javascript:x"),)), "no"),
        (Items((Item((Paragraph((Words("a"),)), Paragraph((Words("b"),)), Snippet("x"))),), ordered=True), "# a \\\\ b\n{noformat}\nx\n{noformat}"),
    ],
)  # fmt: skip
def test_how_it_is_written(tree, source):
    assert wiki.render(CommentTree((tree,))) == source
