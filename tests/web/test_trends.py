import csv
import io
import json
import re
import time

import pytest
from sqlalchemy import select

from service.demo.filling import fill
from service.outcomes import Question
from service.reports.recounting import recount
from service.response import Response, What
from service.rulebook import load
from service.settings import SettingsError
from service.store.questions import keep_questions
from service.store.responses import add_responses
from service.store.schema import about, review, ticket
from service.store.stale import mark_reviews
from tests.reports.sample import AUTHORS, add_review, add_ticket

NOW = time.time()
DAY = 86_400.0


@pytest.fixture
def written(store):
    """Writes tickets of so many people: each with a score of its own, and a rule that found something."""

    def written(people=6, project="SHOP", days=1, **values):
        with store.writing() as connection:
            for n in range(people * 4):
                one = add_ticket(connection, f"{project}{n}{days}", project=project)
                at = NOW - days * DAY
                given = {
                    "text_hash": f"{one}",
                    "score": 40 + n,
                    "author": AUTHORS[n % people],
                    "rules": ["no-role"],
                }
                add_review(connection, one, project=project, at=at, text_changed=at - 90, **(given | values))
        while recount(store):
            pass

    return written


@pytest.fixture
def page(client):
    return lambda address="/trends", **asked: client.get(
        address, query_string=asked or None, follow_redirects=True
    )


def test_without_tickets_it_says_what_to_do(page):
    answer = page()
    assert answer.status_code == 200
    assert "Nothing to show yet" in answer.text
    assert "make demo" in answer.text
    assert "<script" not in answer.text


def test_it_shows_a_chart_with_a_sentence_a_table_and_csv(page, written):
    written()
    html = page().text
    assert "Median clarity is 52 of 100, over 24 tickets; what is missed most: " in html
    assert 'data-chart="clarity"' in html
    assert "24</strong> tickets by <strong>6</strong> people" in html
    assert re.search(r'<td class="num">52</td>', html)
    assert "/trends/clarity.csv" in html


def test_fewer_than_five_people_are_not_shown(page, written):
    written(people=4)
    assert "Too few people to show" in page().text
    assert "data-chart" not in page().text
    assert page("/trends/clarity.csv").status_code == 404
    assert page("/trends/clarity.svg").status_code == 404
    assert "SHOP-" not in page("/trends/tickets").text


@pytest.mark.parametrize("asked", ["endpoint=x", "_method=POST", "_scheme=javascript", "_external=1", "_anchor=x"])
def test_a_name_that_we_never_ask_for_goes_into_no_address(page, written, asked):
    written(people=8)
    written(people=8, project="PAY")
    answer = page(f"/trends/tickets?{asked}")
    assert answer.status_code == 200
    assert 'href="/trends/tickets?skip=50"' in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-25", "9999-12-31"])
def test_tickets_of_the_first_and_of_the_last_week_of_all_are_none(page, written, day):
    written()
    for days in ("0", "1"):
        assert page("/trends/tickets", **{"from": day, "days": days}).status_code == 200


def test_a_filter_does_not_find_out_about_a_few(page, written):
    written(people=6)
    written(people=2, project="PAY")
    assert "data-chart" in page().text
    assert "Too few people to show" in page(project="PAY").text
    assert "PAY-" not in page("/trends/tickets", project="PAY").text


def test_filters(page, written):
    written()
    written(project="PAY", kind="bug", score=90)
    written(project="OLD", days=40)
    assert "72</strong> tickets" in page().text
    assert "24</strong> tickets" in page(project="PAY").text
    assert "24</strong> tickets" in page(kind="bug").text
    assert "48</strong> tickets" in page(period="4").text
    assert "Nothing to show yet" in page(project="nowhere").text
    assert "72</strong> tickets" in page(period="nonsense", kind="nonsense").text


def test_a_team_is_a_set_of_projects(make_app, written):
    written()
    written(project="PAY")
    client = make_app(teams={"Shop": ("SHOP",), "Nobody": ()}).test_client()
    assert "24</strong> tickets" in client.get("/trends/?team=Shop").text
    assert "Nothing to show yet" in client.get("/trends/?team=Nobody").text
    assert "Nothing to show yet" in client.get("/trends/?team=unknown").text


def test_what_came_in_an_address_is_escaped(page, written):
    written()
    for name in ("project", "team", "tracker", "site"):
        assert "<b>x" not in page(**{name: "<b>x"}).text
    assert "<b>x" not in page("/trends/tickets", rule="<b>x").text


def test_the_numbers_as_csv(page, written):
    written()
    answer = page("/trends/found.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["What", "Tickets", "% of tickets", "% before"]
    assert rows[1][1:] == ["24", "100", ""]
    assert page("/trends/nothing.csv").status_code == 404


def test_the_tickets_behind_a_point(page, written, store):
    written()
    with store.writing() as connection:
        connection.execute(
            ticket.update().where(ticket.c.key == "SHOP-SHOP01").values(url="https://jira.example/SHOP-1")
        )
        connection.execute(ticket.update().where(ticket.c.key == "SHOP-SHOP11").values(url="javascript:alert(1)"))
    html = page().text
    there = re.search(r'href="(/trends/tickets\?from=[^"]+)"', html)[1].replace("&amp;", "&")
    shown = page(there).text
    assert len(re.findall(r'<th scope="row">', shown)) == 24
    assert shown.index("SHOP-SHOP01") < shown.index("SHOP-SHOP231")
    assert 'href="https://jira.example/SHOP-1"' in shown
    assert "javascript:" not in shown
    assert len(re.findall(r'<th scope="row">', page("/trends/tickets", rule="no-role").text)) == 24
    assert "No ticket was written" in page("/trends/tickets", rule="vague-time").text


def test_the_tickets_of_a_rule_come_week_by_week(page, written):
    written(days=1)
    written(days=8, project="PAY")
    shown = page("/trends/tickets", rule="no-role").text
    assert "the newest week first" in shown
    assert len(re.findall(r'<th scope="row">', shown)) == 48
    assert shown.rindex("SHOP-SHOP") < shown.index("PAY-PAY")
    assert "PAY-" not in page("/trends/tickets", rule="no-role", project="SHOP", tracker="jira").text


def test_every_chart_leads_to_its_tickets_but_the_one_about_people(page, written, store):
    at = NOW - DAY - 60
    written(created=at, status_category="in_progress", posted=True)
    asked = [Question("qa", at, None, explicit=True), Question("dev", at, at + 3_600)]
    with store.writing() as connection:
        keep_questions(connection, 1, asked)
        keep_questions(connection, 2, asked[1:])
        add_responses(connection, 1, [Response("no-role", What.SHOWN)])
        for one in range(1, 25):
            given = {"text_hash": f"{one}", "level": "ready", "status_category": "done"}
            add_review(connection, one, at=NOW - 60, text_changed=at - 30, created=at, **given)
        mark_reviews(connection, review.c.id > 0)
    while recount(store):
        pass
    html = page(kind="story").text
    panels = dict(re.findall(r'aria-labelledby="h-(\w+)"(.*?)</section>', html, re.DOTALL))
    specs = {name: part for name, part in panels.items() if 'data-chart="' in part}
    assert specs.keys() == panels.keys() - {"coaching"}
    assert "/trends/tickets" not in panels["coaching"]
    behind = {}
    for name, part in specs.items():
        there = re.search(r'<th scope="row"><a href="(/trends/tickets\?[^"]+)"', part)[1].replace("&amp;", "&")
        spec = json.loads(re.search(r'id="spec-\w+">(.*?)</script>', part, re.DOTALL)[1])
        assert {point["go"] for point in spec["datasets"]["points"]} == {there}, name
        assert "kind=story" in there
        behind[name] = set(re.findall(r"SHOP-SHOP\d+", page(there).text))
    everything = {f"SHOP-SHOP{n}1" for n in range(24)}
    assert behind.pop("answers") == {"SHOP-SHOP01", "SHOP-SHOP11"}
    assert behind.pop("flags") == {"SHOP-SHOP01"}
    assert all(found == everything for found in behind.values())
    assert "Tickets called unclear" in page("/trends/tickets", measure="flag").text
    assert "SHOP-SHOP01" in page("/trends/tickets", measure="flag").text
    assert "No ticket counts here" in page("/trends/tickets", measure="flag", **{"from": "2026-01-05"}).text
    assert len(re.findall(r'<th scope="row">', page("/trends/tickets", measure="author").text)) == 24


def test_many_tickets_are_shown_in_turns(page, written):
    written(people=8)
    written(people=8, project="PAY")
    first = page("/trends/tickets").text
    assert len(re.findall(r'<th scope="row">', first)) == 50
    more = re.search(r'href="(/trends/tickets\?[^"]*skip=50[^"]*)"', first)[1].replace("&amp;", "&")
    assert len(re.findall(r'<th scope="row">', page(more).text)) == 14
    assert page("/trends/tickets", skip="-7").text.count('<th scope="row">') == 50
    assert page("/trends/tickets", skip="9" * 30).status_code == 200


def test_nobody_pages_without_end(page, written, monkeypatch):
    monkeypatch.setattr("service.web.trends.FURTHEST", 50)
    for project in ("SHOP", "PAY", "BLOG", "MAIL"):
        written(people=8, project=project)
    first, last = (page("/trends/tickets", skip=skip).text for skip in ("0", "9" * 30))
    assert ("There are more" in first, "skip=50" in first) == (False, True)
    assert ("There are more" in last, "skip=" in last) == (True, False)
    assert last.count('<th scope="row">') == 50


def test_a_picture_for_who_runs_no_script(page, written):
    written()
    for theme in ("light", "dark"):
        answer = page("/trends/clarity.svg", theme=theme)
        assert answer.mimetype == "image/svg+xml"
        assert answer.text.startswith("<svg")
    assert page("/trends/clarity.svg", theme="pink").status_code == 404


def test_the_script_is_ours_and_may_be_kept(page):
    answer = page("/trends/charts.js")
    assert answer.mimetype == "text/javascript"
    assert "window.vegaEmbed" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]


def test_the_page_that_says_what_is_measured(page):
    text = page("/trends/about").text
    assert "must not be used for" in text
    assert "fewer than five people" in text


def test_a_viewer_may_see_it_and_others_log_in(locked, written):
    assert locked.get("/trends/", headers={"Accept": "text/html"}).status_code == 302
    bearer = {"Authorization": "Bearer a dashboard token to test with"}
    assert locked.get("/trends/", headers=bearer).status_code == 200


def test_a_sample_says_so_on_every_page(client, store):
    fill(store, load())
    for address in ("/", "/trends/", "/trends/about", "/trends/tickets", "/nowhere"):
        assert "Sample data" in client.get(address, headers={"Accept": "text/html"}).text, address
    assert "data-chart" in client.get("/trends/").text


def test_what_is_real_is_never_called_a_sample_nor_mixed_with_one(client, store, written):
    written()
    assert "Sample data" not in client.get("/trends/").text
    with pytest.raises(SettingsError, match="one of its own"):
        fill(store, load())
    with store.reading() as connection:
        assert connection.execute(select(about)).all() == []
        assert len(connection.execute(select(review.c.id)).all()) == 24


def test_a_sample_is_the_same_every_time():
    from service.demo.simulation import simulate

    rules = load().rules
    assert list(simulate(rules, NOW))[:50] == list(simulate(rules, NOW))[:50]
    assert list(simulate(rules, NOW, seed=2))[:50] != list(simulate(rules, NOW))[:50]
