"""What people did: in which week it counts, what is drawn of it, and what is said."""

from dataclasses import replace

import pytest

from service.outcomes import Question
from service.reports import people_words as words
from service.reports.history import NOT_YET, Measure
from service.reports.people import Case, Deeds, added, keys_of
from service.reports.people_panels import answers, asked, coaching, flags, precision
from tests.reports.facts import TITLES, facts
from tests.reports.sample import AUTHORS, DAY, MONDAY, WEEK, read

EARLY = read(1, text_hash="a", text_changed=MONDAY, rules=("no-role",))
LATE = read(2, text_hash="b", text_changed=MONDAY + WEEK, at=MONDAY + WEEK + 90)


NO_AUTHORS = (
    "0 authors have tickets from before and after our first word in their project, under the same rules; 5 are "
    "needed. Choose a longer period; a few quiet weeks before we speak give them (quiet = true)."
)


def told(*reads, questions=(), cases=(), began=None):
    """By measure: on which day of the sample something counts, what, and how much."""
    found = added(reads, Deeds(questions, cases), began or {})
    return [(cell.measure, cell.day - int(MONDAY // DAY), key, amount) for cell, key, amount in found]


@pytest.mark.parametrize(
    ("asked", "day"), [(MONDAY - DAY, 0), (MONDAY + DAY, 0), (MONDAY + WEEK + DAY, 7), (MONDAY + 9 * WEEK, 7)]
)
def test_a_question_counts_with_the_text_that_was_asked_about(asked, day):
    one = Question("dev", asked, asked + 7_300.0, explicit=True)
    counted = told(EARLY, LATE, questions=[one])
    assert counted == [
        (Measure.ANSWER, day, 2, 1),
        (Measure.FLAG, day, 2, 1),
        (Measure.ASKED, day, 1, 1),
    ]


def test_a_question_without_an_answer_is_longer_than_all_others():
    counted = told(EARLY, questions=[Question("dev", MONDAY + DAY, None)])
    assert (Measure.ANSWER, 0, NOT_YET, 1) in counted
    assert Measure.FLAG not in {row[0] for row in counted}


def test_what_was_called_not_useful_helped_nobody():
    cases = [Case("a", MONDAY, mended=True), Case("b", MONDAY, mended=True, useless=True), Case("c", MONDAY)]
    counted = told(EARLY, cases=cases)
    assert [row[2] for row in counted if row[0] is Measure.SHOWN] == ["a", "b", "c"]
    assert [row[2] for row in counted if row[0] is Measure.HELPED] == ["a"]
    assert [row[2] for row in counted if row[0] is Measure.USELESS] == ["b"]


def test_a_first_score_counts_before_or_after_our_first_word():
    count, total = keys_of(AUTHORS[0])
    assert told(EARLY, began={"PAY": MONDAY}) == []
    assert told(EARLY, began={"SHOP": EARLY.at}) == [(Measure.FORMER, 0, count, 1), (Measure.FORMER, 0, total, 60)]
    assert {row[0] for row in told(EARLY, began={"SHOP": EARLY.at - 1})} == {Measure.LATTER}
    assert told(read(1, bulk=True), questions=[Question("dev", MONDAY, None)]) == []


def test_questions_a_ticket():
    given = facts(score=[[50] * 10, [60] * 10, None, [60] * 20], asked=[[1, 1, 2], None, None, [1]])
    panel = asked(given)
    assert [row[1:] for row in panel.rows] == [
        (4, 10, "0.40", 3, 30),
        (0, 10, "0.00", 0, 0),
        (1, 20, "0.05", 1, 5),
    ]
    assert [point["segment"] for point in panel.points] == [0, 0, 1]
    assert panel.points[0]["low"] < 0.4 < panel.points[0]["high"]
    assert panel.sentence == (
        "People asked 0.12 questions a ticket; 10 % of 40 tickets (one edited in several weeks counts in each) "
        "were asked about; that did not change by more than chance explains."
    )


@pytest.mark.parametrize(
    ("panel", "given", "sentence"),
    [
        (asked, {}, "No ticket was scored in this time."),
        (asked, {"score": [[50] * 30]}, "Nobody asked a question of these 30 tickets."),
        (answers, {}, "No question was asked in this time."),
        (answers, {"answer": [[1]]}, "Only 1 question was asked in this time: too few to say more."),
        (flags, {}, "Nobody called a ticket unclear by “/unclear” in this time."),
        (coaching, {}, NO_AUTHORS),
    ],
)
def test_where_there_is_little_it_says_so_and_draws_nothing(panel, given, sentence):
    told = panel(facts(**given))
    assert told.sentence == sentence
    assert told.empty == (not given.get("answer"))


def test_the_time_to_an_answer():
    panel = answers(facts(answer=[[3] * 11 + [30] * 4 + [NOT_YET] * 5, [NOT_YET] * 3 + [1]]))
    assert list(panel.rows) == [("2026-08-31", 3.0, 15, 20), ("2026-09-07", "not yet", 1, 4)]
    assert panel.counted == "Questions"
    assert [link["from"] for link in panel.links] == ["2026-08-31", "2026-09-07"]
    assert [panel.row_of(point) for point in panel.points] == [0]
    assert panel.sentence == "Half of 24 questions were answered within 16 hours; 8 are not answered yet."
    late = words.answers(facts(answer=[[1] * 9 + [NOT_YET] * 15]))
    assert late == "Of 24 questions more than half are not answered yet."


def test_flags_over_time():
    panel = flags(facts(score=[[50] * 30, [50] * 20], flag=[[2, NOT_YET]]))
    assert [row[1:] for row in panel.rows] == [(2, 1, 30), (0, 0, 20)]
    assert panel.links == [{"from": "2026-08-31", "measure": "flag"}, {}]
    assert (
        panel.sentence == "2 times called unclear by “/unclear”, 4.0 in a hundred tickets; 1 of them is settled."
    )


def test_how_a_rule_is_taken_has_a_range_and_says_where_it_is_silent():
    given = facts(shown=[[1] * 30 + [2] * 5], helped=[[1] * 12], useless=[[1] * 6])
    panel = precision(replace(given, silent=[("SHOP", "no-acceptance-criteria")]), TITLES)
    assert panel.rows[0] == ("No acceptance criteria", 30, 12, 40, "25–58", 6, 20, "10–37", "SHOP")
    assert panel.rows[1][-1] == ""
    assert panel.sentence == (
        "Called not useful most: no acceptance criteria, on 20 % of 30 tickets (between 10 % and 37 %). "
        "Silent: no acceptance criteria in SHOP."
    )
    assert panel.links == [{"rule": "no-acceptance-criteria"}, {"rule": "vague-time"}]
    assert [panel.row_of(point) for point in panel.points] == [0, 0, 1, 1]
    assert precision(facts(shown=[[2] * 3]), {}).sentence == (
        "No rule was named on 20 tickets or more: too few to say more. No rule is silent."
    )
    assert precision(facts(shown=[[2] * 30]), {}).sentence.startswith("Nobody called a rule not useful")


def scores(*means):
    """Two tickets of each author, of these mean scores."""
    return [
        number
        for author, mean in zip(AUTHORS, means, strict=False)
        for key, times in zip(keys_of(author), (2, 2 * mean), strict=True)
        for number in [key] * times
    ]


def spoken(**weeks):
    """Facts of authors who were all shown a point."""
    return replace(facts(**weeks), coached=frozenset(keys_of(author)[0] // 2 for author in AUTHORS))


def test_coaching_compares_each_author_under_the_same_rules():
    # Under the old rules all scored 10: that is compared with nothing.
    former = [("old", scores(*[10] * 6)), ("new", scores(50, 52, 54, 56, 58, 60))]
    latter = [None, ("new", scores(56, 60, 58, 66, 62, 70))]
    panel = coaching(spoken(former=former, latter=latter))
    assert coaching(facts(former=former, latter=latter)).empty
    assert panel.rows[2] == ("Change of each author", 6, "7.0", "4.1", "9.9")
    assert [point["middle"] for point in panel.points] == [55, 62]
    assert panel.sentence.startswith(
        "6 authors score 7.0 points higher on tickets written since we speak in their"
    )
    assert "chance" not in panel.sentence
    level = coaching(spoken(former=[scores(50, 60, 50, 60, 50)], latter=[scores(60, 50, 51, 60, 52)])).sentence
    assert level.endswith("; that may be chance).")
