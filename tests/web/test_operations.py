"""The page for operators: what is stuck, and who tried it again."""

import re
import time

import pytest
from sqlalchemy import select

from service.settings import Secret
from service.store.accepting import Delivered, accept_deliveries, raise_generation, register_site
from service.store.pausing import pause_site
from service.store.schema import operation, site, ticket
from service.store.working import claim, finish, release
from service.ticket import TicketRef
from tests.reports.sample import add_review, add_ticket
from tests.web.conftest import TOKEN

VIEWER = Secret("a viewer's token to test with")
WHY = "Jira refused our credentials. Check CLARITY_JIRA_API_TOKEN <b>."


@pytest.fixture
def stuck(store):
    """A paused site, a ticket that waits after a failure, and one given up."""
    with store.writing() as connection:
        for tracker in ("jira", "linear"):
            register_site(connection, tracker, "default")
        for number in ("1", "2"):
            ref = TicketRef("linear", "default", number, f"ENG-{number}")
            raise_generation(connection, ref, debounce=0, max_wait=0)
        for _ in range(2):
            mine = claim(connection, lease=60, max_wait=60)
            if mine.ref.id == "1":
                release(connection, mine, 900.0, "Linear answered 500.")
            else:
                finish(connection, mine, {"last_error": "Linear refused: 400."})
        pause_site(connection, "jira", "default", 300.0, WHY)
    return store


def form(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/operations").text)


def test_what_is_stuck_is_shown_and_escaped(stuck, client):
    shown = client.get("/operations").text
    assert "jira default" in shown
    assert "CLARITY_JIRA_API_TOKEN &lt;b&gt;" in shown
    assert "Linear answered 500. Next try in" in shown
    assert "Linear refused: 400. Given up until it changes." in shown
    assert "None." in shown.partition("What was done here")[2]


def test_a_site_is_tried_at_once_and_that_is_written_down(stuck, client):
    done = client.post("/operations/site", data={"tracker": "jira", "name": "default"})
    assert (done.status_code, done.location) == (303, "/operations")
    with stuck.reading() as connection:
        row = connection.execute(select(site).where(site.c.tracker == "jira")).one()
        noted = connection.execute(select(operation.c.action, operation.c.about)).all()
    assert (row.paused_until, row.pause_reason) == (0, WHY)
    assert noted == [("try site", "jira default")]
    assert "try site: jira default" in client.get("/operations").text


@pytest.mark.parametrize("key", ["ENG-1", "ENG-2"])
def test_a_ticket_is_tried_at_once(stuck, client, key):
    with stuck.reading() as connection:
        number = connection.execute(select(ticket.c.id).where(ticket.c.key == key)).scalar_one()
    client.post("/operations/ticket", data={"id": number})
    with stuck.writing() as connection:
        assert claim(connection, lease=60, max_wait=60).ref.key == key
        assert connection.execute(select(operation.c.about)).scalars().all() == [key]


def test_what_is_not_stuck_is_left_alone(stuck, client):
    for where, data in (
        ("site", {"tracker": "linear", "name": "default"}),
        ("site", {}),
        ("ticket", {"id": "999"}),
    ):
        assert client.post(f"/operations/{where}", data=data).status_code == 303
    for odd in ("", "1;", "-1", "\u0663", "9" * 19):
        assert client.post("/operations/ticket", data={"id": odd}).status_code == 400
    with stuck.reading() as connection:
        assert connection.execute(select(operation)).all() == []


def test_a_viewer_sees_it_and_has_no_button(stuck, make_app):
    client = make_app(dashboard_token=TOKEN, viewer_token=VIEWER).test_client()
    viewer, admin = ({"Authorization": f"Bearer {token}"} for token in (VIEWER, TOKEN))
    assert "<button>" not in client.get("/operations", headers=viewer).text
    assert "<button>" in client.get("/operations", headers=admin).text
    data = {"tracker": "jira", "name": "default"}
    assert client.post("/operations/site", data=data, headers=viewer).status_code == 403
    assert client.post("/operations/site", data=data, headers=admin).status_code == 303


def test_a_form_of_somebody_else_does_nothing(stuck, locked):
    word = re.search(r'name="csrf" value="([^"]+)"', locked.get("/login").text).group(1)
    assert locked.post("/login", data={"token": TOKEN, "csrf": word}).status_code == 303
    data = {"tracker": "jira", "name": "default"}
    assert locked.post("/operations/site", data=data).status_code == 403
    assert locked.post("/operations/site", data=data | {"csrf": form(locked).group(1)}).status_code == 303


def test_what_waits_and_for_how_long(stuck, client):
    shown = client.get("/operations").text
    row = shown[shown.index("linear default") :].partition("</tr>")[0]
    assert '<td class="num">1</td>' in row
    assert "works" in row


def test_a_site_that_is_late_says_what_helps(store, client):
    with store.writing() as connection:
        register_site(connection, "linear", "default")
        raise_generation(connection, TicketRef("linear", "default", "1", "ENG-1"), debounce=0, max_wait=0)
        connection.execute(ticket.update().values(due=ticket.c.due - 3600))
    shown = client.get("/operations").text
    assert "More workers help" in shown
    assert "1 h" in shown


def test_storms_and_deliveries(store, client):
    assert "look at its list of webhooks" in client.get("/operations").text
    with store.writing() as connection:
        accept_deliveries(connection, [Delivered("jira", "default", "d1", ())])
        for n in range(3):
            at = time.time() - 7_200
            add_review(connection, add_ticket(connection, str(n)), at=at, text_changed=at, bulk=True)
    shown = client.get("/operations").text
    assert "3 tickets came together, 2 h ago" in shown
    assert "jira default, 0 s ago" in shown


def test_what_is_tried_on_the_playground_is_no_site(client):
    client.post("/playground/tickets", json={"title": "A"})
    assert "local" not in client.get("/operations").text
