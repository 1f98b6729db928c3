"""What coaching changed, team by team: and that no sum or difference of what is shown is about fewer than five."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reports.days import DAY
from service.reports.teams import BLOCK, BLOCKS, Case, Sum, block_of, team_panels, tellable

NOW = 1_790_553_600.0 + 8 * 3600
THIS = block_of(NOW)
LAST = (THIS - BLOCK) * DAY + 3600.0
BEFORE = LAST - BLOCK * DAY


def wrote(project, people, at=LAST, right=1, told=1, who="p"):
    """So many people, each with so many cases that were right, and that had to be told."""
    return [
        Case(project, f"{who}{n}", right_one, at)
        for n in range(people)
        for right_one in [True] * right + [False] * told
    ]


def shown(cases, **teams):
    return list(team_panels(cases, teams, NOW))


def test_the_curve_of_a_team():
    cases = wrote("SHOP", 5, BEFORE, right=1, told=3) + wrote("SHOP", 6, right=3)
    panel = team_panels(cases, {"Shop": ["SHOP"]}, NOW)["Shop"]
    assert [row[1:] for row in panel.rows] == [(5, 20, 25, 5), (18, 24, 75, 6)]
    assert panel.sentence.startswith("75 % right from the start in the four weeks from ")
    assert [round(point["middle"]) for point in panel.points] == [25, 75]


@pytest.mark.parametrize(("people", "told"), [(4, []), (5, ["Shop"])])
def test_of_fewer_than_five_nothing(people, told):
    assert shown(wrote("SHOP", people), Shop=["SHOP"]) == told


def test_the_same_person_in_two_projects_is_one():
    assert shown(wrote("SHOP", 4) + wrote("PAY", 4), Both=["SHOP", "PAY"]) == []


def test_who_is_forgotten_counts_and_is_nobody():
    cases = [*wrote("SHOP", 5), Case("SHOP", "", True, LAST)]
    assert team_panels(cases, {"Shop": ["SHOP"]}, NOW)["Shop"].rows[0][1:] == (6, 11, 55, 5)
    assert shown(wrote("SHOP", 4) + [Case("SHOP", "", True, LAST)] * 9, Shop=["SHOP"]) == []


def test_what_is_not_over_or_long_ago_is_not_told():
    assert shown(wrote("SHOP", 9, NOW), Shop=["SHOP"]) == []
    assert shown(wrote("SHOP", 9, (THIS - (BLOCKS + 1) * BLOCK) * DAY + 1), Shop=["SHOP"]) == []
    assert shown(wrote("SHOP", 9, THIS * DAY - 1), Shop=["SHOP"]) == ["Shop"]


def test_a_block_of_too_few_is_a_gap():
    cases = wrote("SHOP", 9) + wrote("SHOP", 2, BEFORE) + wrote("SHOP", 9, BEFORE - BLOCK * DAY)
    panel = team_panels(cases, {"Shop": ["SHOP"]}, NOW)["Shop"]
    assert [point["segment"] for point in panel.points] == [0, 1]


CUTS = {
    "one person more": (wrote("SHOP", 6) + wrote("PAY", 1, who="q"), ["All"]),
    "nobody there": (wrote("SHOP", 6), ["All", "Shop"]),
    "five more": (wrote("SHOP", 6) + wrote("PAY", 5, who="q"), ["All", "Shop"]),
    "five, of whom some are the same": (wrote("SHOP", 6) + wrote("PAY", 5), ["All", "Shop"]),
    "one forgotten": ([*wrote("SHOP", 6), Case("PAY", "", True, LAST)], ["All"]),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_team_within_another_is_not_to_be_subtracted(name):
    cases, told = CUTS[name]
    assert shown(cases, All=["SHOP", "PAY"], Shop=["SHOP"]) == told


PROJECTS = "ABCDE"
blocks = st.dictionaries(st.sampled_from(PROJECTS), st.sets(st.integers(0, 14), max_size=9), min_size=1)
parted = st.dictionaries(st.sampled_from("vwxyz"), st.sets(st.sampled_from(PROJECTS), min_size=1), min_size=1)


@given(blocks, parted)
def test_no_combination_of_what_is_shown_is_about_fewer_than_five(people, teams):
    """Every set that unions, intersections and differences make of the teams shown is empty, or of five or more."""
    block = {project: Sum(1, 2, set(map(str, who))) for project, who in people.items()}
    sets = {frozenset(project for project in teams[name] if project in block) for name in tellable(teams, block)}
    while more := {made for a, b in combinations(sets, 2) for made in (a & b, a - b, b - a, a | b)} - sets:
        sets |= more
    for made in sets:
        assert not made or len(set().union(*(block[project].people for project in made))) >= 5
