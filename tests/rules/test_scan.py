"""Most matchers are spared most sentences. What is found must be just what asking each of them would find."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import document as documents
from service import matchers, rulebook
from service.document.model import BlockKind, Role, Section, Unit
from service.matchers import Battery
from tests.rules import plain
from tests.rules.test_matchers import DELETES

BOOK = rulebook.load()
LOOKED_FOR = re.compile(r"[\w'’-]+|[.,;:!?…“”]")


def unit_finds(items):
    return [(i.id, i.find.matcher, i.find.spec) for i in items if matchers.module(i.find.matcher).LEVEL == "unit"]


FINDS = unit_finds([*BOOK.signals.values(), *BOOK.rules.values()])
WORDS = sorted({word for item in [*BOOK.signals.values(), *BOOK.rules.values()]
                for word in LOOKED_FOR.findall(item.meaning) if len(word) < 20})  # fmt: skip


def units():
    """The sentences of every example in every rule file."""
    for item in [*BOOK.signals.values(), *BOOK.rules.values()]:
        for example in (*item.examples.bad, *item.examples.good, *item.examples.missed):
            yield from documents.read(example.ticket).units


@pytest.fixture(scope="module")
def battery(nlp):
    return Battery.built(nlp, FINDS)


@pytest.fixture(scope="module")
def each(nlp):
    return {name: plain.build(nlp, kind, spec) for name, kind, spec in FINDS}


def asked(each, sentence):
    return {name: hits for name, match in each.items() if (hits := tuple(match(sentence)))}


def found(battery, sentence):
    return {name: hits for name, matcher in battery.due(sentence) if (hits := tuple(matcher.find(sentence)))}


def signals(battery, each, told, nlp):
    """The sentences as rules see them, all looked through at once: with what the signals found."""
    sentences = battery.sentences(told, [*nlp.pipe(unit.text for unit in told)])
    for one in sentences:
        one.hits.update({name: hits for name, hits in asked(each, one).items() if name in BOOK.signals})
    return sentences


def test_the_sentences_of_all_examples(battery, each, nlp):
    told = list({unit.text: unit for unit in units()}.values())
    assert len(told) > 100
    compared = 0
    for sentence in signals(battery, each, told, nlp):
        expected = asked(each, sentence)
        assert found(battery, sentence) == expected, sentence.unit.text
        compared += len(expected)
    assert compared > len(told)  # else nothing was compared


@settings(max_examples=300)
@given(
    lines=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=14), min_size=1, max_size=3),
    how=st.sampled_from([str, str.capitalize, str.upper]),
    role=st.sampled_from(Role),
)
def test_sentences_of_the_words_that_rules_look_for(battery, each, nlp, lines, how, role):
    texts = [" ".join([how(words[0]), *words[1:]]) for words in lines]
    told = [Unit(text, role, Section.NONE, BlockKind.PARAGRAPH, 0, 0) for text in texts]
    for sentence in signals(battery, each, told, nlp):
        assert found(battery, sentence) == asked(each, sentence)


PATTERNS = [
    ("tokens: {any_of: [[{ORTH: Bell}, {LOWER: {IN: [rings, rang]}, OP: '?'}]]}", "The Bell rings."),
    ("tokens: {any_of: [[{IS_SENT_START: true, LOWER: the}, {POS: NOUN}]]}", "The bell rings for the king."),
    ("tokens: {any_of: [[{LOWER: the, OP: '{0,1}'}, {LEMMA: ring, OP: '{1,2}'}]]}", "Rang the ring ring."),
    ("tokens: {any_of: [[{OP: '!', LOWER: red}, {LOWER: bell, OP: +}]]}", "A bell, a red bell."),
    ("tokens: {any_of: [[{LOWER: {NOT_IN: [red]}}, {LEMMA: bell}]]}", "Two bells, red bells."),
    ("tokens: {any_of: [[{IS_DIGIT: true}], [{LOWER: bell}]]}", "42 doors"),
    (
        "tokens: {any_of: [[{}, {LOWER: bell}, {LOWER: rings, OP: '?'}, {OP: '{0,2}'}]]}",
        "A bell rings so loud now.",
    ),
    ("tokens: {any_of: [[{POS: NOUN, LOWER: {IN: [bell, ring], NOT_IN: [ring]}}]]}", "A bell, a ring."),
    ("tokens: {any_of: [[{LOWER: a, IS_SENT_START: true}, {OP: '{2}'}]]}", "A bell rings a bell."),
    ("tokens: {any_of: [[{LOWER: bell, OP: '?'}, {LOWER: rings, OP: '{1,3}'}]]}", "The bell rings rings rings."),
    (
        "tokens: {any_of: [[{LOWER: bell}]], unless_within: [[{LOWER: red}, {OP: '?'}, {LOWER: bell}]]}",
        "Red bell, bell.",
    ),
    ("tokens: {any_of: [[{LOWER: bell}]], unless_sentence_has: {LOWER: red}}", "A blue bell."),
    ("tokens: {any_of: [[{TAG: VBZ, LEMMA: ring}]]}", "It rings."),
    (
        "tokens: {any_of: [[{LOWER: the}, {POS: {IN: [ADJ, ADV]}, OP: '*'}, {LEMMA: bell}]]}",
        "The very old red bell.",
    ),
    ("tokens: {any_of: [[{LOWER: red, OP: +}, {LEMMA: bell, OP: +}]]}", "Red red red bell bells."),
    (
        "tokens: {any_of: [[{IS_PUNCT: false, OP: '{1,3}'}, {LOWER: bell}, {OP: '*'}]]}",
        "So, a red bell rings, too.",
    ),
    ("tokens: {any_of: [[{LIKE_NUM: true}, {IS_PUNCT: false}]]}", "It has 42 bells, seven doors."),
    ("tokens: {any_of: [[{LOWER: bell, OP: '{2,}'}]]}", "Bell bell bell."),
    ("tokens: {any_of: [[{SHAPE: Xxxx, LENGTH: {'>=': 4}}, {LOWER: rings}]]}", "Bell rings, bell rings."),
    ("tokens: {any_of: [[{NORM: bell}, {SPACY: false}]]}", "Bell, bell."),
    (
        "tokens: {any_of: [[{ORTH: Bell}, {OP: '{10}'}, {LOWER: rings}]]}",
        "Bell or no bell, and red or old, it rings.",
    ),
    (
        "tokens: {any_of: [[{LOWER: the}, {LOWER: very, OP: '?'}, {LOWER: old, OP: '{0,2}'}, {LOWER: bell}]]}",
        "The very old old bell, the old bell.",
    ),
    (
        "tokens: {any_of: [[{LOWER: red, OP: '{0,4}'}, {LOWER: old, OP: '{0,4}'}, {LEMMA: bell}]]}",
        "Red, red red old bells.",
    ),
    ("phrase: {any_of: [ring a bell]}", "It rang a bell."),
    ("phrase: {any_of: [rome]}", "Rome or ROME: ROMEs."),
    ("phrase: {any_of: [Paris bell], by: lemma}", "The PARIS Bell."),
    ("regex: {any_of: ['(?P<match>b)ell', 'k']}", "A Bell. \u212a"),
    (f"dependency: {{any_of: [[{DELETES}]]}}", "The clerk deletes folders."),
]


@pytest.mark.parametrize(("pattern", "text"), PATTERNS)
def test_what_needs_care(nlp, tmp_path, pattern, text):
    signal = f"id: tested\ntitle: Tested\nfind:\n  {pattern}\n"
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "tested.yaml").write_text(signal, encoding="utf-8")
    finds = unit_finds(rulebook.read_folders([tmp_path]).signals.values())
    unit = Unit(text, Role.NARRATIVE, Section.NONE, BlockKind.PARAGRAPH, 0, 0)
    battery = Battery.built(nlp, finds)
    [sentence] = battery.sentences([unit], [nlp(text)])
    expected = asked({name: plain.build(nlp, kind, spec) for name, kind, spec in finds}, sentence)
    assert found(battery, sentence) == expected
    assert expected


def test_most_matchers_are_spared_most_sentences(battery, nlp):
    told = list({unit.text: unit for unit in units()}.values())
    sentences = battery.sentences(told, [*nlp.pipe(unit.text for unit in told)])
    due = sum(len(list(battery.due(sentence))) for sentence in sentences)
    assert due < 0.2 * len(FINDS) * len(sentences)


def test_no_sentences_are_no_work(battery):
    assert battery.sentences([], []) == []
