"""A costly step is left out where a look at the text says that nothing would come of it. It must be right."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from service.document import html, limits, noise, tongue
from service.document.words import clean

MANY = settings(max_examples=500, deadline=None)
ASCII = st.text(st.characters(max_codepoint=127))
SYMBOLS = st.lists(
    st.sampled_from(["a", "_", " ", "\t", "\n", "\x7f", "...", "!!", "?!", "—", "x" * 60]), max_size=30
)
LINES = st.lists(
    st.one_of(
        st.sampled_from("x y.z $a.b (1) = == += [0] 'k' \" @host: ~$ # new None ; { a-b _c".split()),
        ASCII,
        st.just(" "),
    ),
    max_size=8,
)
TAGS = st.lists(
    st.sampled_from(
        "<b> </b> <code> <a> </a> <li> <td> <pre> <br> <img> <script> </script> <!-- --> <x < > & &amp; word".split()
    ),
    max_size=10,
)
SPACE = st.text(st.sampled_from(" \t\n"), max_size=3)


@MANY
@given(st.one_of(ASCII, st.text(), SYMBOLS.map("".join)))
def test_a_text_without_runs_has_nothing_to_shorten(text):
    text = clean(text)
    flat = text.replace("\n", " ").replace("\t", " ")
    kept, _ = limits._cut(flat, limits._RUNS)
    assert limits.shortened(text)[0] == limits._cut(kept, limits._CHUNKS)[0]


@MANY
@given(ASCII)
def test_words_in_ascii_are_the_same_when_made_small_before(text):
    assert tongue._words(text) == [word.casefold() for word in tongue._WORD.findall(text)]


@MANY
@given(LINES.map("".join))
def test_a_repetition_that_gives_nothing_back_could_only_fail(line):
    giving = re.compile(noise._CODE.pattern.replace("++", "+").replace("}+", "}"))
    assert giving.pattern != noise._CODE.pattern
    assert bool(noise._CODE.match(line)) == bool(giving.match(line))


@MANY
@given(TAGS.map("".join), SPACE)
def test_white_space_that_ends_html_makes_no_block(source, space):
    assert html.blocks(source + space, "description") == html.blocks(source.rstrip(), "description")
