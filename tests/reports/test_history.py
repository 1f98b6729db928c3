from service.reports.history import NOT_EDITED, NOT_YET, Comment, Measure, counted
from tests.reports.sample import DAY, MONDAY, WEEK, read


def numbers(measure, *reads, first=None):
    return [key for cell, key in counted(reads, first) if cell.measure is measure]


def test_a_later_reading_of_the_same_text_changes_nothing():
    before = read(1, text_hash="a", score=50)
    after = read(2, text_hash="a", score=90, rulebook="b", text_changed=before.text_changed, at=MONDAY + 3 * WEEK)
    assert numbers(Measure.SCORE, before, after) == [50]


def test_a_text_that_comes_back_counts_as_the_last():
    texts = enumerate([("a", 40), ("b", 60), ("a", 40)], 1)
    reads = [read(n, text_hash=text, score=score) for n, (text, score) in texts]
    assert numbers(Measure.SCORE, *reads) == [40]


def test_what_came_in_bulk_was_written_by_nobody():
    assert numbers(Measure.SCORE, read(1, bulk=True)) == []
    assert numbers(Measure.AUTHOR, read(1, bulk=True)) == []


def test_no_score_is_no_zero():
    assert numbers(Measure.SCORE, read(1, score=None, level=None)) == []
    assert numbers(Measure.NO_SCORE, read(1, score=None, level=None)) == [0]


def test_work_begins_where_the_ticket_was_seen_before_or_is_young():
    begun = read(2, status_category="in_progress", level="ready", score=90, at=MONDAY + 2 * WEEK)
    assert numbers(Measure.START, read(1), begun) == [1]
    assert numbers(Measure.START, begun) == []
    assert numbers(Measure.START, read(1, status_category="in_progress")) == [0]


def test_work_begins_once():
    reads = [read(1), read(2, status_category="in_progress"), read(3), read(4, status_category="done")]
    assert len(numbers(Measure.START, *reads)) == 1


def test_hours_until_ready():
    first = Comment(MONDAY, 1)
    assert numbers(Measure.HOURS, read(1), first=first) == [NOT_YET]
    reads = read(1, at=MONDAY), read(2, at=MONDAY + DAY + 60, level="ready", score=90)
    assert numbers(Measure.HOURS, *reads, first=first) == [24]


def test_the_gain_is_that_of_the_last_text_under_the_same_rules():
    first = Comment(MONDAY, 1)
    reads = [read(1, score=50), read(2, score=65), read(3, score=60), read(4, score=99, rulebook="b")]
    assert numbers(Measure.GAIN, *reads, first=first) == [110]
    assert numbers(Measure.GAIN, read(1, score=50), first=first) == [NOT_EDITED]


def test_what_is_mended_was_found_at_first_and_is_no_more():
    reads = [read(1, rules=("a", "b")), read(2, rules=("b", "c"))]
    assert numbers(Measure.TOLD, *reads, first=Comment(MONDAY, 1)) == ["a", "b"]
    assert numbers(Measure.MENDED, *reads, first=Comment(MONDAY, 1)) == ["a"]
    assert numbers(Measure.MENDED, *reads) == []
