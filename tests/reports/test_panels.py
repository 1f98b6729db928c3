import json
from dataclasses import replace

import pytest

from service.reports import charts
from service.reports.drawing import Drawing
from service.reports.history import NOT_YET
from service.reports.page import panels
from service.reports.panels import clarity, found, gain, hours, start
from tests.reports.facts import TITLES, facts
from tests.reports.test_people import scores, spoken


def test_no_data_is_a_gap_and_never_zero():
    panel = clarity(facts(score=[[50], [60], None, [70]]), {})
    assert [point["middle"] for point in panel.points] == [50, 60, 70]
    assert [point["segment"] for point in panel.points] == [0, 0, 1]


def test_the_line_breaks_where_the_rules_changed():
    panel = clarity(facts(score=[[50], ("b", [60]), ("b", [70])]), {})
    assert [point["segment"] for point in panel.points] == [0, 1, 1]
    assert panel.changes == [panel.points[1]["when"]]


def test_two_rulebooks_in_one_week_are_two_lines():
    told = facts(score=[[50], [60], [70]])
    first, second, third = told.series["score"].values()
    day = told.selection.first
    series = {(day, "a"): first, (day + 7, "a"): second, (day + 7, "b"): third, (day + 14, "b"): third}
    panel = clarity(replace(told, series={"score": series}), {})
    assert [point["segment"] for point in panel.points] == [0, 0, 1, 1]


def test_the_table_says_what_the_chart_shows():
    panel = clarity(facts(score=[[40, 50, 60, 70, 80]]), {})
    assert list(panel.rows) == [("2026-08-31", 60, 50, 70, 5, "a")]
    assert panel.points[0]["tip"] == "31 Aug 2026. Median 60, the middle half 50 to 70. 5 tickets"


def test_where_most_are_not_ready_there_is_no_median():
    panel = hours(facts(hours=[[24, 24, 48], [24, NOT_YET, NOT_YET], [24]]))
    assert [point["middle"] for point in panel.points] == [1, 1]
    assert [point["segment"] for point in panel.points] == [0, 1]
    assert [row[1] for row in panel.rows] == [1, "not yet", 1]


def test_a_share_has_the_range_in_which_the_true_one_lies():
    point = start(facts(start=[[1] * 5 + [0] * 5])).points[0]
    assert (round(point["low"]), point["middle"], round(point["high"])) == (24, 50, 76)
    assert gain(facts(gain=[[110, 100, 90, 1000]])).rows[0][1:4] == (1, 4, 25)


def test_the_most_frequent_findings_come_first():
    told = facts(before={"score": [1] * 10, "found": [1] * 9}, score=[[50] * 10], found=[[1] * 3 + [2] * 5 + [3]])
    panel = found(told, TITLES)
    assert [row[1] for row in panel.rows] == [5, 3, 1]
    assert panel.points[1]["what"] == "No acceptance criteria"
    assert (panel.points[1]["now"], panel.points[1]["then"]) == (30, 90)
    assert panel.links[1] == {"rule": "no-acceptance-criteria"}


@pytest.fixture(scope="module")
def shown():
    weeks = [[50] * 20, [55] * 20, None, ("b", [60] * 20)]
    told = facts(
        before={"score": [1] * 10, "found": [1] * 9},
        score=weeks,
        start=[[0, 1] * 10] * 3,
        found=[[1, 1, 2]],
        hours=[[30] * 5] * 3,
        gain=[[110] * 5] * 3,
        told=[[1, 2]],
        mended=[[1]],
        asked=[[1] * 5],
        answer=[[3] * 5],
        flag=[[3] * 2],
        shown=[[1] * 30],
        useless=[[1] * 5],
        former=[scores(*[50, 52, 54, 56, 58, 60])],
        latter=[scores(*[56, 60, 58, 66, 62, 70])],
    )
    return panels(replace(told, coached=spoken().coached), TITLES)


def test_every_chart_can_be_drawn_in_both_themes(shown):
    drawing = Drawing()
    for theme in charts.COLOURS:
        pictures = drawing.pictures(charts.specifications(shown, theme, 640))
        assert set(pictures) == {panel.id for panel in shown}
        assert len(pictures) == 11
        assert all(svg.startswith("<svg") and "NaN" not in svg for svg in pictures.values())


def test_a_picture_is_drawn_once(shown, monkeypatch):
    drawing = Drawing()
    specs = charts.specifications(shown[:1], "light", 320)
    first = drawing.pictures(specs)
    monkeypatch.setattr("service.reports.drawing._ask", lambda _: pytest.fail("drawn again"))
    assert drawing.pictures(specs) == first


def test_a_specification_loads_nothing_and_runs_no_code_of_others(shown):
    text = json.dumps([charts.specification(panel) for panel in shown])
    assert '"url"' not in text
    assert "http" not in text.replace("https://vega.github.io/schema", "")
