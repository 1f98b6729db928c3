"""GET /metrics: what an operator watches, in the format that Prometheus reads."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.metrics import COMMENTS, SCORING, TALLY, TRACKER_ERRORS
from service.settings import JiraSite, Secret
from service.store.accepting import raise_generation, register_site
from service.store.chores import hasten_chore, know_chores, put_chore_back, take_chore
from service.store.schema import site, ticket
from service.ticket import TicketRef
from tests.fakes import jira_deliveries
from tests.web.conftest import TOKEN

HERE = JiraSite("default", "https://jira.example", webhook_secrets=(Secret(jira_deliveries.SECRET),))
EVENT = {"webhookEvent": "jira:issue_created", "issue": {"id": "1", "key": "SHOP-1"}}


@pytest.fixture(autouse=True)
def _afresh():
    TALLY.take()
    yield
    TALLY.take()


def samples(client, **headers):
    response = client.get("/metrics", headers=headers)
    assert response.status_code == 200
    assert response.mimetype == "text/plain"
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def deliver(client, event, tracker="jira"):
    sent = jira_deliveries.signed(event)
    return client.post(f"/webhooks/{tracker}", data=sent.body, headers=dict(sent.headers)), sent


def outcomes(told):
    return {(key[2][1], key[1][1]): value for key, value in told.items() if key[0] == "clarity_deliveries_total"}


def test_deliveries_are_counted_by_what_became_of_them(make_app):
    client = make_app(jira={"default": HERE}).test_client()
    _, sent = deliver(client, EVENT)
    client.post("/webhooks/jira", data=sent.body, headers=dict(sent.headers))
    deliver(client, EVENT | {"webhookEvent": "sprint_started"})
    client.post("/webhooks/jira", data=b"{}")
    client.post("/webhooks/anything<you>like", data=b"{}")
    assert outcomes(samples(client)) == {
        ("jira", "accepted"): 1.0,
        ("jira", "repeated"): 1.0,
        ("jira", "ignored"): 1.0,
        ("jira", "refused"): 1.0,
        ("unknown", "refused"): 1.0,
    }


def test_a_delivery_that_could_not_be_stored_has_failed(make_app, monkeypatch):
    client = make_app(jira={"default": HERE}).test_client()
    monkeypatch.setattr("service.inbox.Inbox.accept", lambda *_: 1 / 0)
    assert deliver(client, EVENT)[0].status_code == 503
    assert outcomes(samples(client)) == {("jira", "failed"): 1.0}


def test_counts_go_on_from_process_to_process(make_app):
    COMMENTS.add(action="post")
    assert samples(make_app().test_client())["clarity_comments_total", ("action", "post")] == 1.0
    COMMENTS.add(action="post")
    TRACKER_ERRORS.add(tracker="linear", then="site waits")
    told = samples(make_app().test_client())
    assert told["clarity_comments_total", ("action", "post")] == 2.0
    assert told["clarity_tracker_errors_total", ("then", "site waits"), ("tracker", "linear")] == 1.0


def test_times_are_a_histogram(client):
    for seconds in (0.001, 0.03, 0.03, 7.0):
        SCORING.observe(seconds)
    told = samples(client)
    name = "clarity_scoring_seconds"
    assert told[f"{name}_bucket", ("le", "0.005")] == 1.0
    assert told[f"{name}_bucket", ("le", "0.05")] == 3.0
    assert told[f"{name}_bucket", ("le", "5")] == 3.0
    assert told[f"{name}_bucket", ("le", "+Inf")] == told[f"{name}_count",] == 4.0
    assert told[f"{name}_sum",] == pytest.approx(7.061)


@pytest.fixture
def waiting(store):
    """Five tickets at two sites: due for a minute, due since now, resting, failing, done."""
    with store.writing() as connection:
        for name in ("default", "other"):
            register_site(connection, "jira", name)
        for number, name in enumerate(("default", "default", "other", "other", "other")):
            ref = TicketRef("jira", name, str(number), f"SHOP-{number}")
            raise_generation(
                connection, ref, debounce=1_000.0 if number == 2 else -60.0 * (number == 0), max_wait=2_000.0
            )
        of = ticket.c.external_id
        connection.execute(
            ticket.update().where(of == "3").values(not_before=9e12, last_error="Jira answered 500.")
        )
        connection.execute(ticket.update().where(of == "4").values(done_generation=1))
        connection.execute(site.update().where(site.c.name == "other").values(paused_until=9e12))


@pytest.mark.usefixtures("waiting")
def test_what_waits_is_told_by_site(client):
    told = samples(client)

    def at(name, of):
        return told[name, ("site", of), ("tracker", "jira")]

    assert [at("clarity_tickets_waiting", of) for of in ("default", "other")] == [2.0, 2.0]
    assert [at("clarity_tickets_due", of) for of in ("default", "other")] == [2.0, 0.0]
    assert [at("clarity_tickets_failing", of) for of in ("default", "other")] == [0.0, 1.0]
    assert [at("clarity_site_paused", of) for of in ("default", "other")] == [0.0, 1.0]
    assert 60 <= at("clarity_oldest_due_seconds", "default") < 90
    assert at("clarity_oldest_due_seconds", "other") == 0.0


def test_an_empty_installation_is_told_too(client, engine):
    told = samples(client)
    assert told["clarity_workers_ready",] == 1.0
    assert [key for key in told if key[0] == "clarity_build_info"]
    engine.ready = False
    assert samples(client)["clarity_workers_ready",] == 0.0


def test_it_is_shown_to_those_who_may_see(client, locked):
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403
    assert locked.get("/metrics").status_code == 401
    assert samples(locked, Authorization=f"Bearer {TOKEN}")


def test_without_a_database_it_fails_as_a_whole(make_app, store, monkeypatch):
    from service.store import StoreUnavailable

    client = make_app().test_client()
    monkeypatch.setattr(type(store), "reading", lambda _: (_ for _ in ()).throw(StoreUnavailable("disk full")))
    response = client.get("/metrics")
    assert response.status_code == 503
    assert "clarity_" not in response.text


def test_a_job_by_the_clock_that_nobody_does_is_told(client, store):
    assert samples(client)["clarity_oldest_job_seconds",] == 0.0
    with store.writing() as connection:
        know_chores(connection, ["count trends"])
        for name, ago in (("catch up", -500.0), ("renew webhooks", 500.0), ("no job of ours", -900.0)):
            hasten_chore(connection, name, ago)
    assert 500 <= samples(client)["clarity_oldest_job_seconds",] < 530
    with store.writing() as connection:
        assert take_chore(connection, ["catch up"]) == "catch up"
    assert 500 <= samples(client)["clarity_oldest_job_seconds",] < 530
    with store.writing() as connection:
        put_chore_back(connection, "catch up", 500.0)
    assert samples(client)["clarity_oldest_job_seconds",] < 30
