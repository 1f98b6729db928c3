import json

import pytest
from hypothesis import given

from service.comment import CommentTree, Link, Mention, Paragraph
from service.comment_json import from_json, to_json
from tests.render.hostile import trees


@given(trees)
def test_a_tree_survives_json(tree):
    assert from_json(json.loads(json.dumps(to_json(tree)))) == tree


def test_mentions_and_links_survive_too():
    tree = CommentTree((Paragraph((Mention("7"), Link("rule", "https://example.org"))),))
    assert from_json(to_json(tree)) == tree


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        {},
        [],
        {"type": "script"},
        {"type": "words", "text": "a"},
        {"type": "comment"},
        {"type": "comment", "nodes": [{"type": "paragraph", "text": "a"}]},
    ],
)
def test_what_is_no_tree_is_refused(data):
    with pytest.raises(ValueError, match="no comment tree"):
        from_json(data)
