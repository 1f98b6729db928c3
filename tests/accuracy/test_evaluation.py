import json

import pytest

from service.accuracy import tables
from service.accuracy.evaluation import evaluate
from service.accuracy.labelled import LabelError, labelled, questions
from service.verdict import Dimension, Finding, Review, Severity


def ticket(group="a", **labels):
    return labelled({"title": "A ticket", "description": "", "group": group, "labels": labels}, "line 1")


def review(*rules, score=50):
    findings = tuple(
        Finding(rule, Severity.HINT, Dimension.PRECISION, 1, 1, "", "", "", "title", None, None, "")
        for rule in rules
    )
    return Review(score, None, "", findings, "", "")


GIVEN = [ticket("a", vague=True), ticket("a", vague=False), ticket("b", vague=True), ticket("b", vague=False)]
REVIEWS = [review("one"), review("two"), review("one", "two"), review("other")]


def test_a_label_that_rules_answer():
    [row] = evaluate("set", GIVEN, REVIEWS, {"vague": ("one", "two")})
    assert (row.figure.n, row.figure.positive, row.figure.flagged, row.lost) == (4, 2, 3, 0)
    assert row.figure.rates.precision == pytest.approx(2 / 3)
    assert row.figure.rates.recall == 1
    assert row.rules == {"one": (2, 2), "two": (1, 2)}
    assert {group: figure.main for group, figure in row.groups.items()} == pytest.approx({"a": 2 / 3, "b": 1})
    assert row.left_out == pytest.approx((2 / 3, 1))


def test_a_label_that_the_score_answers():
    given = [ticket(stuck=3), ticket(stuck=2), ticket(stuck=1), ticket(stuck=0)]
    reviews = [review(score=None), review(score=70), review(score=40), review(score=90)]
    [row] = evaluate("set", given, reviews, {"stuck": "score"})
    assert row.figure.positive == 2
    assert row.figure.auc == 0.75  # without a score is the worst; 70 is worse than 90 and better than 40
    assert row.rules == {}
    assert row.left_out is None  # there is one group


def test_true_and_false_are_the_ends_of_the_scale():
    given = [ticket(stuck=True), ticket(stuck=False)]
    [row] = evaluate("set", given, [review(score=10), review(score=90)], {"stuck": "score"})
    assert row.figure.auc == 1


def test_a_ticket_that_cannot_be_read_counts_as_passed():
    unread = labelled({"title": 5, "labels": {"vague": True}}, "line 1")
    assert unread.ticket is None
    [row] = evaluate("set", [unread, ticket(vague=True)], [None, review("one")], {"vague": ("one",)})
    assert (row.lost, row.figure.n, row.figure.rates.recall) == (1, 2, 0.5)


def test_a_label_that_a_ticket_lacks():
    with pytest.raises(LabelError, match="set: ticket 1 lacks the label clear"):
        list(evaluate("set", GIVEN, REVIEWS, {"clear": ("one",)}))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "line 3: a labelled ticket is a JSON object"),
        ({"title": "x"}, 'line 3: labels must be an object such as {"no_steps": true}'),
        ({"title": "x", "labels": ["vague"]}, "line 3: labels must be an object"),
        ({"title": "x", "labels": {"vague": "yes"}}, "line 3: labels.vague must be true, false or a number"),
        ({"title": "x", "labels": {"vague": 4}}, "line 3: labels.vague must be true, false or a number"),
    ],
)
def test_tickets_without_usable_labels(given, told):
    with pytest.raises(LabelError) as error:
        labelled(given, "line 3")
    assert told in str(error.value)


@pytest.mark.parametrize("given", [[], {"bugs": []}, {"bugs": {"vague": []}}, {"bugs": {"vague": "scores"}}])
def test_questions_that_cannot_be_answered(given):
    with pytest.raises(LabelError, match=r"^labels\.json"):
        questions(given, "labels.json")


ROWS = [
    *evaluate("set", GIVEN, REVIEWS, {"vague": ("one", "two")}),
    *evaluate("set", [ticket(stuck=3), ticket(stuck=0)], [review(score=9), review(score=8)], {"stuck": "score"}),
]


def test_the_table_for_people():
    lines = tables.as_text(ROWS, groups=True).splitlines()
    assert lines[0].startswith(
        "set             vague                n=   4 pos=   2  P 0.667  R 1.000  F1 0.800  95% "
    )
    assert lines[0].endswith("  a group left out 0.67-1.00")
    assert lines[1].split() == ["one", "right", "2", "of", "2", "(100%)"]
    assert lines[3].split()[:2] == ["a", "n="]
    assert "AUC 0.000" in lines[-1]


def test_the_table_for_pages():
    text = tables.as_markdown(ROWS)
    assert "| set | vague | 4 | 2 | 0.67 | 1.00 | **0.80** |" in text
    assert "| `two` | set | vague | 1 of 2 (50%) |" in text
    assert "| set | vague | b | 2 | 1 | 1.00 | 1.00 | **1.00** |" in text
    assert "| AUC **0.00** |" in text


def test_the_table_for_programs():
    first, second = json.loads(json.dumps(tables.as_json(ROWS), allow_nan=False))
    assert first["precision"] == 0.667
    assert first["rules"]["two"] == {"right": 1, "flagged": 2}
    assert first["groups"]["b"] == {"n": 2, "positive": 1, "flagged": 1, "precision": 1, "recall": 1, "f1": 1}
    assert second["auc"] == 0.0
    assert second["left_out"] is None
