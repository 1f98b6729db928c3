"""A costly step is left out where a look at the text says that nothing would come of it. It must be right."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from service.document import html, labels, limits, noise, tongue, units, words
from service.document.stopwords import ENGLISH, LANGUAGES
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
    assert limits.shortener(flat)(flat)[0] == limits._cut(kept, limits._CHUNKS)[0]


@MANY
@given(st.lists(SYMBOLS.map("".join), max_size=4))
def test_what_is_seen_of_all_parts_at_once_holds_for_each(texts):
    parts = [text.replace("\n", " ").replace("\t", " ") for text in texts]
    together = limits.shortener("x".join(parts))
    assert [together(part) for part in parts] == [limits.shortener(part)(part) for part in parts]


@MANY
@given(ASCII)
def test_a_text_without_control_characters_is_clean(text):
    assert clean(text) == text.replace("\r\n", " \n").translate(words._SAFE)


@MANY
@given(st.text(st.sampled_from("ab:=>-–— /*_\u00a0"), max_size=12))
def test_what_sets_off_a_label_holds_a_mark(line):
    if labels._COLON.search(line, 2, 70):
        assert labels._MARK.search(line, 2, 70)


@MANY
@given(st.lists(st.sampled_from(sorted(ENGLISH | LANGUAGES.keys())), max_size=8))
def test_no_other_language_is_told_by_words_that_english_has(small):
    small = [word for word in small if word not in tongue._FOREIGN_WORDS]
    english = len([word for word in small if word in ENGLISH])
    assert tongue._strongest(small, english) <= english


@MANY
@given(
    st.lists(st.sampled_from(["Given a", "when b", "Then c", "so THEN", "x\nthen y", "And d", "But e", "", "f"]))
)
def test_no_scenario_is_told_without_then(texts):
    if "then" not in " ".join(texts).lower():
        assert not units._scenarios(texts)


@MANY
@given(ASCII)
def test_words_in_ascii_are_the_same_when_made_small_before(text):
    assert tongue._words(text) == [word.casefold() for word in tongue._WORD.findall(text)]


@MANY
@given(LINES.map("".join))
def test_a_repetition_that_gives_nothing_back_could_only_fail(line):
    giving = noise._CODE.replace("++", "+").replace("}+", "}")
    assert giving != noise._CODE
    assert bool(re.match(noise._CODE, line)) == bool(re.match(giving, line))


@MANY
@given(TAGS.map("".join), SPACE)
def test_white_space_that_ends_html_makes_no_block(source, space):
    assert html.blocks(source + space, "description") == html.blocks(source.rstrip(), "description")
