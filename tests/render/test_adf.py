"""Every ADF document is valid, and says nothing but what we said."""

import json
from functools import cache

import jsonschema
import pytest
from hypothesis import given, settings

from service.comment import CommentTree, Item, Items, Link, Mention, Paragraph, Quoted, Snippet, Words
from service.render import adf, clean
from tests.needs import shared
from tests.render.hostile import anything, sentence, trees


@cache
def validator():
    schema = json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema)


def nodes(document):
    yield document
    for child in document.get("content", []):
        yield from nodes(child)


@pytest.mark.shared
@settings(max_examples=60)
@given(trees)
def test_every_document_is_valid(tree):
    document = adf.render(tree)
    validator().validate(document)
    json.dumps(document).encode("utf-8")


@settings(max_examples=300)
@given(anything)
def test_a_quote_is_text_and_nothing_else(quote):
    (paragraph,) = adf.render(sentence(quote))["content"]
    assert [node["type"] for node in nodes(paragraph)] == ["paragraph", "text"]
    assert paragraph["content"] == [{"type": "text", "text": f"See “{clean.quoted(quote)}” there."}]


@settings(max_examples=100)
@given(trees)
def test_only_a_mention_mentions_and_only_a_link_links(tree):
    ours = {"doc", "paragraph", "text", "bulletList", "orderedList", "listItem", "codeBlock", "expand"}
    assert {node["type"] for node in nodes(adf.render(tree))} <= ours
    marks = {mark["type"] for node in nodes(adf.render(tree)) for mark in node.get("marks", [])}
    assert marks <= {"strong", "em"}


def test_marks_mentions_and_links():
    tree = CommentTree(
        (
            Paragraph((Mention("5b10"), Words(", please "), Words("see", strong=True, emphasis=True))),
            Paragraph((Link("the rule", "https://example.org/r"), Link("not this", "javascript:x"))),
        )
    )
    first, second = adf.render(tree)["content"]
    assert first["content"] == [
        {"type": "mention", "attrs": {"id": "5b10"}},
        {"type": "text", "text": ", please "},
        {"type": "text", "text": "see", "marks": [{"type": "strong"}, {"type": "em"}]},
    ]
    link = {"type": "link", "attrs": {"href": "https://example.org/r"}}
    assert second["content"] == [
        {"type": "text", "text": "the rule", "marks": [link]},
        {"type": "text", "text": "not this"},
    ]


def test_what_is_empty_is_left_out():
    tree = CommentTree((Items(()), Items((Item(()),)), Paragraph((Words(""), Words("\x00"))), Snippet("")))
    assert adf.render(tree)["content"] == [
        {"type": "paragraph", "content": []},
        {"type": "codeBlock", "content": []},
    ]


def test_a_numbered_list_with_a_snippet():
    tree = CommentTree((Items((Item((Paragraph((Quoted("a"),)), Snippet("x\ny"))),), ordered=True),))
    (ordered,) = adf.render(tree)["content"]
    assert ordered["type"] == "orderedList"
    assert ordered["content"][0]["content"][1] == {
        "type": "codeBlock",
        "content": [{"type": "text", "text": "x\ny"}],
    }
