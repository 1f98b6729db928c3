"""Whatever a review holds, the comment keeps its promises."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from service.comment import Items, Paragraph
from service.feedback import Said, compose, fingerprint, points_of
from service.render import adf, html, markdown, wiki
from service.trackers.footprint import is_signed
from service.verdict import Dimension, Finding, Level, Review, Severity
from tests.render.hostile import anything

RULES = ["unmeasured-quality", "no-benefit", "open-ended-list", "placeholder-text", "a", "b-c"]
findings = st.builds(
    Finding,
    rule=st.sampled_from(RULES),
    severity=st.sampled_from(Severity),
    dimension=st.sampled_from(Dimension),
    points=st.integers(0, 40),
    gain=st.integers(0, 40),
    message=anything.map("“{}” is vague.".format) | st.just("Nothing says why."),
    why=anything,
    coach=anything,
    field=st.just("description"),
    quote=anything,
)
reviews = st.builds(
    Review,
    score=st.integers(0, 100),
    level=st.sampled_from(Level),
    reason=st.just(""),
    findings=st.lists(findings, min_size=1, max_size=8).map(tuple),
    rulebook=st.just("rules 1"),
    text_hash=st.just("text 1"),
    unread=st.integers(0, 10**6),
    gains=st.dictionaries(st.sampled_from(RULES), st.integers(0, 60)),
    passed=st.dictionaries(st.sampled_from(RULES), st.sampled_from(["", "the benefit"])),
)
saids = st.none() | st.builds(Said, score=st.integers(0, 100), rules=st.lists(st.sampled_from(RULES)).map(tuple))


@settings(max_examples=150)
@given(reviews, saids)
def test_a_comment_is_short_and_ours(review, said):
    tree = compose(review, said)
    shown = [item for node in tree.nodes if isinstance(node, Items) for item in node.items]
    assert len(shown) == (0 if review.level is Level.READY else min(3, len(points_of(review))))
    assert len(tree.nodes) <= 4
    assert review.level is not Level.READY or len(tree.nodes) == 1
    assert isinstance(tree.nodes[-1], Paragraph)
    for render in (markdown.render, wiki.render):
        assert is_signed(render(tree))
    assert html.render(tree)
    assert adf.render(tree)["version"] == 1


@settings(max_examples=100)
@given(reviews, saids, saids)
def test_what_was_said_before_changes_the_comment_but_not_its_fingerprint(review, one, other):
    assert compose(review, one).nodes[1:] == compose(review, other).nodes[1:]
    assert fingerprint(review) == fingerprint(replace(review, passed={}, text_hash="text 2"))


@settings(max_examples=100)
@given(reviews)
def test_the_gains_shown_are_those_of_the_review(review):
    points = points_of(review)
    assert [point.gain for point in points] == sorted((point.gain for point in points), reverse=True)
    for point in points:
        rule = point.findings[0].rule
        assert point.gain == review.gains.get(rule, max(f.gain for f in review.findings if f.rule == rule))
    if review.level is not Level.READY:
        promised = re.findall(r"^- \*\*\+(\d+) · ", markdown.render(compose(review)), re.MULTILINE)
        assert promised == [str(point.gain) for point in points[:3] if point.gain]
