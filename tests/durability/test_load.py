import json

import pytest
from sqlalchemy import func, select

from service.comment import CommentTree, Paragraph, Words
from service.settings import JiraSite, Secret
from service.store.schema import delivery
from service.trackers.jira import JiraTracker
from tests.durability.answering import create, webhooks
from tests.durability.load import Clock, Row, main, stolen
from tests.durability.pace import Database, accepts, comments, tickets
from tests.fakes.apart import JiraApart
from tests.fakes.jira_server import EMAIL, TOKEN
from tests.postgres import Postgres


@pytest.mark.durability
@pytest.mark.parametrize("bare_threads", [1, 8])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_load_table_counts_what_was_really_accepted(engine, bare_threads, tmp_path):
    server = Postgres(durable=True).start() if engine == "postgresql" else None
    try:
        database = Database(engine, tmp_path, server)
        bare, ours, ratio = accepts(database, 8, bare_threads, turns=1, seconds=0.5)
        with database.store.reading() as connection:
            inserted = connection.exec_driver_sql("SELECT count(*) FROM bare").scalar_one()
            accepted = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
    finally:
        if server:
            server.remove()
    assert (bare, ours, ratio) == (inserted / 0.5, accepted / 0.5, accepted / inserted)
    assert min(inserted, accepted) > 0


def test_each_row_is_told_and_kept_as_soon_as_it_is_known(tmp_path, capsys):
    kept, seen = tmp_path / "load.json", []

    def measured(engine, plan, say):
        for number in (1, 2):
            say(f"row {number}")
            yield Row(engine, f"row {number}", "≥ 1", 0.5, 10.0, 20.0, "/s")
            seen.append((capsys.readouterr().out, len(json.loads(kept.read_text())["rows"])))

    main(["--engine", "sqlite", "--json", str(kept)], measured)
    assert [count for _, count in seen] == [1, 2]
    assert "row 1" in seen[0][0]
    assert "10/s ÷ 20/s" in seen[1][0]
    assert json.loads(kept.read_text())["rows"][1]["ratio"] == 0.5


def test_what_the_host_took_is_told(tmp_path):
    stat = tmp_path / "stat"
    read = []
    for user, taken in ((100, 10), (400, 110)):
        stat.write_text(f"cpu  {user} 20 30 5000 60 7 8 {taken} 0 0\ncpu0 1 2 3\n")
        read.append(Clock.read(stat))
    assert stolen(*read) == 0.25
    assert stolen(read[0], read[0]) == 0.0
    assert Clock.read(tmp_path / "none") is None
    assert stolen(None, read[1]) is None


def test_the_tracker_beside_counts_the_tickets_that_were_commented_on():
    with JiraApart() as jira:
        first, _ = (create(jira, number) for number in (1, 2))
        tracker = JiraTracker(JiraSite("default", jira.url, EMAIL, Secret(TOKEN)), 30.0)
        assert jira.commented() == 0
        for key in ("one", "other"):
            tracker.create_comment(first, CommentTree((Paragraph((Words("Well."),)),)), key=key)
        assert jira.commented() == 1
        assert "As a bookkeeper I want to export the prices" in str(
            tracker.fetch(first).ticket.description.content
        )


@pytest.mark.durability
def test_webhooks_are_timed_while_the_service_rests_and_while_it_comments(tmp_path):
    quiet, busy = webhooks(Database("sqlite", tmp_path, None), tmp_path, 50, turns=1)
    assert min(quiet, busy) > 0


@pytest.mark.durability
def test_tickets_are_counted_that_were_commented_on(tmp_path):
    database = Database("sqlite", tmp_path, None)
    assert tickets(database, tmp_path, workers=1, count=20) > 0
    assert len(comments(database.store)) == 30
