"""The fast pipeline reads what spaCy's own reads, token for token, and a unit the same in whatever company."""

import itertools
import json
import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import document, rulebook
from service.contract import ContractError, ticket_from_json
from service.document import fast, language
from service.policy import Policy
from service.review import Reviewer
from service.ticket import Markup, Text, Ticket
from tests.bench.tickets import tickets
from tests.needs import ROOT, shared

ENOUGH = 20_000
ZONE = 200


@pytest.fixture(scope="module")
def stock():
    return language.load(fast=False)


@pytest.fixture(scope="module")
def quick():
    return language.load()


@pytest.fixture(scope="module")
def written():
    """Prose of people: this project's own pages and rules, with all the examples in them."""
    files = sorted(
        path for top in ("docs", "rules") for path in (ROOT / top).rglob("*") if path.suffix in (".md", ".yaml")
    )
    return [
        Ticket(
            "", path.stem, Text(path.read_text("utf-8"), Markup.MARKDOWN if path.suffix == ".md" else Markup.PLAIN)
        )
        for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *files]
    ]


def units(found):
    return list({unit.text: None for ticket in found for unit in document.read(ticket).units})


def read(nlp, texts, *, batch=64, zone=ZONE):
    """Everything that a rule can read of each token; a zone ends often, and what came before is met again."""
    found = []
    for start in range(0, len(texts), zone):
        with nlp.memory_zone():
            found += [_facts(doc) for doc in nlp.pipe(texts[start : start + zone], batch_size=batch)]
    return found


def _facts(doc):
    return [
        (t.text, t.norm_, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_, t.head.i, t.sent.start, t.whitespace_)
        for t in doc
    ]


def test_it_is_in_use(stock, quick):
    assert fast.REMEMBERED in quick.pipe_names
    assert fast.REMEMBERED not in stock.pipe_names
    assert language.version(quick) == language.version(stock)


def test_every_token_is_read_alike(stock, quick, written):
    texts = units(written) + units(tickets(150))
    ours, theirs = read(quick, texts), read(stock, texts)
    assert sum(map(len, theirs)) >= ENOUGH
    assert ours == theirs


def test_every_finding_is_the_same(stock, quick, written):
    rules = rulebook.load()
    batch = [(ticket, Policy()) for ticket in [*written, *tickets(60)]]
    ours, theirs = (Reviewer(rules, nlp).review_all(batch) for nlp in (quick, stock))
    assert sum(len(review.findings) for review in theirs) > 100
    assert ours == theirs


@pytest.mark.shared
def test_every_token_of_real_tickets_is_read_alike(stock, quick):
    texts = units(_real(shared("eval", "data"), 300))
    ours, theirs = read(quick, texts), read(stock, texts)
    assert sum(map(len, theirs)) >= ENOUGH
    assert ours == theirs


def _real(folder, count):
    lines = [
        line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").split("\n") if line
    ]
    for line in random.Random(5).sample(lines, count):
        given = json.loads(line)
        try:
            yield ticket_from_json({key: given.get(key) for key in ("title", "description", "markup", "type")})
        except ContractError:
            continue


def test_a_unit_is_read_the_same_in_any_company(quick, written):
    texts = units(tickets(120)) + units(written)
    assert len(texts) > 2_000
    shuffled = random.Random(7).sample(texts, len(texts))
    alone, batched = vectors(quick, texts, 1), vectors(quick, shuffled, 64)
    assert {text for text in texts if alone[text] != batched[text]} == set()


def vectors(nlp, texts, batch):
    """The numbers that tags and heads are chosen by, to the last bit, and what was chosen."""
    with nlp.memory_zone():
        return {doc.text: (doc.tensor.tobytes(), _facts(doc)) for doc in nlp.pipe(texts, batch_size=batch)}


@given(
    st.integers(1, 70), st.integers(0, 2**32 - 1), st.sampled_from([(288, 288), (96, 64), (64, 1024), (96, 50)])
)
def test_a_product_does_not_depend_on_its_neighbours(count, seed, shape):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal(shape).astype("f")
    rows = rng.standard_normal((count, shape[0])).astype("f")
    found = fast.multiplied(rows, weights)
    np.testing.assert_allclose(found, rows @ weights, rtol=1e-3, atol=1e-3)
    order = rng.permutation(count)
    assert np.array_equal(fast.multiplied(rows[order], weights), found[order])


def test_what_is_remembered_is_bounded(monkeypatch, stock, written):
    monkeypatch.setattr(fast, "ROWS", 700)
    monkeypatch.setattr(fast, "WORDS", 300)
    small = language.load()
    texts = units(written)[:600]
    assert read(small, texts) == read(stock, texts)
    assert len(small.get_pipe(fast.REMEMBERED)._memo) <= 300


def test_a_text_with_more_words_than_are_remembered_is_read(monkeypatch, stock):
    monkeypatch.setattr(fast, "ROWS", 20)
    monkeypatch.setattr(fast, "WORDS", 20)
    text = " ".join(f"word{number}" for number in range(60))
    assert read(language.load(), [text, "It works."]) == read(stock, [text, "It works."])


@pytest.mark.parametrize("texts", [[""], ["", "Save it.", ""], [" "], ["Save  it.\n\n"]])
def test_little_and_nothing_are_read_alike(stock, quick, texts):
    assert read(quick, texts) == read(stock, texts)


@pytest.mark.parametrize(
    "text",
    [
        "It ain't saved.",
        "You're gonna see it, y'all; you gotta, so let's go, c'mon.",
        "There's a row that there were two of.",
        "Let us see, and Y all the same; got ta go.",
        "The AI got it, and there he was: let it be.",
        "Aint it so? There're two, an' nothin' else; nuthin', y' all say.",
    ],
)
def test_patterns_of_two_words_are_read_alike(stock, quick, text):
    assert read(quick, [text, text]) == read(stock, [text, text])


def test_the_ruler_asks_for_nothing_else(stock):
    """What is remembered rests on this, so that a new model cannot be declared proven by its tests alone."""
    patterns = [pattern for rule in stock.get_pipe("attribute_ruler").patterns for pattern in rule["patterns"]]
    asked = {attribute for pattern in patterns for token in pattern for attribute in token}
    assert asked == {"TAG", "LOWER", "DEP", "IS_SPACE"}
    lowers = [token["LOWER"] for pattern in patterns for token in pattern if "LOWER" in token]
    told = [value for value in lowers if not isinstance(value, str)]
    assert {name for value in told for name in value} == {"IN", "REGEX"}
    assert {value["REGEX"] for value in told if "REGEX" in value} == set(fast.SPELLED)
    pairs = [pattern for pattern in patterns if len(pattern) > 1]
    assert {len(pattern) for pattern in pairs} == {2}
    assert all("LOWER" in first or first["DEP"] == "expl" for first, _ in pairs)
    assert all("LOWER" in second for _, second in pairs)


@pytest.mark.parametrize("expression", fast.SPELLED)
def test_what_an_expression_of_the_ruler_spells_is_all_it_matches(expression):
    letters = sorted(set(re.sub(r"[^a-z']", "", expression)))
    longest = max(map(len, fast.SPELLED[expression]))
    words = {"".join(word) for size in range(longest + 1) for word in itertools.product(letters, repeat=size)}
    assert {word for word in words if re.search(expression, word)} == set(fast.SPELLED[expression])


def test_the_lemmatizer_leaves_what_the_ruler_said(stock):
    assert stock.get_pipe("lemmatizer").overwrite is False
    assert stock.get_pipe("lemmatizer").mode == "rule"


@pytest.mark.parametrize(
    "versions", [("3.8.17", None, None), (None, "8.3.13", None), (None, None, "another model")]
)
def test_it_falls_back_where_it_was_not_proven(monkeypatch, caplog, versions):
    proven = next(iter(fast.PROVEN))
    monkeypatch.setattr(fast, "PROVEN", {tuple(new or old for new, old in zip(versions, proven, strict=True))})
    with caplog.at_level("INFO"):
        nlp = language.load()
    assert fast.REMEMBERED not in nlp.pipe_names
    assert "was not proven" in caplog.text


def test_it_is_not_for_training(quick):
    with pytest.raises(NotImplementedError):
        quick.get_pipe("tok2vec").model([quick.make_doc("Save it.")], is_train=True)
