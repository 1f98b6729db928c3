"""What an audit writes: a page that stands alone, a summary, and rows that no spreadsheet computes."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.audit import report
from service.audit.tally import Judged, Point, Tally
from service.audit.writing import as_json, as_text, cells, csv_row

EVIL = '=cmd|"/c calc"!A1'
TALLY = Tally()
for _number in range(30):
    TALLY.add(
        Judged(
            f"SHOP-{_number}",
            "",
            "<img src=x onerror=alert(1)> & co",
            ("SHOP", "<PAY>")[_number % 2],
            "story",
            _number * 3,
            "unclear",
            "",
            (Point("no-role", 5, "m", "Say <who>."),),
        )
    )
TALLY.add(Judged("SHOP-99", "", "", "SHOP", "", None, "", "there is <no> text"))


def test_the_report_stands_alone_and_nothing_in_it_comes_alive():
    page = report.render(TALLY, "file <x>", "abc", datetime(2026, 1, 2, tzinfo=UTC))
    assert page.count("<svg") == 6, "three charts, for a desk and for a telephone"
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; co" in page
    assert "<PAY>" not in page
    assert "Say &lt;who&gt;." in page
    assert not re.search(r"<(script|link|iframe|a|object)\b|@import|url\(", page)
    assert set(re.findall(r'https?://[^"\s<]+', page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "31</b>tickets read" in page


def test_an_empty_report_is_a_report():
    page = report.render(Tally(), "file", "abc", datetime(2026, 1, 2, tzinfo=UTC))
    assert "None was scored." in page
    assert "<svg" not in page


def test_the_summary_as_text_and_as_json():
    told = json.loads(as_json(TALLY))
    assert (told["tickets"], told["scored"], told["median"]) == (31, 30, 42)
    assert told["worst"][0]["mend"] == [{"rule": "no-role", "gain": 5, "advice": "Say <who>."}]
    text = as_text(TALLY)
    assert text.startswith("31 tickets, 30 scored, median 42 of 100.")
    assert "+5 Say <who>." in text
    assert as_text(Tally()) == "0 tickets, 0 scored.\n"


@pytest.mark.parametrize("evil", [EVIL, "+1", "-1", "@x", "\tx"])
def test_a_spreadsheet_computes_nothing(evil):
    (row,) = csv.reader(io.StringIO(csv_row(cells(replace(TALLY.worst[0][2], title=evil))).decode()))
    assert row[7] == "'" + evil
