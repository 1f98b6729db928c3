import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from service.audit.tally import WORST, Judged, Point, Tally, median

ONE = Judged(
    "SHOP-1", "", "Pay", "SHOP", "story", 40, "unclear", "", (Point("no-role", 5, "No role.", "Name it."),)
)


def tallied(*scores):
    tally = Tally()
    for number, score in enumerate(scores):
        level = "" if score is None else "ready" if score >= 80 else "unclear"
        tally.add(
            replace(ONE, key=f"SHOP-{number}", score=score, level=level, reason="empty" if score is None else "")
        )
    return tally


def test_tickets_are_counted():
    tally = tallied(40, None, 90, 40)
    assert (tally.seen, tally.scored, median(tally.scores)) == (4, 3, 40)
    assert tally.levels == {"unclear": 2, "ready": 1}
    assert tally.reasons == {"empty": 1}
    assert (tally.rules["no-role"], tally.gains["no-role"]) == (3, 15)


@given(st.lists(st.none() | st.integers(0, 100), max_size=200))
def test_the_worst_are_kept_the_earlier_first_and_the_rest_forgotten(scores):
    tally = tallied(*scores)
    told = [(number, score) for number, score in enumerate(scores) if score is not None]
    expected = [f"SHOP-{number}" for number, _ in sorted(told, key=lambda one: (one[1], one[0]))][:WORST]
    assert [one.key for one in tally.worst_first()] == expected
    assert len(tally.worst) <= WORST


@given(st.lists(st.integers(0, 100), max_size=60), st.lists(st.none() | st.integers(0, 100), max_size=60))
def test_a_tally_that_was_written_down_goes_on_as_if_it_had_not_been(first, rest):
    told = Tally.from_json(json.loads(json.dumps(tallied(*first).as_json())))
    for number, score in enumerate(rest, len(first)):
        level = "" if score is None else "ready" if score >= 80 else "unclear"
        told.add(
            replace(ONE, key=f"SHOP-{number}", score=score, level=level, reason="empty" if score is None else "")
        )
    whole = tallied(*first, *rest)
    assert told.worst_first() == whole.worst_first()
    assert (told.scores, told.levels, told.rules, told.projects) == (
        whole.scores,
        whole.levels,
        whole.rules,
        whole.projects,
    )


@given(st.lists(st.integers(0, 100), min_size=1))
def test_the_median_is_the_lower_middle(scores):
    counts = [scores.count(score) for score in range(101)]
    assert median(counts) == sorted(scores)[(len(scores) - 1) // 2]
    assert median([0] * 101) is None
