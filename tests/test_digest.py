import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import responses
from sqlalchemy import select

from service.demo.filling import fill
from service.digest import message, post_due
from service.housekeeping import HOUR, JOBS, post_digests
from service.reports.days import DAY, week_of
from service.reports.making import make
from service.reports.selection import Selection
from service.rulebook import load
from service.settings import Secret, Settings, SettingsError
from service.settings import load as load_settings
from service.settings.model import Digest
from service.store.schema import about
from tests.reports.sample import AUTHORS, MONDAY, WEEK, add_review, add_ticket
from tests.store.conftest import sqlite_store, sqlite_url

__all__ = ["sqlite_store", "sqlite_url"]

HOOK = Secret("https://hooks.chat.example/services/T0/B0/secret?sig=abc")
MORNING = MONDAY + 2 * WEEK + 8 * 3600


@pytest.fixture
def settings(sqlite_url):
    digests = {"leads": Digest(HOOK)}
    return Settings(sqlite_url, Path(), base_url="https://clarity.example", digests=digests)


@pytest.fixture
def store(sqlite_store):
    with sqlite_store.writing() as connection:
        for n in range(30):
            at = MONDAY + n * 3600
            given = {"score": 40 + n, "author": AUTHORS[n % 6], "text_hash": str(n)}
            add_review(connection, add_ticket(connection, str(n)), at=at, text_changed=at, **given)
    return sqlite_store


@responses.activate
def test_a_week_is_told_once(store, settings):
    responses.post(HOOK, body="ok")
    assert post_due(store, settings, MORNING)
    assert post_due(store, settings, MORNING + DAY)
    assert len(responses.calls) == 1
    text = json.loads(responses.calls[0].request.body)["text"]
    assert text.startswith("*Ticket clarity: all projects*\n• Median clarity is 54 of 100, over 30 tickets")
    assert text.endswith("<https://clarity.example/trends|See the trends>")
    assert post_due(store, settings, MORNING + WEEK)
    assert len(responses.calls) == 2


@responses.activate
def test_not_before_monday_morning(store, settings):
    assert post_due(store, settings, week_of(MORNING) * DAY + 3600)
    assert len(responses.calls) == 0


@responses.activate
def test_a_channel_that_fails_is_tried_again_and_its_address_is_told_nobody(store, settings, capsys):
    responses.post(HOOK, status=500)
    assert not post_due(store, settings, MORNING)
    responses.replace(responses.POST, HOOK, body="ok")
    assert post_due(store, settings, MORNING)
    assert len(responses.calls) == 2
    told = capsys.readouterr()
    assert "secret" not in told.out + told.err


@responses.activate
def test_one_channel_does_not_hold_up_another(store, settings):
    other = Secret("https://hooks.chat.example/other")
    responses.post(HOOK, status=404)
    responses.post(other, body="ok")
    both = replace(settings, digests={"leads": Digest(HOOK), "others": Digest(other)})
    assert not post_due(store, both, MORNING)
    assert not post_due(store, both, MORNING)
    assert [call.request.url for call in responses.calls] == [HOOK, other, HOOK]


@responses.activate
def test_where_nothing_may_be_told_nothing_is_posted(sqlite_store, settings):
    assert post_due(sqlite_store, settings, MORNING)
    assert len(responses.calls) == 0


@responses.activate
def test_a_sample_is_told_nobody(sqlite_store, settings):
    fill(sqlite_store, load())
    with sqlite_store.reading() as connection:
        assert connection.execute(select(about.c.value)).scalar_one() == "simulated"
    assert post_digests(sqlite_store, settings) == HOUR
    assert len(responses.calls) == 0


def test_as_teams_reads_it(store, settings):
    report = make(store, settings, Selection(date(2026, 10, 5)))
    told = message("teams", report, "https://clarity.example")
    card = told["attachments"][0]["content"]
    assert told["type"] == "message"
    assert card["body"][1]["text"].startswith("Median clarity is 54 of 100")
    assert card["actions"][0]["url"] == "https://clarity.example/trends"


def test_nothing_in_a_title_comes_alive(store, settings):
    report = make(store, settings, Selection(date(2026, 10, 5)))
    assert "<!channel>" not in message("slack", replace(report, about="<!channel>"), "x")["text"]


def test_it_is_off_unless_asked_for(sqlite_store, settings):
    assert "post digests" in JOBS
    assert post_digests(sqlite_store, replace(settings, digests={})) == HOUR


def test_the_settings(tmp_path):
    path = tmp_path / "clarity.toml"
    path.write_text(
        f'[teams]\nShop = ["SHOP"]\n[digests.leads]\nwebhook = "{HOOK}"\nformat = "teams"\nteam = "Shop"\n'
    )
    told = load_settings({}, path).digests["leads"]
    assert (told.webhook, told.format, told.team) == (HOOK, "teams", "Shop")
    assert "secret" not in repr(told)
    for wrong in (
        'webhook = "ftp://x"',
        f'webhook = "{HOOK}"\nteam = "Nobody"',
        f'webhook = "{HOOK}"\nformat = "x"',
    ):
        path.write_text(f"[digests.leads]\n{wrong}\n")
        with pytest.raises(SettingsError):
            load_settings({}, path)
