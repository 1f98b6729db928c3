import csv
import io
import json
import re
from datetime import date

import pytest
from click.testing import CliRunner

from service.cli import Stop, main
from service.cli.report import began
from service.demo.filling import fill
from service.rulebook import load
from service.settings import Secret
from service.store import Store

KEY = "a key of thirty-two characters or more"
TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    store = Store(f"sqlite:///{folder}/clarity.db", Secret(KEY))
    fill(store, load())
    store.close()
    return folder


def report(folder, *arguments, **environ):
    environ = {"CLARITY_DATA_DIR": str(folder), "CLARITY_SECRET_KEY": KEY} | environ
    return CliRunner().invoke(main, ["report", *arguments], env=environ, catch_exceptions=False)


def test_one_page_that_loads_nothing_and_runs_nothing(sample):
    html = report(sample, "--project", "APP").stdout
    assert "Ticket clarity: APP" in html
    assert "Sample data" in html
    assert len(re.findall(r"<svg", html)) >= 5
    assert "<script" not in html
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert "url(http" not in html


def test_json_tells_the_same_as_csv(sample):
    told = json.loads(report(sample, "--json", "--since", "8w").stdout)
    rows = list(csv.DictReader(io.StringIO(report(sample, "--csv", "--since", "8w").stdout)))
    clarity = next(chart for chart in told["charts"] if chart["id"] == "clarity")
    medians = [row["value"] for row in rows if (row["chart"], row["column"]) == ("clarity", "Median")]
    assert medians == [str(row[1]) for row in clarity["rows"]]
    assert told["sample"] is True
    assert told["tickets"] == sum(row[4] for row in clarity["rows"])
    assert clarity["sentence"].startswith(("Median clarity", "The rules changed"))


def test_a_file(sample, tmp_path):
    path = tmp_path / "report.csv"
    assert report(sample, "--csv", "-o", str(path)).stdout == ""
    assert path.read_text(encoding="utf-8").startswith("chart,row,column,value\n")
    refused = report(sample, "--csv", "-o", str(tmp_path / "nowhere" / "x"))
    assert refused.exit_code == 2
    assert "cannot be written" in refused.stderr


def test_a_team_is_one_of_the_settings(sample, tmp_path):
    settings = tmp_path / "clarity.toml"
    settings.write_text('[teams]\nCheckout = ["CART", "PAY"]\n', encoding="utf-8")
    given = {"CLARITY_CONFIG": str(settings)}
    told = json.loads(report(sample, "--json", "--team", "Checkout", **given).stdout)
    assert 0 < told["tickets"] < json.loads(report(sample, "--json").stdout)["tickets"]
    wrong = report(sample, "--team", "Nobody", **given)
    assert (wrong.exit_code, wrong.stderr.strip()) == (
        2,
        "Error: --team: there is no team Nobody. Choose one of: Checkout.",
    )


def test_nothing_to_tell(sample):
    told = report(sample, "--project", "NOWHERE")
    assert told.exit_code == 1
    assert told.stdout == ""
    assert "nothing to tell" in told.stderr


@pytest.mark.parametrize(
    ("told", "day"), [("2026-09-01", date(2026, 9, 1)), ("8w", date(2026, 10, 1)), ("90d", date(2026, 8, 28))]
)
def test_since_when(told, day):
    assert began(told, TODAY) == day


@pytest.mark.parametrize("told", ["yesterday", "2026-13-01", "8", "", "2027-01-01", "9999w", "1990-01-01"])
def test_since_no_day(told):
    with pytest.raises(Stop, match="--since"):
        began(told, TODAY)
