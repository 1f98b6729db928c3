"""What comes again is kept, what comes once is not, and neither changes what is read."""

import pytest

from service.document import known_words, language
from service.document.known_words import Bounded, KnownWords
from service.parsing import Parser
from service.rulebook import load
from tests.bench.tickets import tickets


@pytest.fixture(scope="module")
def nlp():
    return language.load()


def parsed(nlp, *texts):
    with nlp.memory_zone():
        return [
            [(token.text, token.norm_, token.lemma_, token.whitespace_) for token in nlp(text)] for text in texts
        ]


def test_what_comes_again_is_kept_and_what_comes_once_is_not(nlp):
    words = KnownWords(nlp)
    for text in ("zebrawise once-9f3a", "zebrawise other-71bc"):
        words.meet([text])
        parsed(nlp, text)
    assert "zebrawise" in nlp.vocab.strings
    assert "9f3a" not in nlp.vocab.strings
    assert "71bc" not in nlp.vocab.strings


def test_the_same_text_twice_in_one_batch_is_not_again(nlp):
    words = KnownWords(nlp)
    words.meet(["quincewise", "quincewise"])
    assert "quincewise" not in nlp.vocab.strings


def test_no_more_is_kept_than_allowed(nlp, monkeypatch):
    monkeypatch.setattr(known_words, "KNOWN", 50)
    monkeypatch.setattr(known_words, "ONCE", 80)
    words = KnownWords(nlp)
    for start in range(0, 3000, 5):
        words.meet([f"plenty{start + n}" for n in range(10)])
    kept = [f"plenty{n}" for n in range(3010) if f"plenty{n}" in nlp.vocab.strings]
    assert 50 <= len(kept) <= 60
    assert len(words._once) <= 100


@pytest.mark.parametrize(
    "text",
    [
        "It's done, don't re-open it (see e.g. the U.S. form)!",
        "10km/h at 5pm :-) and/or A.B. https://example.org/a?b=c",
        "“Quoted” words—dashed… and'em cannot gonna",
        "Über-größe naïve 漢字 😀😀 a\u00adb x=y;z",
    ],
)
def test_a_text_is_cut_alike_whether_its_words_are_known(nlp, text):
    before = parsed(nlp, text)
    words = KnownWords(nlp)
    for _ in range(2):
        words.meet([text])
    assert parsed(nlp, text) == before


def test_a_parser_meets_what_it_parses(nlp):
    parser = Parser(load(), nlp)
    first, second = ([(frozenset(), _units(t)) for t in tickets(3, seed)] for seed in ("a", "b"))
    parser.results(first)
    assert not parser._known_words._known
    parser.results(second)
    assert {"the", "is"} <= parser._known_words._known


def _units(ticket):
    from service import document

    return document.read(ticket).units


def test_lemmas_are_remembered_within_bounds():
    assert isinstance(language.load(fast=False).get_pipe("lemmatizer").cache, Bounded)
    cache = Bounded(3)
    for key in "abcd":
        cache[key] = key
    assert cache == {"d": "d"}
