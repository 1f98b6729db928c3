"""Every document that we send to Jira Cloud is valid by the vendor's own ADF schema."""

import json
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from service import rulebook
from service.conversation import conversation
from service.feedback import compose
from service.render import adf
from service.talk import talk_about
from service.ticket import Comment, Person, Snapshot, Text, Ticket
from tests.feedback.test_any_review import reviews, saids
from tests.needs import ROOT, shared
from tests.render.hostile import anything

pytestmark = pytest.mark.shared

GOLDEN = sorted((ROOT / "tests" / "golden").rglob("*.adf.json"))
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = st.sampled_from([Person("author"), Person("5b10ac8d82e05b22cc7d4ef5"), Person("other")])
COMMANDS = ["/unclear {}", "/clarity ignore no-benefit because {}", "/clarity example no-benefit", "/clarity {}"]
words = st.tuples(st.sampled_from([*COMMANDS, "/clarity help", "{}"]), anything).map(
    lambda pair: pair[0].replace("{}", pair[1])
)
comments = st.lists(st.tuples(PEOPLE, words), max_size=6)


@cache
def validator():
    return Draft4Validator(json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8")))


def faults(document):
    return [f"{error.json_path} {error.message[:200]}" for error in validator().iter_errors(document)]


def test_there_are_golden_documents():
    assert len(GOLDEN) > 10


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_document_is_valid(path):
    assert faults(json.loads(path.read_text(encoding="utf-8"))) == []


@settings(max_examples=60)
@given(reviews, saids, comments, st.booleans())
def test_whatever_a_comment_says_is_valid(review, said, spoken, points):
    rules = rules_of()
    told = tuple(Comment(str(n), who, Text(what), NOW) for n, (who, what) in enumerate(spoken))
    snapshot = Snapshot(Ticket("1", "A title"), "SHOP-1", "", NOW, NOW, Person("author"), comments=told)
    talk = talk_about(conversation(snapshot, rules, NOW), snapshot, review, rules)
    assert faults(adf.render(compose(review, said, talk, points=points or not talk))) == []


@cache
def rules_of():
    return rulebook.load().rules


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "text", "text": ""},
        {"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [{"type": "loud"}]}]},
        {"type": "bulletList", "content": [{"type": "text", "text": "x"}]},
    ],
)
def test_the_schema_would_notice(broken):
    assert faults({"type": "doc", "version": 1, "content": [broken]})
