import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.render import clean
from tests.render.hostile import anything


@given(anything)
def test_a_quote_is_one_short_line_that_every_tracker_can_store(text):
    quote = clean.quoted(text)
    assert len(quote) <= clean.QUOTE_LENGTH
    assert quote == quote.strip()
    assert not any(char in quote for char in "\n\r\t\x00\u202e\u2066\u200b\u2028")
    quote.encode("utf-8")


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=100))
def test_plain_writing_is_left_as_it_is(text):
    assert clean.quoted(text) == text.strip()
    assert clean.words(text) == text


def test_a_long_quote_ends_at_a_word():
    quote = clean.quoted("The report " + "has to arrive in time " * 20)
    assert quote.endswith(("time…", "has…", "to…", "arrive…", "in…"))
    assert clean.QUOTE_LENGTH - 10 < len(quote) <= clean.QUOTE_LENGTH


def test_a_long_quote_without_spaces_is_cut():
    assert clean.quoted("a" * 500) == "a" * (clean.QUOTE_LENGTH - 1) + "…"


def test_emoji_and_other_scripts_survive():
    assert clean.words("👩‍💻 שלום می‌خواهم 日本") == "👩‍💻 שלום می‌خواهم 日本"


def test_a_block_keeps_its_lines():
    assert clean.block("\r\nGiven a\r\n\twhen b\x07\u2028then c\n") == "Given a\n\twhen b\nthen c"


@pytest.mark.parametrize("href", ["https://example.org/a?b=1&c=%20#d", "http://localhost:8000/"])
def test_web_addresses(href):
    assert clean.is_web_address(href)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "https://",
        "https://a b",
        'https://a"b',
        "https://a|b]",
        "https://a)",
        "//a",
        "https://a\n",
    ],
)
def test_what_is_no_web_address(href):
    assert not clean.is_web_address(href)
